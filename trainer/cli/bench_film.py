"""What `trainer bench film` measures: how much faster than it plays a film is made, beside a bare encoder."""

from __future__ import annotations

import io
import os
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from trainer import bootstrap
from trainer.adapters.speech_process import SpeechProcess
from trainer.cli.bench import Row
from trainer.cli.record import Studio
from trainer.core.brand import Brand
from trainer.core.scenario import Scenario
from trainer.i18n import gettext as _

LESSON, LANG = "normal-exit-web", "en"
COLD_GOAL, CHANGED_GOAL = 2.0, 10.0
"""So many times faster than it plays."""

Tell = Callable[[str], None]


def film(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return measure(tell, bootstrap.scenarios().get(LESSON))


def measure(tell: Tell, scenario: Scenario) -> list[Row]:
    """Make the film of a lesson from nothing, then with one caption changed, and encode its frames alone."""
    kept: dict[str, dict[str, bytes]] = defaultdict(dict)
    with TemporaryDirectory(prefix="trainer-bench-") as folder, SpeechProcess(Path(folder)) as voice:
        tell(_("Filming {scenario} from nothing …").format(scenario=scenario.id))
        began, worked = time.perf_counter(), _cpu_seconds()
        with Studio(scenario, None, voice, Brand(), kept.__getitem__) as studio:
            cold = studio.film(LANG, lambda *_progress: None)
        taken, worked = time.perf_counter() - began, _cpu_seconds() - worked
        tell(_("Filming it with one caption changed …"))
        first, *others = scenario.steps
        changed = first.model_copy(update={"sees": f"{first.sees} Look at it."})
        began = time.perf_counter()
        edited = scenario.model_copy(update={"steps": (changed, *others)})
        with Studio(edited, None, voice, Brand(), kept.__getitem__) as studio:
            again = studio.film(LANG, lambda *_progress: None)
        retaken = time.perf_counter() - began
    tell(_("Encoding its frames alone …"))
    bare = _encoding_seconds(cold.files["mp4"])
    goal, beside = _("goal"), _("bare encoding of the same frames")
    return [
        Row(_("film: seconds"), cold.seconds, "s"),
        Row(
            _("film from nothing: × real time"),
            cold.seconds / taken,
            "×",
            COLD_GOAL,
            goal,
            1.0,
            more_is_better=True,
        ),
        Row(
            _("film with one caption changed: × real time"),
            again.seconds / retaken,
            "×",
            CHANGED_GOAL,
            goal,
            1.0,
            more_is_better=True,
        ),
        Row(_("film from nothing: processor time for a second of it"), worked / cold.seconds, "s"),
        Row(_("film with one caption changed: scenes drawn"), again.drawn, "", 1, _("changed"), 1.0),
        Row(_("film from nothing: time to make it"), taken, "s", bare, beside),
        Row(_("film with one caption changed: time to make it"), retaken, "s", bare, beside),
        Row(_("film: faults found in it"), len(cold.complaints) + len(again.complaints), "", 0, _("allowed"), 1.0),
    ]


def _cpu_seconds() -> float:
    """Return how long processors have worked for us and for processes of ours that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _encoding_seconds(content: bytes) -> float:
    """Return how long x264 alone takes for the frames of a film, decoded beforehand."""
    from guides.film.cutting import encoded
    from guides.film.drawing import FPS

    with av.open(io.BytesIO(content), "r") as file:
        size = (file.streams.video[0].width, file.streams.video[0].height)
        frames = [
            (round((frame.time or 0) * FPS), frame.to_image())  # type: ignore[no-untyped-call]
            for frame in file.decode(video=0)
        ]
    began = time.perf_counter()
    encoded(frames, size)
    return time.perf_counter() - began
