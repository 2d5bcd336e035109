"""Evidence on the web: the pictures of a Run's outcomes, for its owner alone."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from nicegui.app import App
from starlette.requests import Request
from starlette.responses import Response

from trainer.app.ports import Pictures
from trainer.web.pages.result import EVIDENCE_ROUTE
from trainer.web.services import NotFound, Services, trainee_of


def register_evidence(app: App, services: Services, pictures: Pictures) -> None:
    """Serve ``GET /evidence/{run}/{name}``: a picture that belongs to a Run of the trainee who asks."""

    @app.get(EVIDENCE_ROUTE)
    async def evidence(request: Request, run: str, name: str) -> Response:
        try:
            trainee = await asyncio.to_thread(services.trainee_at, trainee_of(request))
            own = await asyncio.to_thread(services.owned_run, run, trainee)
        except NotFound:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        content = await asyncio.to_thread(pictures.read, name) if name in own.pictures else None
        if content is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response(content, media_type="image/png", headers={"Cache-Control": "private, no-store"})
