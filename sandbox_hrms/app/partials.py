"""What is understood while somebody still speaks: preliminary, shown and never stored; the whole take decides."""

import logging
import math
import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox_hrms.app.recordings import own_recording, pieces_of
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.speech.hearing import Following, ModelChanged, ModelDamaged, Recogniser
from sandbox_hrms.speech.sound import samples_of

_LOG = logging.getLogger(__name__)
_MOST = 50
"""So many takes are followed at once; who has not asked for longest begins anew."""
_PAUSE_SECONDS = 1.0
"""Who asks again sooner gets the same words."""
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class _Ear:
    """What one take was listened to so far: up to which sample of which segment, and what came of it."""

    following: Following
    segment: int = 0
    used: int = 0
    text: str = ""
    at: float = float("-inf")
    turn: threading.Lock = field(default_factory=threading.Lock)


class Partials:
    """The takes that are followed; in memory only.

    Args:
        recogniser: Who listens.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._ears: OrderedDict[str, _Ear] = OrderedDict()
        self._lock = threading.Lock()

    def so_far(self, sandbox: Sandbox, actor: Actor, recording: str) -> str:
        """Return what is understood so far of a take under way; "" where nobody follows.

        Raises:
            NotFound: No such recording of this candidate.
        """
        sandbox.admit(actor, Right.TAKE_INTERVIEW)
        if own_recording(sandbox, actor, recording).finished_at:
            self._forget(recording)
            return ""
        ear = self._ear(recording, sandbox.lang)
        if ear is None:
            return ""
        with ear.turn:
            if time.monotonic() - ear.at >= _PAUSE_SECONDS:
                try:
                    self._listen(ear, sandbox, actor.id, recording)
                    ear.at = time.monotonic()
                except (ModelDamaged, ModelChanged) as error:
                    _LOG.warning("%s", error)
                    ear.at = math.inf  # nothing comes of asking again: the end of the take tells
            return ear.text

    @staticmethod
    def _listen(ear: _Ear, sandbox: Sandbox, candidate: str, recording: str) -> None:
        """Give the recogniser what has come since."""
        found = pieces_of(sandbox, candidate, recording)
        if found is None:
            return
        segment, sound = found
        if segment != ear.segment:
            ear.segment, ear.used = segment, 0
        samples = samples_of(sound)
        new, ear.used = samples[ear.used :], len(samples)
        if new:
            ear.text = _SPACES.sub(" ", ear.following.more(new)).strip()

    def _ear(self, recording: str, lang: str) -> _Ear | None:
        with self._lock:
            if recording not in self._ears:
                following = self._recogniser.follow(lang)
                if following is None:
                    return None
                self._ears[recording] = _Ear(following)
                if len(self._ears) > _MOST:
                    self._ears.popitem(last=False)
            self._ears.move_to_end(recording)
            return self._ears[recording]

    def _forget(self, recording: str) -> None:
        with self._lock:
            self._ears.pop(recording, None)
