"""The peer of `trainer bench pages`: pages of plain NiceGUI with the same elements on them, and nothing behind.

Run as a program with a port and a folder. ``PUT /scenes/NAME`` takes what is to be shown. ``/open/NAME`` shows
it, ``/act/NAME`` has a control of the same kind as the page beside it that draws anew what that one draws, and
``/store/NAME`` has a button that stores a row before it draws: in a file of that page's own and as durable as an
answer (SQLite, write-ahead log, ``synchronous=FULL``), in a thread, as the framework advises.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

Shape = tuple[str, str, list[str], dict[str, Any], list[str]]
"""One element: its tag, text, classes, properties, and the events that it listens to."""

SELECT, INPUT, BUTTON = "nicegui-select", "nicegui-input", "q-btn"


@dataclass(frozen=True)
class Scene:
    """What a page shows.

    Attributes:
        stays: What stands on it.
        turns: What a use of its control draws anew, in turn; what the first one replaces stands there, too.
        control: Tag of its control.
    """

    stays: Sequence[Shape]
    turns: Sequence[Sequence[Shape]] = ()
    control: str = BUTTON


def serve(port: int, folder: Path) -> None:
    """Serve until ended, set up as the sandbox HRMS is."""
    import uvicorn
    from fastapi import FastAPI
    from nicegui import run, ui

    app = FastAPI()
    scenes: dict[str, Scene] = {}

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.put("/scenes/{name}")
    def prepare(name: str, scene: Scene) -> None:
        scenes[name] = scene

    @ui.page("/open/{name}")
    def show(name: str) -> None:
        _draw(scenes[name].stays)

    @ui.page("/act/{name}")
    def act(name: str) -> None:
        scene = scenes[name]
        draw = _drawing(scene)
        made: dict[str, Callable[[], ui.element]] = {
            SELECT: lambda: ui.select(["One", "Two", "Three", "Four"], value="One", on_change=draw),
            INPUT: lambda: ui.input("Search", on_change=draw),
        }
        made.get(scene.control, lambda: ui.button("Act", on_click=draw))().props("data-testid=act")

    @ui.page("/store/{name}")
    def store(name: str) -> None:
        file = _file(folder)
        draw = _drawing(scenes[name])

        async def keep() -> None:
            await run.io_bound(file.execute, "INSERT INTO answer (text) VALUES (?)", ("An answer. " * 40,))
            draw()

        ui.button("Store", on_click=keep).props("data-testid=act")

    ui.run_with(app, reconnect_timeout=30, tailwind=False, show_welcome_message=False)
    gc.freeze()
    gc.set_threshold(2_000, 10, 900)
    uvicorn.run(app, port=port, log_level="warning", ws_per_message_deflate=False)


def _drawing(scene: Scene) -> Callable[[], None]:
    """Draw a scene; return what draws its next turn."""
    from nicegui import ui

    turns = cycle(scene.turns)
    _draw(scene.stays)
    with ui.element("div") as part:
        _draw(scene.turns[-1])

    def draw() -> None:
        part.clear()
        with part:
            _draw(next(turns))

    return draw


def _draw(shapes: Sequence[Shape]) -> None:
    """Draw elements with the framework's own means."""
    from nicegui import ui
    from nicegui.elements.mixins.text_element import TextElement

    for tag, text, classes, props, events in shapes:
        label = str(props.get("label", ""))
        if tag == SELECT:
            shown: ui.element = ui.select(["One", "Two", "Three", "Four"], value="One", label=label)
        elif tag == INPUT:
            shown = ui.input(label)
        elif tag == BUTTON:
            shown = ui.button(label)
        else:
            shown = TextElement(tag=tag, text=text) if text else ui.element(tag)
        if classes:
            shown.classes(" ".join(classes))
        if props and tag not in {SELECT, INPUT}:
            shown.props.update(props)
        for event in events if tag not in {SELECT, INPUT} else ():
            shown.on(event, lambda: None)


def _file(folder: Path) -> sqlite3.Connection:
    """Return a new file with a table for answers; every statement is durable when it returns."""
    file = sqlite3.connect(folder / f"{uuid4()}.sqlite", isolation_level=None, check_same_thread=False)
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=FULL")
    file.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, text TEXT)")
    return file


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
