"""Collects what pages leave behind: a page holds on to itself, and only a full collection finds that."""

import gc

from nicegui import Client
from nicegui import app as pages_app

PAGES_LEFT = 50
"""After at least so many pages were left, what they leave behind is collected."""


def sweep_after_pages() -> None:
    """Collect once as many pages were left as are open: full collections stop everybody, so they are rare."""
    left = 0

    def count() -> None:
        nonlocal left
        left += 1
        if left >= max(PAGES_LEFT, len(Client.instances)):
            left = 0
            gc.collect()

    pages_app.on_delete(count)
