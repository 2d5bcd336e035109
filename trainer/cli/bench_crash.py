"""What `trainer bench crash` measures: what is lost when processes, power, browsers and networks fail."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from trainer.adapters.disk_log import NoSharedLibrary, find_library
from trainer.cli.bench import Row
from trainer.cli.bench_keys import FAULTS, press_keys
from trainer.cli.bench_kills import kill_often
from trainer.cli.bench_power import cut_power
from trainer.i18n import gettext as _

SEED = 7
KILLS = 200
SAVES = 10_000
IMAGES = 500
POWER_SAVES = 1_500
TRIALS = 30

LOST_EVENTS = 1
BACK_LIMIT_S = 5.0

Tell = Callable[[str], None]


def crash(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return [*kills(tell, KILLS, SAVES), *power(tell, POWER_SAVES, IMAGES), *keys(tell, FAULTS, TRIALS)]


def kills(tell: Tell, count: int, saves: int) -> list[Row]:
    """SIGKILL at random moments while people type and finish interviews."""
    tell(_("Killing the sandbox HRMS {count} times during {saves} autosaves …").format(count=count, saves=saves))
    found = kill_often(count, saves, seed=SEED)
    return [
        Row(_("SIGKILL: kills"), found.kills, ""),
        Row(_("SIGKILL: autosaves acknowledged"), found.saves, ""),
        _none(_("SIGKILL: acknowledged autosaves lost"), found.lost),
        _none(_("SIGKILL: drafts with another text than sent"), found.wrong),
        _none(_("SIGKILL: duplicates"), found.duplicates),
        _none(_("SIGKILL: files that fail integrity_check"), found.damaged),
        Row(_("SIGKILL: interviews being finished"), found.finished, ""),
        _none(_("SIGKILL: of these not synced exactly once"), found.not_once),
        Row(_("SIGKILL: start to first answer, p50"), statistics.median(found.restarts), "s"),
    ]


def power(tell: Tell, saves: int, images: int) -> list[Row]:
    """Disks as a power cut may leave them; for control, the same where commits are not forced to the disk."""
    name = _("power cut: disks with an acknowledged save missing")
    try:
        find_library()
    except NoSharedLibrary:
        return [Row(name, None, "", beside=_("only where Python's SQLite is a shared library"))]
    tell(_("Cutting the power {count} times …").format(count=images))
    real = cut_power(saves, images, seed=SEED)
    tell(_("The same with synchronous=NORMAL, which has to lose something …"))
    weak = cut_power(saves, images, seed=SEED, weak=True)
    return [
        Row(_("power cut: autosaves acknowledged"), real.saves, ""),
        Row(_("power cut: disks replayed"), real.images, ""),
        _none(name, real.lost),
        _none(_("power cut: damaged disks"), real.damaged),
        Row(
            _("power cut, control with synchronous=NORMAL: disks with a save missing"),
            weak.lost,
            "",
            1,
            _("at least"),
            1.0,
            more_is_better=True,
        ),
    ]


def keys(tell: Tell, faults: tuple[str, ...], trials: int) -> list[Row]:
    """Real keystrokes in Chromium under each fault."""
    rows = []
    for found in press_keys(tell, faults, trials, seed=SEED):
        about = {"fault": found.fault, "trials": found.trials, "keys": found.keys}
        lost = _("{fault}: input events lost, worst of {trials} trials ({keys} keys)").format(**about)
        back = _("{fault}: back in step, slowest").format(**about)
        rows.append(Row(lost, max(found.lost), "", LOST_EVENTS, _("limit"), 1.0))
        rows.append(Row(back, max(found.back), "s", BACK_LIMIT_S, _("limit"), 1.0))
    return rows


def _none(name: str, figure: int) -> Row:
    """Return a figure of which there may be none."""
    return Row(name, figure, "", 0, _("limit"), 1.0)
