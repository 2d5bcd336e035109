"""The pages: lessons, practice and results of trainees; workshops of instructors."""

from __future__ import annotations

import secrets

from nicegui.app import App

from trainer.app.coach import Coach
from trainer.core.people import Role
from trainer.core.scenario import Translate
from trainer.i18n import translator
from trainer.web.pages import candidates, classroom, console, exam, home, join, portal, result, results, sign_in
from trainer.web.pages.desk import desk
from trainer.web.pages.layout import STATIC, STATIC_URL, page
from trainer.web.services import Services


def register(app: App, services: Services) -> None:
    """Add the pages and their files to `app`."""
    coach = Coach(
        scenarios=services.scenarios,
        runs=services.runs,
        control=services.control,
        observer=services.observer,
        clock=services.clock,
        new_id=lambda: secrets.token_urlsafe(16),
        translate=_scenario_texts,
        pictures=services.pictures,
        effect=services.effect,
    )
    app.add_static_files(STATIC_URL, STATIC, max_cache_age=365 * 24 * 3600)
    page("/", services, coach, home.build)
    page("/practice/{run}", services, coach, exam.build)
    page("/result/{run}", services, coach, result.build)
    page("/join", services, coach, join.build)
    page("/join/{code}", services, coach, join.build)
    page("/class", services, coach, classroom.build)
    page("/candidate", services, coach, portal.build)
    page("/candidate/{secret}", services, coach, portal.build_door)
    page("/deleted/{candidate}", services, coach, portal.build_deleted)
    page("/sign-in", services, coach, sign_in.build)
    page("/reset", services, coach, sign_in.build_reset)
    page("/link/{secret}", services, coach, sign_in.build_link)
    page("/certificate/{seat}", services, coach, results.build_certificate)
    desk("/console", services, coach, console.build_list)
    desk("/console/account", services, coach, sign_in.build_account)
    desk("/console/people", services, coach, sign_in.build_people, Role.ADMINISTRATOR)
    desk("/console/candidates", services, coach, candidates.build)
    desk("/console/{workshop}", services, coach, console.build)
    desk("/console/{workshop}/results", services, coach, results.build)
    desk("/console/{workshop}/projector", services, coach, console.build_projector)


def _scenario_texts(lang: str) -> Translate:
    return translator("scenarios", lang).gettext
