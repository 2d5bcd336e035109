"""What `trainer bench scoring` measures: the offline scorer beside people, and beside two plain ways to do it.

The sets are given by folder and are no part of the project. Nothing is trained on the question asked: the one
threshold of the English test comes from the training file, grades of the Chinese set from its other questions.
"""

from __future__ import annotations

import json
import math
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from trainer.adapters.hrms_scoring import HrmsScoring
from trainer.cli.bench import Row
from trainer.cli.bench_finish import finishing
from trainer.core.errors import BadInput
from trainer.i18n import gettext as _

TRAIN, TEST, GRADED = "scientsbank_train.jsonl", "scientsbank_unseen_answers.jsonl", "ads_zh_dev.jsonl"
ROWS = {TRAIN: 4_969, TEST: 540, GRADED: 1_052}
"""A public project once told figures of a made-up file of the right name: the number of rows must fit."""
QUESTIONS = {TRAIN: 135, TEST: 135, GRADED: 10}

MARGIN = 0.05
F1_GOAL, R_GOAL, QWK_GOAL, R_GOAL_CALIBRATED = 0.72, 0.55, 0.48, 0.60
MS_GOAL, START_GOAL = 50.0, 3.0
FEW = 5
STEPS = 10
"""Grades of the Chinese set are tenths."""
TIMED = 200

Tell = Callable[[str], None]
Answer = dict[str, Any]


def scoring(tell: Tell, data: Path) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    sets = {name: read(data / name) for name in ROWS}
    rows = _cost(tell, sets[GRADED])
    scored = {}
    for name, answers in sets.items():
        tell(_("Scoring {name} …").format(name=name))
        scored[name] = _scores(answers, 0)
    tell(_("Word overlap and tf-idf …"))
    plain = {name: [overlap(one) for one in answers] for name, answers in sets.items()}
    weighed = {name: tf_idf(answers) for name, answers in sets.items()}
    three = (scored, plain, weighed)
    f1 = [_transferred(sets, scores) for scores in three]
    r = [pearson(scores[GRADED], _humans(sets[GRADED])) for scores in three]
    qwk = [kappa(leave_one_out(sets[GRADED], scores[GRADED]), _humans(sets[GRADED])) for scores in three]
    rows += _beside(_("SciEntsBank, unseen answers: macro-F1"), f1, F1_GOAL)
    rows += _beside(_("ADS (Chinese): correlation"), r, R_GOAL)
    rows += _beside(_("ADS (Chinese): QWK, grades from the other questions"), qwk, QWK_GOAL)
    tell(_("Scoring {name} …").format(name=f"{GRADED}, --graded {FEW}"))
    calibrated = _scores(sets[GRADED], FEW)
    rest = [at for at, is_rest in enumerate(_ungraded(sets[GRADED])) if is_rest]
    rows.append(
        Row(
            _("ADS: correlation with {count} graded answers a question").format(count=FEW),
            pearson([calibrated[at] for at in rest], [_humans(sets[GRADED])[at] for at in rest]),
            "",
            R_GOAL_CALIBRATED,
            _("goal"),
            1.0,
            more_is_better=True,
        )
    )
    return [*rows, *finishing(tell)]


def read(path: Path) -> list[Answer]:
    """Read one set.

    Raises:
        BadInput: It is not there, or has not the rows and questions that it should have.
    """
    try:
        answers = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        raise BadInput(
            _("{file} cannot be read: {reason}").format(file=path, reason=error),
            _("The folder must hold {names}.").format(names=", ".join(ROWS)),
        ) from error
    found = len(answers), len({one["question_id"] for one in answers})
    wanted = ROWS[path.name], QUESTIONS[path.name]
    if found != wanted:
        raise BadInput(
            _("{file} has {found} rows and questions, not {wanted}: it is another set.").format(
                file=path, found="/".join(map(str, found)), wanted="/".join(map(str, wanted))
            ),
            "",
        )
    return answers


