"""Live: which pages of a workshop are open now, and telling all of them at once; kept in memory only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nicegui import Client

from trainer.core.workshop import Seat, Workshop

Hear = Callable[[Workshop, Seat | None], None]
"""Takes what a page's workshop and seat are now; called in the event loop."""


@dataclass(frozen=True)
class _Page:
    client: Client
    seat: str
    hear: Hear


class Live:
    """The open pages of all workshops. Used in the event loop only."""

    def __init__(self) -> None:
        self._pages: dict[str, list[_Page]] = {}
        self._read: dict[str, str] = {}

    def enter(self, workshop: str, seat: str, client: Client, hear: Hear) -> None:
        """Let a page hear of its workshop until it is gone; ``seat == ""`` is a page of the instructor."""
        page = _Page(client, seat, hear)
        self._pages.setdefault(workshop, []).append(page)

        def leave() -> None:
            pages = self._pages.get(workshop, [])
            if page in pages:
                pages.remove(page)

        client.on_delete(leave)

    def online(self, workshop: str) -> frozenset[str]:
        """Return the ids of the seats whose page is open and connected somewhere."""
        pages = self._pages.get(workshop, ())
        return frozenset(page.seat for page in pages if page.seat and page.client.has_socket_connection)

    def is_led(self, workshop: str) -> bool:
        """Tell whether a page of the instructor is open and connected somewhere."""
        pages = self._pages.get(workshop, ())
        return any(not page.seat and page.client.has_socket_connection for page in pages)

    def read(self, seat: str, message: str) -> None:
        """Note that a trainee has put a message to all away."""
        self._read[seat] = message

    def has_read(self, seat: str, message: str) -> bool:
        """Tell whether a trainee has put this message to all away."""
        return self._read.get(seat) == message

    def tell(self, workshop: Workshop, seats: Mapping[str, Seat]) -> None:
        """Tell the open pages what the workshop and these seats are now; a page of another seat hears nothing."""
        for page in list(self._pages.get(workshop.id, ())):
            if page.seat in seats or not page.seat:
                with page.client:
                    page.hear(workshop, seats.get(page.seat))
