"""A list that follows what is stored: it reads again only when something was stored since."""

from abc import ABC, abstractmethod

from sandbox_hrms.pages.visit import Visit


class FollowingList(ABC):
    """Pages through a list, and draws it again when what it shows may have changed.

    Args:
        visit: The page it stands on.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._page = 1
        self._seen = self._signs()  # so a page may show what it reads from now on

    @abstractmethod
    def _draw(self) -> None:
        """Look at what is stored, and draw it when it differs from what is shown."""

    def _signs(self) -> object:
        """Return something small that differs whenever what is shown may differ."""
        return self._visit.sandbox().revision

    def _follow(self) -> None:
        """Draw what is stored now."""
        self._seen = self._signs()  # before reading: what is stored meanwhile is seen the next time
        self._draw()

    def _look_again(self) -> None:
        """Follow what is stored; without a change there is nothing to read. A session that is over ends here."""
        with self._visit.telling():
            self._visit.actor()
            if self._signs() != self._seen:
                self._follow()

    def _first(self) -> None:
        self._turn(1)

    def _turn(self, wanted: int | None = None) -> None:
        """Go to a page, or draw the present one again."""
        with self._visit.telling():
            self._page = wanted or self._page
            self._follow()
