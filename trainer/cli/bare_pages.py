"""The peer of `trainer bench pages`: pages of plain NiceGUI, with as many elements and nothing behind them.

Run as a program with a port: ``/open/N`` shows N elements; ``/act/N/U`` has a button that draws U of them anew.
"""

from __future__ import annotations

import gc
import sys


def serve(port: int) -> None:
    """Serve until ended, set up as the sandbox HRMS is."""
    import uvicorn
    from fastapi import FastAPI
    from nicegui import ui

    app = FastAPI()

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True}

    @ui.page("/open/{count}")
    def show(count: int) -> None:
        _labels(count)

    @ui.page("/act/{count}/{changed}")
    def act(count: int, changed: int) -> None:
        def draw() -> None:
            part.clear()
            with part:
                _labels(changed)

        ui.button("Act", on_click=draw).props("data-testid=act")
        _labels(max(0, count - changed))
        part = ui.element("div")
        draw()

    def _labels(count: int) -> None:
        for number in range(count):
            ui.label(f"Element {number}")

    ui.run_with(app, reconnect_timeout=30, tailwind=False, show_welcome_message=False)
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    uvicorn.run(app, port=port, log_level="warning", ws_per_message_deflate=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
