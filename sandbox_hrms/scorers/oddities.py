"""What is odd about an answer: tricks played on the scorer, and text that is no answer to the question."""

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz

from sandbox_hrms.scorers.likeness import recall
from sandbox_hrms.scorers.phrases import swears, talks_to_the_grader
from sandbox_hrms.scorers.text import Sentence, Token, content, normalise, sentences, size

WEAK = 0.3
"""Most that an answer of one of these kinds is given, 0-1: "touches on it"."""
SHORTEST = 8.0
"""Words below which an interview answer is too short to judge."""
LONGEST = 1_000.0
"""Words from which an answer is too long; nobody says that many in the time of a question."""
CODES = (
    "too_short",
    "copied_question",
    "repeated",
    "word_list",
    "prompt_injection",
    "keyword_stuffing",
    "copied_model_answer",
    "off_topic",
    "other_language",
    "profanity",
    "too_long",
)

_MIN_COPIED_WORDS = 4
_COPIED = 0.8
_NEW = 0.2
_COPY_ALIKE = 99.0
"""In the Chinese set answers alike to 95 were graded in full: who learned by heart is no cheat."""
_COPY_SIZE = 12.0
_COPY_PART = 0.6
_LIST_WORDS = 12
_LIST_STOP_SHARE = 0.08
_LIST_PIECES = 6
_PIECE_WORDS = 3
_STUFFED_WORDS = 8
_STUFFED_SHARE = 0.75
_STUFFED_TIMES = 4
_STUFFED_PART = 0.5
_STUFFED_KINDS = 3
_ON_TOPIC_WORDS = 0.08
_OFF_TOPIC_SIZE = 8.0
_FOREIGN_LETTERS = 12
_FOREIGN_SHARE = 0.6
_FOREIGN_WORDS = 3
_HALF = 0.5
_MANY = 0.9

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN_ONE = re.compile(f"[{_HAN}]")
_LATIN_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_LETTER = re.compile(r"[^\W\d_]")
_PIECE = re.compile(r"[\s,，、;；/|。.]+")
_ENGLISH_WORDS = "the and of to in is it that was for with as are they this be have not you i we he she my"
_OTHER_WORDS = (
    "le la les des et une est dans pour que qui pas avec sur je nous vous ils elle sont mon "  # French
    "der die das und ist ich nicht ein eine mit auf für von zu den dem wir sie habe haben "  # German
    "el los las y en por con una para como pero mi yo es muy "  # Spanish
    "il di che non per sono della nel più ho "  # Italian
    "os um uma não com são meu eu"  # Portuguese
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_OTHERS = frozenset(_OTHER_WORDS.split())


def oddities(
    question: str,
    references: Sequence[str],
    answer: str,
    *,
    models: Sequence[str] = (),
    shortest: float = SHORTEST,
) -> tuple[str, ...]:
    """Return the codes of what is odd about ``answer``, in the order of `CODES`.

    Args:
        question: What was asked.
        references: What a good answer says.
        answer: What was answered.
        models: Whole answers that the answering person may have seen, such as a printed model answer.
        shortest: Words below which the answer is too short to judge.
    """
    if not content(answer):
        return ("too_short",)
    found: set[str] = set()
    if size(answer) > LONGEST:
        found.add("too_long")
        answer = head(answer)
    plain = normalise(answer)[0]
    cut = sentences(answer)
    if size(answer) < shortest:
        found.add("too_short")
    if talks_to_the_grader(plain):
        found.add("prompt_injection")
    if swears(plain):
        found.add("profanity")
    foreign = _is_foreign(f"{question} {' '.join(references)}", plain)
    if foreign:
        found.add("other_language")
    if _is_copy(plain, models):
        found.add("copied_model_answer")
    found |= _about(cut, question, references, answer)
    if foreign:
        found -= {"off_topic", "word_list"}  # its words cannot be compared, nor told from each other
    return tuple(code for code in CODES if code in found)


def head(answer: str) -> str:
    """Return the part of a too long answer that is still read."""
    return answer[: int(LONGEST * 6)]


def repetition(cut: Sequence[Sentence]) -> tuple[int, int]:
    """Return how many sentences say what one before them said, and how many are left."""
    keys = [tuple(token.text for token in one.tokens) for one in cut]
    kept = len(set(keys))
    return len(keys) - kept, kept


def copies(cut: Sequence[Sentence], asked: frozenset[str]) -> list[bool]:
    """Say of each sentence whether it is the question's."""
    return [_is_mostly(one.content, asked) for one in cut]


def _is_mostly(said: frozenset[str], asked: frozenset[str]) -> bool:
    return len(said) >= _MIN_COPIED_WORDS and len(said & asked) >= _COPIED * len(said)


def is_word_list(cut: Sequence[Sentence]) -> bool:
    """Say whether words stand there without the small words, or the length, that make sentences of them."""
    words = _words(cut)
    latin = [token for token in words if token.text.isascii()]
    if len(latin) * 2 > len(words):
        return len(latin) >= _LIST_WORDS and sum(token.stop for token in latin) < _LIST_STOP_SHARE * len(latin)
    return False


def _about(cut: Sequence[Sentence], question: str, references: Sequence[str], answer: str) -> set[str]:
    """Return what is odd when the answer is held against the question and the references."""
    found = set()
    asked = frozenset(content(question))
    said = content(answer)
    wanted = frozenset(word for one in references for word in content(one))
    new = [word for word in wanted if word not in asked]
    if repetition(cut)[0]:
        found.add("repeated")
    marks = copies(cut, asked)
    if any(marks):  # beside a whole copied sentence a short one of the question's words is copied, too
        marks = [mark or one.content <= asked for one, mark in zip(cut, marks, strict=True)]
    copied = sum(one.end - one.start for one, mark in zip(cut, marks, strict=True) if mark)
    adds_nothing = not new or recall(sorted(new), said, frozenset()) < _NEW
    whole = sum(one.end - one.start for one in cut)
    if copied and copied >= _COPIED * whole and adds_nothing:
        found.add("copied_question")
    listed = is_word_list(cut) or _is_han_list(answer, cut)
    if listed:
        found.add("word_list")
    if _is_stuffed(cut, wanted | asked, listed=listed):
        found.add("keyword_stuffing")
    if size(answer) >= _OFF_TOPIC_SIZE and not found and _is_elsewhere(said, references, asked):
        found.add("off_topic")
    return found


def _is_elsewhere(said: Sequence[str], references: Sequence[str], asked: frozenset[str]) -> bool:
    """Say whether hardly a word is the question's or a reference's."""
    best = max((recall(content(one), said, frozenset()) for one in references), default=0.0)
    return best < _ON_TOPIC_WORDS and not asked & set(said)


def _is_han_list(answer: str, cut: Sequence[Sentence]) -> bool:
    """Say whether a Chinese answer is made of many pieces of a word or two each."""
    words = _words(cut)
    if len(words) < _LIST_WORDS or sum(bool(_HAN_ONE.search(token.text)) for token in words) * 2 <= len(words):
        return False
    pieces = [one for one in _PIECE.split(answer) if one]
    short = sum(len(one) <= 2 * _PIECE_WORDS for one in pieces)
    stops = sum(token.stop for token in words)
    return len(pieces) >= _LIST_PIECES and short >= _MANY * len(pieces) and stops < _LIST_STOP_SHARE * len(words)


def _is_stuffed(cut: Sequence[Sentence], wanted: frozenset[str], *, listed: bool) -> bool:
    """Say whether expected words are piled up: a list made of them, or the same few over and over."""
    words = [token.text for token in _words(cut) if not token.stop]
    if len(words) < _STUFFED_WORDS:
        return False
    if listed and sum(word in wanted for word in words) >= _STUFFED_SHARE * len(words):
        return True
    counts = Counter(word for word in words if word in wanted)
    piled = sum(count for count in counts.values() if count >= _STUFFED_TIMES)
    return piled >= _STUFFED_PART * len(words) and len(set(words)) * _STUFFED_KINDS <= len(words)


def _is_copy(plain: str, models: Sequence[str]) -> bool:
    """Say whether the answer is one of the model answers, or the greater part of it, word for word."""
    mine = _bare(plain)
    for model in models:
        other = _bare(normalise(model)[0])
        if size(model) < _COPY_SIZE:
            continue
        if fuzz.ratio(mine, other) >= _COPY_ALIKE or (mine in other and len(mine) >= _COPY_PART * len(other)):
            return True
        if other in mine:
            return True
    return False


def _words(cut: Sequence[Sentence]) -> list[Token]:
    """Return what is a word, which numbers and single letters of a formula are not."""
    every = [token for one in cut for token in one.tokens]
    return [
        one for one in every if one.text.isalpha() and (len(one.text) > 1 or one.stop or not one.text.isascii())
    ]


def _bare(plain: str) -> str:
    return re.sub(r"[\W_]+", " " if not _HAN_ONE.search(plain) else "", plain).strip()


def _is_foreign(wanted: str, plain: str) -> bool:
    """Say whether the answer is in another language than what was asked and is expected."""
    letters = _LETTER.findall(plain)
    if len(letters) < _FOREIGN_LETTERS:
        return False
    han = sum(bool(_HAN_ONE.match(one)) for one in letters)
    latin = sum(one.isascii() or "à" <= one <= "ÿ" for one in letters)
    if len(letters) - han - latin > _HALF * len(letters):
        return True
    words = _LATIN_WORD.findall(plain)
    if is_chinese(wanted):
        plenty = latin > _FOREIGN_SHARE * len(letters) and han / 1.5 < len(words) / 4
        small = sum(word in _ENGLISH or word in _OTHERS for word in words)
        return plenty and small >= _FOREIGN_WORDS  # so that terms and formulas pass
    if han > _HALF * len(letters):
        return True
    english = sum(word in _ENGLISH for word in words)
    other = sum(word in _OTHERS for word in re.findall(r"[^\W\d_]+", plain))
    return other >= _FOREIGN_WORDS and other > english


def is_chinese(text: str) -> bool:
    """Say whether a fifth or more of the letters are Han characters; English in Chinese text is common."""
    letters = _LETTER.findall(text)
    return sum(bool(_HAN_ONE.match(one)) for one in letters) * 5 >= len(letters) > 0
