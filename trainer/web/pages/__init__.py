"""The trainee pages: lessons, practice, results."""

from __future__ import annotations

import secrets

from nicegui.app import App

from trainer.app.coach import Coach
from trainer.core.scenario import Translate
from trainer.i18n import translator
from trainer.web.pages import exam, home, result
from trainer.web.pages.layout import STATIC, STATIC_URL, page
from trainer.web.services import Services


def register(app: App, services: Services) -> None:
    """Add the trainee pages and their files to `app`."""
    coach = Coach(
        scenarios=services.scenarios,
        runs=services.runs,
        control=services.control,
        observer=services.observer,
        clock=services.clock,
        new_id=lambda: secrets.token_urlsafe(16),
        translate=_scenario_texts,
    )
    app.add_static_files(STATIC_URL, STATIC, max_cache_age=365 * 24 * 3600)
    page("/", services, coach, home.build)
    page("/practice/{run}", services, coach, exam.build)
    page("/result/{run}", services, coach, result.build)


def _scenario_texts(lang: str) -> Translate:
    return translator("scenarios", lang).gettext
