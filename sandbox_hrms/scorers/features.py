"""What an answer is like beside its content: how it is told, how specific it is, and what it denies."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from sandbox_hrms.core.rubric import DECIMALS, Evidence, Part, Question
from sandbox_hrms.scorers.text import Sentence, content, is_stop, normalise, spans

PARTS: tuple[Part, ...] = get_args(Part)
_ENOUGH_DETAILS = 2
_QUOTED_DETAILS = 4
_CUES: Mapping[Part, re.Pattern[str]] = {
    "situation": re.compile(
        r"\b(?:when|once|at that time|back then|one day|there (?:was|were)|last (?:year|month|week|"
        r"spring|summer|autumn|winter)|(?:years?|months?|weeks?|days?) ago|"
        r"in my (?:last|first|previous|former|old)|for \w+ years|in the middle of)\b"
        r"|有一次|有一回|有一个|当时|那时|去年|前年|今年|上个?月|年前|月前|的时候|期间|曾经|曾(?=[在任做是参负主带组为多有用把帮])|以前|之前在|做了.{0,4}年|从事"
    ),
    "task": re.compile(
        r"\b(?:had to|have to|needed to|need to|wanted to|was (?:asked|responsible|supposed|to)|in charge of|"
        r"my (?:task|job|goal|target|aim|part|role|duty)|the (?:task|goal|target|aim) was|target|goal|"
        r"in order to)\b"
        r"|需要|必须|要求|负责|目标|任务|为了|职责|指标|得在|要在"
    ),
    "action": re.compile(
        r"\b(?:i|we) (?:also |then |first |always |usually |often |never )?"
        r"(?!am\b|was\b|were\b|are\b|have been\b|think\b|like\b|believe\b|feel\b)[a-z]+"
        r"|我(?!是|们是|觉得|认为|喜欢|想|希望)[^,。;!?]{2}|首先|先[^,。]{2}|然后|接着|随后|再[^次三]"
    ),
    "result": re.compile(
        r"\b(?:so that|as a result|the result|in the end|at last|finally|led to|because of (?:it|this|that)|"
        r"since then|closed at|grew|fell|rose|exceeded|reached|saved|improved|reduced|learn(?:ed|t)|"
        r"came of it|per ?cent|within \w+ (?:minutes?|hours?|days?|weeks?))\b|\d ?%"
        r"|结果|最后|最终|因此|所以|从而|达到|达成|完成了|超过|增长|提高|提升|减少|降低|缩短|学到|学会|从那以后|此后|免得|这样"
    ),
}
_ASKS_FOR_STORY = re.compile(
    r"\b(?:tell (?:us|me) (?:about|of)|describe|a time|have you|did you|what came of)\b"
    r"|一次|经历|曾|做过|过的|后来|介绍"
)
"""Questions about something that happened: their answers begin with situation and task."""
_UNITS = (
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|times|people|persons|customers?|clients?|colleagues?|"
    r"orders?|calls?|points?|pieces?|yuan|euros?|dollars?|pounds?)\b|年|个月|月|周|天|小时|分钟|次|家|位|名|人|份|套|个|倍|成|万|款|项|条|元"
)
"""What a number counts, quoted with it."""
_DETAIL = re.compile(
    rf"\d+(?:[.,:]\d+)*(?: ?(?:%|per ?cent\b|{_UNITS}))?"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|"
    r"thousand|half)\b(?: \w+)?"
    r"|\b(?:for example|for instance|such as|each (?:day|week|month)|every (?:day|week|month)|once a \w+)\b"
    r"|百分之[一二三四五六七八九十两]+|[一二两三四五六七八九十百千半]+(?:年|个月|周|天|小时|分钟|次|家|位|名|人|份|套|个|倍|成|万|款|项|条)"
    r"|例如|比如|譬如|每天|每周|每月|当天"
)
_CLAUSE = re.compile(r"[,;:。.!?\n—]+|\b(?:but|and|because|so that|then|although|while)\b|但是?|而且?|因为|然后")
_NEGATED = re.compile(
    r"\b(?:not(?! only| until)|never|no(?! doubt)|nobody|none|nothing(?! but)|neither|nor|without|cannot|"
    r"refused?|avoid)\b|n['’]t\b"
    r"|(?<![得要])不(?![仅但同断错只论管过少久免如得])|没(?!错)|从未|未曾|尚未|并未|拒绝|懒得|别(?=[去跟让想说问])"
)

_WE = re.compile(r"\b(?:we|our|us)\b|我们|咱们")
_I = re.compile(r"\b(?:i|my|me|myself)\b|我(?!们)|本人")
_EITHER = re.compile(r"(.)[不没]\1")
"""A Chinese question of the kind "can or cannot", which denies nothing."""
_REACH = 5
"""Words that carry meaning to which a "not" before them reaches: speech has no commas that would stop it."""
_REACH_ENDS = re.compile(
    r"\bso (?=(?:i|we)\b)|\b(?:instead|therefore|afterwards|later)\b"
    r"|\b(?:i|we) (?!(?:should|would|could|can|need|must|have)\b)"
    r"|我(?!们?的)|就(?!是)|于是|所以|而是|后来|接着|随后|最后|之后|以后|的时候|马上|立刻"
)
"""Where something new begins, if at least one word that carries meaning stands between."""
_LISTED = re.compile(r"(?:the|a|an|its|his|her|my|our|their|any)\b")
"""How a clause begins that only goes on listing what the one before it denies."""


@dataclass(frozen=True, slots=True)
class Features:
    """How an answer is told; each figure 0-1. ``parts`` and ``details`` quote it.

    Attributes:
        only_we: It tells what "we" did, and never what "I" did.
    """

    structure: float
    relevance: float
    specificity: float
    parts: Mapping[Part, Evidence]
    details: tuple[Evidence, ...]
    only_we: bool


def features(question: Question, answer: str, kept: Sequence[Sentence]) -> Features:
    """Look at the sentences of an answer that are its own.

    Args:
        question: What was asked; one that does not ask for something that happened gives both
            situation and task.
        answer: The whole text, for the quotations.
        kept: Its sentences without repeats and copies of the question.
    """
    parts = {part: found for part in PARTS if (found := _first(_CUES[part], question.id, answer, kept))}
    tells_a_story = question.kind == "structured" and _ASKS_FOR_STORY.search(normalise(question.text)[0])
    given: set[Part] = set() if tells_a_story else {"situation", "task"}
    details = tuple(
        Evidence(question=question.id, quote=answer[start:end], start=start, end=end)
        for sentence in kept
        for start, end in _spans(_DETAIL, answer, sentence)
    )
    known = {
        *content(question.text),
        *(word for one in question.key_points for says in one.says for word in content(says)),
    }
    own = " ".join(normalise(answer[one.start : one.end])[0] for one in kept)
    near = sum(bool(one.content & known) for one in kept)
    return Features(
        structure=round(len(given | set(parts)) / len(PARTS), DECIMALS),
        relevance=round(near / len(kept), DECIMALS) if kept else 0.0,
        specificity=min(1.0, len(details) / _ENOUGH_DETAILS),
        parts=parts,
        details=details[:_QUOTED_DETAILS],
        only_we=bool(_WE.search(own)) and not _I.search(own),
    )


def is_negated(text: str) -> bool:
    """Say whether a clause or a wording of a key point has a "not" in it."""
    return bool(_nots(normalise(text)[0]))


def clauses(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a stretch of an answer into clauses, normalised; True marks what a "not" reaches."""
    plain = normalise(text)[0]
    begin, negated, mark = 0, False, ""
    for start, end in [one.span() for one in _CLAUSE.finditer(plain)] + [(len(plain), len(plain))]:
        if piece := plain[begin:start].strip():
            goes_on = negated and mark == "," and bool(_LISTED.match(piece))
            negated = False
            for stretch, negated in _stretches(piece, [*([(0, 0)] if goes_on else []), *_nots(piece)]):
                yield stretch, negated
        begin, mark = end, plain[start:end].strip()


