"""Small charts of an interview room, drawn as SVG with the same content in words."""

from collections.abc import Sequence

from sandbox_hrms.app.live import Live
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import number, tag

_WIDTH, _HEIGHT, _EDGE = 300, 100, 8


def live_charts(t: Texts, live: Live) -> None:
    """Put the score so far and the synthetic expression chart on the page."""
    with named(tag("figure", "", "curve"), "record.curve"):
        tag("h3", t("Score so far"))
        known = [one for one in live.scores if one is not None]
        told = t.row(number(t, one) for one in live.scores)
        _line(t("Score after each answer: {scores}.").format(scores=told or "–"), [one / 100 for one in known])
        text = t(
            "After each answer: {scores}. Preliminary; the score is made once the record is saved and closed."
        )
        tag("figcaption", text.format(scores=told or "–"))
    with named(tag("figure", "", "expression"), "record.expression"):
        tag("h3", t("Expression (synthetic)"))
        text = t("Synthetic: made up by the program, no camera, nothing measured. It counts nothing in any score.")
        _line(text, live.expression)
        tag("figcaption", text)


def _line(label: str, values: Sequence[float]) -> None:
    """Draw values from 0 to 1 as a line; a single one as a dot."""
    with tag("svg") as picture:
        picture.props["viewBox"] = f"0 0 {_WIDTH} {_HEIGHT}"
        picture.props["role"] = "img"
        picture.props["aria-label"] = label
        for level in (0.0, 0.5, 1.0):
            y = _y(level)
            tag("line", "", "chart-grid").props(f"x1={_EDGE} x2={_WIDTH - _EDGE} y1={y} y2={y}")
        step = (_WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
        points = [(round(_EDGE + place * step, 1), _y(value)) for place, value in enumerate(values)]
        if len(points) > 1:
            line = tag("polyline", "", "chart-line")
            line.props["points"] = " ".join(f"{x},{y}" for x, y in points)
        for x, y in points:
            tag("circle", "", "chart-dot").props(f"cx={x} cy={y} r=3")


def _y(value: float) -> float:
    return round(_HEIGHT - _EDGE - min(1.0, max(0.0, value)) * (_HEIGHT - 2 * _EDGE), 1)
