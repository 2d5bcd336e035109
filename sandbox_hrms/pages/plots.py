"""Charts without a script: bars, a radar, and steps with points; each stands beside a table that says the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from sandbox_hrms.core.radar import corners
from sandbox_hrms.pages.show import tag

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 112, 22, 14, 44
_GRID = 4
NAME_LETTERS = 12
"""So many letters a line of a name beside a radar chart has at most; a longer word has a line of its own."""
_RINGS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length, and the text at its end."""

    label: str
    value: float
    shown: str


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a stepped line, from ``start`` to ``end`` on the axis below."""

    start: float
    end: float
    value: float


@dataclass(frozen=True, slots=True)
class Point:
    """One point; ``title`` is shown when the mouse rests on it."""

    at: float
    value: float
    title: str


def bars(alternative: str, rows: Sequence[Bar], most: float | None = None) -> None:
    """Put a chart of horizontal bars on the page.

    Args:
        alternative: Tells it in one sentence.
        rows: The bars.
        most: The value of a full bar; None for that of the longest one.
    """
    most = most or max((row.value for row in rows), default=0) or 1
    with tag("div", "", "plot-bars") as chart:
        chart.props["role"] = "img"
        chart.props["aria-label"] = alternative
        for row in rows:
            with tag("div", "", "plot-row"):
                tag("span", row.label, "plot-label")
                with tag("span", "", "plot-track"):
                    tag("span", "", "plot-bar").style(f"width: {100 * max(0.0, row.value) / most:.1f}%")
                tag("span", row.shown, "plot-value")


def radar(alternative: str, labels: Sequence[str], lines: Sequence[tuple[str, Sequence[float]]]) -> None:
    """Put a radar chart on the page.

    Args:
        alternative: Tells it in one sentence.
        labels: What each axis is, the first one at the top.
        lines: Each a style's name (``solid`` or ``dashed``) and a value 0-1 for each axis.
    """
    centre, radius = (_WIDTH / 2, _HEIGHT / 2), _HEIGHT / 2 - 50
    rim = [1.0] * len(labels)
    with tag("svg", "", "plot-steps") as chart:
        chart.props["viewBox"] = f"0 0 {_WIDTH} {_HEIGHT}"
        chart.props["role"] = "img"
        chart.props["aria-label"] = alternative
        for ring in range(1, _RINGS + 1):
            _polygon(corners([ring / _RINGS] * len(labels), centre, radius), "plot-ring")
        for end in corners(rim, centre, radius):
            _line(centre, end)
        for style, values in lines:
            _polygon(corners(values, centre, radius), f"plot-line plot-{style}")
        for label, (x, y) in zip(labels, corners(rim, centre, radius + 16), strict=True):
            side = x - centre[0]
            anchor = "middle" if abs(side) < 1 else ("start" if side > 0 else "end")
            _name((x, y + (12 if y > centre[1] else 0)), label, anchor)


def steps(
    alternative: str,
    lines: Sequence[tuple[str, Sequence[Step]]],
    points: Sequence[Point],
    shown: Callable[[float], str],
) -> None:
    """Put stepped lines and points over an axis from 0 to 100 on the page.

    Args:
        alternative: Tells the chart in one sentence.
        lines: Each a style's name (``solid`` or ``dashed``) and its levels.
        points: What lies between them.
        shown: Text of a value on the axis at the left.
    """
    values = [step.value for _, line in lines for step in line] + [point.value for point in points]
    top = max(values, default=1) * 1.05
    ticks = sorted({step.start for _, line in lines for step in line} | {100.0})

    def x(at: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * at / 100, 1)

    def y(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top, 1)

    with tag("svg", "", "plot-steps") as chart:
        chart.props["viewBox"] = f"0 0 {_WIDTH} {_HEIGHT}"
        chart.props["role"] = "img"
        chart.props["aria-label"] = alternative
        for part in range(_GRID + 1):
            value = top * part / _GRID
            _line((x(0), y(value)), (x(100), y(value)))
            _text((x(0) - 8, y(value) + 5), shown(round(value, -2)), "end")
        for tick in ticks:
            _line((x(tick), y(0)), (x(tick), y(0) + 5))
            _text((x(tick), y(0) + 30), f"{tick:g}", "middle")
        for style, line in lines:
            path = tag("path", "", f"plot-line plot-{style}")
            path.props["d"] = " ".join(
                f"{'L' if number else 'M'}{x(one.start)} {y(one.value)} L{x(one.end)} {y(one.value)}"
                for number, one in enumerate(line)
            )
        for point in points:
            with tag("circle", "", "plot-point") as dot:
                dot.props.update({"cx": x(point.at), "cy": y(point.value), "r": 6})
                tag("title", point.title)


def _polygon(points: Sequence[tuple[float, float]], classes: str) -> None:
    tag("polygon", "", classes).props["points"] = " ".join(f"{x},{y}" for x, y in points)


def _line(start: tuple[float, float], end: tuple[float, float]) -> None:
    (x1, y1), (x2, y2) = start, end
    tag("line", "", "plot-grid").props.update({"x1": x1, "y1": y1, "x2": x2, "y2": y2})


def _name(at: tuple[float, float], text: str, anchor: str) -> None:
    """Put a name beside the end of an axis: at its sides there is room for a word or two in a line."""
    lines = [text] if anchor == "middle" else wrap(text, NAME_LETTERS, break_long_words=False)
    with tag("text").props(f"text-anchor={anchor}") as name:
        name.props["y"] = at[1]
        for number, line in enumerate(lines):
            tag("tspan", line).props.update({"x": at[0], "dy": "1.1em" if number else "0"})


def _text(at: tuple[float, float], text: str, anchor: str) -> None:
    tag("text", text).props.update({"x": at[0], "y": at[1], "text-anchor": anchor})
