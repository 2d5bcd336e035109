"""What HR may make of a rubric and of what is expected of a question: checked here, whoever asks."""

from collections.abc import Mapping, Sequence

from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.rubric import LEVEL_POINTS, GradedAnswer, KeyPoint, Level, Rubric
from sandbox_hrms.core.texts import N_

WHOLE = 100
MOST_POINTS = 12
MOST_WORDINGS = 12
MOST_LETTERS = 300
"""Of one wording, and of one anchor."""
LEAST_WEIGHT, MOST_WEIGHT = 0.1, 10.0
MOST_GRADED = 60
MOST_ANSWER = 10_000
"""Characters of a graded answer."""


def checked_points(points: Sequence[KeyPoint], rubric: Rubric) -> tuple[KeyPoint, ...]:
    """Return the points with their wordings trimmed, empty ones left out.

    Raises:
        Invalid: There are none or too many, one has no wording, too many or one too long, a weight is out of
            range, or its competency is none of the rubric's. The message names the point by its number.
    """
    if not 0 < len(points) <= MOST_POINTS:
        raise Invalid(
            N_("A question expects 1 to {most} points."), N_("Add one, or remove some."), most=MOST_POINTS
        )
    codes = {one.code for one in rubric.competencies}
    return tuple(_checked_point(number, one, codes) for number, one in enumerate(points, start=1))


def _checked_point(number: int, point: KeyPoint, codes: set[str]) -> KeyPoint:
    says = tuple(dict.fromkeys(text.strip() for text in point.says if text.strip()))
    if not 0 < len(says) <= MOST_WORDINGS or max(map(len, says)) > MOST_LETTERS:
        raise Invalid(
            N_("Point {number} needs 1 to {most} wordings of at most {letters} characters, one a line."),
            N_("Write what a good answer says."),
            number=number,
            most=MOST_WORDINGS,
            letters=MOST_LETTERS,
        )
    if not LEAST_WEIGHT <= point.weight <= MOST_WEIGHT:
        raise Invalid(
            N_("The weight of point {number} must lie between {least} and {most}."),
            N_("1 is what a point weighs by itself."),
            number=number,
            least=LEAST_WEIGHT,
            most=MOST_WEIGHT,
        )
    if point.competency not in codes:
        raise Invalid(N_("There is no such competency or level."), N_("Choose one of the list."))
    return point.model_copy(update={"says": says})


def checked_graded(graded: Sequence[GradedAnswer]) -> tuple[GradedAnswer, ...]:
    """Return the graded answers with their texts trimmed.

    Raises:
        Invalid: One is empty, too long, there already, or there are too many.
    """
    found: dict[str, GradedAnswer] = {}
    for one in graded:
        text = one.text.strip()
        if not 0 < len(text) <= MOST_ANSWER:
            raise Invalid(
                N_("A graded answer has 1 to {most} characters."), N_("Paste what was answered."), most=MOST_ANSWER
            )
        if text in found:
            raise Invalid(N_("This answer is graded already."), N_("Remove it first to give it another level."))
        found[text] = one.model_copy(update={"text": text})
    if len(found) > MOST_GRADED:
        raise Invalid(
            N_("A question has at most {most} graded answers."), N_("Remove some of them first."), most=MOST_GRADED
        )
    return tuple(found.values())


def checked_rubric(
    rubric: Rubric,
    weights: Mapping[str, int],
    anchors: Mapping[str, Sequence[str]],
    pass_mark: float | None,
) -> Rubric:
    """Return the rubric with other weights, anchors and pass mark, its version counted up.

    Args:
        rubric: As it is.
        weights: Per cent by competency, 100 together.
        anchors: What levels 0 to 5 mean, by competency.
        pass_mark: 0 to 100; None for what the profile says.

    Raises:
        Invalid: A weight, an anchor or the mark will not do.
    """
    codes = {one.code for one in rubric.competencies}
    if set(weights) != codes or min(weights.values()) < 1 or sum(weights.values()) != WHOLE:
        raise Invalid(
            N_("The weights must be whole per cents from 1 on, 100 together."),
            N_("Change them until the sum is 100."),
        )
    told = {code: [text.strip() for text in texts] for code, texts in anchors.items()}
    for one in rubric.competencies:
        texts = told.get(one.code, [])
        if len(texts) != len(LEVEL_POINTS) or not all(0 < len(text) <= MOST_LETTERS for text in texts):
            raise Invalid(
                N_("{competency}: each level from 0 to 5 needs a description of 1 to {most} characters."),
                N_("Say what an answer of that level is like."),
                competency=one.title,
                most=MOST_LETTERS,
            )
    if pass_mark is not None and not 0 <= pass_mark <= WHOLE:
        raise Invalid(N_("The pass mark must lie between 0 and 100."), N_("Leave it empty for the usual one."))
    competencies = tuple(
        one.model_copy(
            update={
                "weight": weights[one.code] / WHOLE,
                "levels": tuple(
                    Level(level=level, floor=floor, anchor=anchor)
                    for level, (floor, anchor) in enumerate(zip(LEVEL_POINTS, told[one.code], strict=True))
                ),
            }
        )
        for one in rubric.competencies
    )
    changed = {"version": rubric.version + 1, "competencies": competencies, "pass_mark": pass_mark}
    return rubric.model_copy(update=changed)
