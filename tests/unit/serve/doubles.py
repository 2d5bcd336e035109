"""Doubles with only what these tests look at."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from trainer.core.errors import BrokenEnvironment

if TYPE_CHECKING:
    from trainer.app.ports import Control as Base
else:
    Base = object


class Deleting(Base):
    """A control API that remembers what it was asked to delete, and makes up links; some are `stuck` in it."""

    def __init__(self, *sandboxes: str, broken: bool = False, stuck: Collection[str] = ()) -> None:
        self._sandboxes = frozenset(sandboxes)
        self.deleted: list[str] = []
        self.links: list[tuple[str, str, bool]] = []
        self._broken = broken
        self.stuck = stuck

    def delete(self, sandbox: str) -> None:
        if self._broken or sandbox in self.stuck:
            raise BrokenEnvironment("The sandbox HRMS has gone.")
        self.deleted.append(sandbox)

    def sandboxes(self) -> frozenset[str]:
        return self._sandboxes - set(self.deleted)

    def sign_in_link(self, sandbox: str, role: str, *, read_only: bool = False) -> str:
        if self._broken:
            raise BrokenEnvironment("The sandbox HRMS has gone.")
        self.links.append((sandbox, role, read_only))
        return f"/s/{sandbox}/{role}/enter?key=k"
