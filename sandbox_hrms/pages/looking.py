"""A list that follows what is stored: it reads again only when something was stored since."""

from abc import ABC, abstractmethod

from sandbox_hrms.pages.visit import Visit


class FollowingList(ABC):
    """Pages through a list, and draws it again when the sandbox's revision has risen.

    Args:
        visit: The page it stands on.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._page = 1
        self._revision = -1

    @abstractmethod
    def _draw(self) -> None:
        """Look at what is stored, and draw it when it differs from what is shown."""

    def _first(self) -> None:
        self._turn(1)

    def _look_again(self) -> None:
        """Follow what is stored; without a change there is nothing to read."""
        with self._visit.telling():
            revision = self._visit.sandbox().revision
            if revision != self._revision:
                self._revision = revision
                self._draw()

    def _turn(self, wanted: int | None = None) -> None:
        """Go to a page, or draw the present one again."""
        with self._visit.telling():
            self._page = wanted or self._page
            self._draw()
