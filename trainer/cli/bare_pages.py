"""The peer of `trainer bench pages`: pages of plain NiceGUI, with as many elements and nothing behind them.

Run as a program with a port and a folder. ``/open/N`` shows N elements. ``/act/CONTROL/N/U-V`` has a control, of
the kind that the page beside it has, that draws U of them anew, then V, and so on. ``/store/N/U`` stores a row
before it draws, in a file of that page's own and as durable as an answer (SQLite, write-ahead log,
``synchronous=FULL``), in a thread, as the framework advises.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from uuid import uuid4


def serve(port: int, folder: Path) -> None:
    """Serve until ended, set up as the sandbox HRMS is."""
    import uvicorn
    from fastapi import FastAPI
    from nicegui import run, ui

    app = FastAPI()

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True}

    @ui.page("/open/{count}")
    def show(count: int) -> None:
        _labels(count)

    @ui.page("/act/{control}/{count}/{changed}")
    def act(control: str, count: int, changed: str) -> None:
        draw = _drawing(count, changed)
        made: dict[str, Callable[[], ui.element]] = {
            "nicegui-select": lambda: ui.select(["One", "Two", "Three", "Four"], value="One", on_change=draw),
            "nicegui-input": lambda: ui.input("Search", on_change=draw),
        }
        made.get(control, lambda: ui.button("Act", on_click=draw))().props("data-testid=act")

    @ui.page("/store/{count}/{changed}")
    def store(count: int, changed: str) -> None:
        file = _file(folder)
        draw = _drawing(count, changed)

        async def keep() -> None:
            await run.io_bound(file.execute, "INSERT INTO answer (text) VALUES (?)", ("An answer. " * 40,))
            draw()

        ui.button("Store", on_click=keep).props("data-testid=act")

    def _drawing(count: int, changed: str) -> Callable[[], None]:
        counts = [int(one) for one in changed.split("-")]
        turns = cycle(counts)
        _labels(max(0, count - counts[-1]))
        with ui.element("div") as part:
            _labels(counts[-1])

        def draw() -> None:
            part.clear()
            with part:
                _labels(next(turns))

        return draw

    def _labels(count: int) -> None:
        for number in range(count):
            ui.label(f"Element {number}")

    ui.run_with(app, reconnect_timeout=30, tailwind=False, show_welcome_message=False)
    gc.freeze()
    gc.set_threshold(2_000, 10, 900)
    uvicorn.run(app, port=port, log_level="warning", ws_per_message_deflate=False)


def _file(folder: Path) -> sqlite3.Connection:
    """Return a new file with a table for answers; every statement is durable when it returns."""
    file = sqlite3.connect(folder / f"{uuid4()}.sqlite", isolation_level=None, check_same_thread=False)
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=FULL")
    file.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, text TEXT)")
    return file


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