def _cost(tell: Tell, answers: Sequence[Answer]) -> list[Row]:
    """Measure the time of single answers, the start, and the memory of the scoring process."""
    tell(_("Timing single answers …"))
    lines = [json.dumps(one) for one in answers]
    took, waited = [], []
    began = time.perf_counter()
    with HrmsScoring() as process:
        by = json.loads(process.one(lines[0]))["by"]
        start = time.perf_counter() - began
        for line in lines[1 :: max(1, len(lines) // TIMED)]:
            since, at = process.cost()[0], time.perf_counter()
            process.one(line)
            waited.append(time.perf_counter() - at)
            took.append(process.cost()[0] - since)
        memory = process.cost()[1]
    limit = _("limit")
    return [
        Row(
            _("scoring by {program}: ms an answer, median").format(program=by),
            1_000 * statistics.median(waited),
            "ms",
            MS_GOAL,
            limit,
            1.0,
        ),
        Row(_("scoring: CPU ms an answer, mean"), 1_000 * statistics.mean(took), "ms"),
        Row(_("scoring: start and first answer"), start, "s", START_GOAL, limit, 1.0),
        Row(_("scoring: memory"), memory, "MB"),
    ]


def _scores(answers: Sequence[Answer], graded: int) -> list[float]:
    with HrmsScoring(graded) as process:
        return [float(json.loads(line)["score"]) for line in process.all(json.dumps(one) for one in answers)]


def _humans(answers: Iterable[Answer]) -> list[float]:
    return [float(one["human"]) for one in answers]


def _ungraded(answers: Sequence[Answer]) -> list[bool]:
    """Say of each row whether it is none of the first few of its question."""
    seen: Counter[str] = Counter()
    rest = []
    for one in answers:
        seen[one["question_id"]] += 1
        rest.append(seen[one["question_id"]] > FEW)
    return rest


def _beside(name: str, three: Sequence[float], goal: float) -> list[Row]:
    """Return one figure beside its goal and beside the two plain ways of the same run."""
    mine, plain, weighed = three
    beside = _("word overlap and {margin}").format(margin=MARGIN)
    return [
        Row(name, mine, "", goal, _("goal"), 1.0, more_is_better=True),
        Row(name, mine, "", plain + MARGIN, beside, 1.0, more_is_better=True),
        Row(name, mine, "", weighed, _("tf-idf"), None, more_is_better=True),
    ]


def _transferred(sets: dict[str, list[Answer]], scores: dict[str, list[float]]) -> float:
    """Return macro-F1 on the test with the threshold of the training file."""
    limit = threshold(scores[TRAIN], _humans(sets[TRAIN]))
    return macro_f1(scores[TEST], _humans(sets[TEST]), limit)


def threshold(scores: Sequence[float], humans: Sequence[float]) -> float:
    """Return the score from which answers are best called right, by macro-F1; neighbours have a say."""
    steps = [at / 100 for at in range(2, 99)]
    values = [macro_f1(scores, humans, step) for step in steps]
    smooth = [statistics.mean(values[max(0, at - 2) : at + 3]) for at in range(len(values))]
    return steps[smooth.index(max(smooth))]


def macro_f1(scores: Sequence[float], humans: Sequence[float], limit: float) -> float:
    """Return the mean F1 of right and wrong, an answer being called right from ``limit`` on."""
    counts = Counter((score >= limit, human >= 0.5) for score, human in zip(scores, humans, strict=True))  # noqa: PLR2004
    both = []
    for side in (True, False):
        hits = counts[side, side]
        both.append(2 * hits / max(1, 2 * hits + counts[side, not side] + counts[not side, side]))
    return statistics.mean(both)


def leave_one_out(answers: Sequence[Answer], scores: Sequence[float]) -> list[float]:
    """Return grades 0-1: on each question's scores the mean and spread of the other questions' grades are laid."""
    groups: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(answers):
        groups[one["question_id"]].append(at)
    grades = [0.0] * len(answers)
    humans = _humans(answers)
    for mine in groups.values():
        inside = set(mine)
        others = [at for at in range(len(answers)) if at not in inside]
        told, given = [scores[at] for at in others], [humans[at] for at in others]
        steep = statistics.pstdev(given) / (statistics.pstdev(told) or 1.0)
        for at in mine:
            grade = statistics.mean(given) + steep * (scores[at] - statistics.mean(told))
            grades[at] = min(1.0, max(0.0, grade))
    return grades


def kappa(grades: Sequence[float], humans: Sequence[float]) -> float:
    """Return the quadratically weighted kappa of grades in tenths."""
    mine, theirs = ([round(STEPS * one) for one in values] for values in (grades, humans))
    apart = sum((a - b) ** 2 for a, b in zip(mine, theirs, strict=True))
    left, right = Counter(mine), Counter(theirs)
    chance = sum(n * m * (a - b) ** 2 for a, n in left.items() for b, m in right.items()) / len(mine)
    return 1 - apart / chance


def pearson(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the correlation of two rows of figures."""
    return statistics.correlation(one, other)


def words(text: str) -> list[str]:
    """Cut text the plain way: runs of letters and digits; Chinese by the dictionary."""
    import rjieba

    runs = re.findall(r"\w+", text.lower())
    return [word for run in runs for word in ([run] if run.isascii() else rjieba.cut(run))]


def overlap(answer: Answer) -> float:
    """Return the share of a reference's words in the answer, the best reference counting."""
    said = set(words(answer["answer"]))
    wanted = [set(words(one)) for one in answer["reference"]]
    return max(len(said & one) / (len(one) or 1) for one in wanted)


def tf_idf(answers: Sequence[Answer]) -> list[float]:
    """Return the tf-idf cosine of each answer and its best reference; how rare a word is, the answers tell."""
    cut = [words(one["answer"]) for one in answers]
    seen = Counter(word for one in cut for word in set(one))
    rare = {word: math.log((1 + len(cut)) / (1 + count)) + 1 for word, count in seen.items()}
    unseen = math.log(1 + len(cut)) + 1

    def weights(one: Sequence[str]) -> dict[str, float]:
        raw = {word: count * rare.get(word, unseen) for word, count in Counter(one).items()}
        length = math.sqrt(sum(value**2 for value in raw.values())) or 1.0
        return {word: value / length for word, value in raw.items()}

    found = []
    for answer, said in zip(answers, cut, strict=True):
        mine = weights(said)
        theirs = [weights(words(one)) for one in answer["reference"]]
        found.append(max(sum(value * mine.get(word, 0.0) for word, value in one.items()) for one in theirs))
    return found
