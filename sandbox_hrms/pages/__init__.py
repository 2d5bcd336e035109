"""What people see of the practice HR system, one module a page."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from sandbox_hrms.app.service import Hrms

_WRITERS = 8
_ENDERS = 1


def register(app: "FastAPI", hrms: "Hrms") -> None:
    """Serve every page, and stand guard before them.

    Args:
        app: The application that NiceGUI is mounted on.
        hrms: The system the pages show.
    """
    from concurrent.futures import ThreadPoolExecutor

    from nicegui import app as pages_app

    from sandbox_hrms.pages import (
        audit,
        backups,
        candidate_file,
        dashboard,
        department,
        draft,
        entry,
        forecast,
        grades,
        home,
        interview,
        me,
        messages,
        my_data,
        org,
        payroll,
        pricing,
        privacy,
        questions,
        requisitions,
        resumes,
        review,
        rubric,
        self_check,
        sign_in,
        spoken,
        sync_log,
        uploads,
        voice,
    )
    from sandbox_hrms.pages.assets import ASSETS_URL, COMPANION_URL, FOLDER
    from sandbox_hrms.pages.guard import Guard, guard_socket_events
    from sandbox_hrms.pages.lean import remember_properties, remember_signatures
    from sandbox_hrms.pages.lines import Lines
    from sandbox_hrms.pages.sweeping import sweep_after_pages
    from sandbox_hrms.pages.visit import Site

    remember_properties()
    remember_signatures()
    site = Site(
        hrms, ThreadPoolExecutor(_WRITERS, "pages"), ThreadPoolExecutor(_ENDERS, "ending"), {}, {}, Lines()
    )
    for module in (
        sign_in,
        home,
        entry,
        interview,
        me,
        dashboard,
        candidate_file,
        review,
        audit,
        department,
        org,
        requisitions,
        payroll,
        grades,
        forecast,
        pricing,
        messages,
        sync_log,
        self_check,
        backups,
        resumes,
        uploads,
        questions,
        rubric,
        my_data,
        privacy,
    ):
        module.register(site)
    pages_app.add_static_files(ASSETS_URL, FOLDER)
    if hrms.settings.companion is not None:
        pages_app.add_static_file(local_file=hrms.settings.companion, url_path=COMPANION_URL, max_cache_age=0)
    guard_socket_events(hrms, site.lines)
    sweep_after_pages()
    doors = draft.doors(site) | spoken.doors(site) | voice.doors(site)
    app.add_middleware(Guard, hrms=hrms, lines=site.lines, doors=doors)