def _nots(plain: str) -> list[tuple[int, int]]:
    """Return where a "not" stands that denies something."""
    either = [one.span() for one in _EITHER.finditer(plain)]
    return [
        one.span()
        for one in _NEGATED.finditer(plain)
        if not any(start <= one.start() < end for start, end in either)
    ]


def _stretches(piece: str, nots: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Cut a clause into what its "not"s reach, and what they do not."""
    done = 0
    for start, end in nots:
        stop = _reach(piece, end)
        if before := piece[done:start].strip():
            yield before, False
        if reached := piece[max(start, done) : stop].strip():
            yield reached, True
        done = max(done, stop)
    if rest := piece[done:].strip():
        yield rest, False


def _reach(piece: str, begin: int) -> int:
    """Return where the reach of a "not" ends that itself ends at ``begin``."""
    said = [start for start, stop in spans(piece) if start >= begin and not is_stop(piece[start:stop])]
    limit = said[_REACH] if len(said) > _REACH else len(piece)
    if said:
        new = _REACH_ENDS.search(piece, said[0] + 1, limit)
        limit = new.start() if new else limit
    return limit


def _first(cue: re.Pattern[str], question: str, answer: str, kept: Sequence[Sentence]) -> Evidence | None:
    """Quote the first sentence in which the cue stands."""
    for one in kept:
        if cue.search(normalise(answer[one.start : one.end])[0]):
            return Evidence(question=question, quote=answer[one.start : one.end], start=one.start, end=one.end)
    return None


def _spans(cue: re.Pattern[str], answer: str, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Give where in the answer, as it was written, the cue stands."""
    plain, origin = normalise(answer[sentence.start : sentence.end])
    for found in cue.finditer(plain):
        yield sentence.start + origin[found.start()], sentence.start + origin[found.end() - 1] + 1
