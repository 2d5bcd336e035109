"""The guard before every page of the practice HR system."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from nicegui import core
from starlette.datastructures import Headers

from sandbox_hrms.app.service import Hrms
from sandbox_hrms.pages import guard
from sandbox_hrms.pages.lines import Lines


def test_a_socket_gives_orders_only_to_the_page_it_belongs_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it write into the log in the name of another page; what makes no sense is dropped."""
    heard: list[str] = []
    names = ("event", "javascript_response", "ack", "log")

    def hear(_sid: str, message: dict[str, Any]) -> None:
        heard.append(message["client_id"])

    handlers = dict.fromkeys(names, hear)
    monkeypatch.setattr(core, "sio", SimpleNamespace(handlers={"/": handlers}, rooms=lambda sid: [sid, "mine"]))
    lines = SimpleNamespace(owners={}, frozen=set())
    guard.guard_socket_events(cast("Hrms", None), cast("Lines", lines))
    for name in names:
        for message in ({"client_id": "mine"}, {"client_id": "another"}, {}, "nonsense", None):
            handlers[name]("socket-1", message)  # type: ignore[arg-type]  # whatever came over the socket
    assert heard == ["mine"] * 4


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        (None, True),
        ("http://hr.test:8081", True),
        ("http://hr.test:8080", False),
        ("null", False),
        ("http://[", False),
    ],
)
def test_a_request_of_another_origin_is_none_of_ours(origin: str | None, *, ours: bool) -> None:
    headers = {"host": "hr.test:8081"} | ({"origin": origin} if origin else {})
    assert guard._same_origin(Headers(headers)) is ours  # noqa: SLF001  # what every request is asked
