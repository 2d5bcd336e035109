"""Text cut into sentences and comparable tokens, each knowing its place in the original."""

import re
import unicodedata
from dataclasses import dataclass

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+(?:'[^\W_]+)?)")
_SENTENCE_END = re.compile(r"[!?。;\n]+|\.(?=\s|$)")  # after NFKC the full-width marks are these
_SUFFIXES = ("ing", "ed", "es", "ly", "s", "e")
_MIN_STEM = 3
_STOP_WORDS = (
    "a about after all also am an and any are as at be been before but by can could did do does each etc for "
    "from had has have he her him his how i if in into is it its me more most my no nor not now of off on one "
    "or our out own she so some such than that the their them then there these they this to too until up us "
    "was we were what when where which while who will with would you your"
)
_STOP_PAIRS = "我们 他们 自己 这个 那个 一个 一些 可以 因为 所以 但是 然后 以及 或者 就是 我会 我的 你的 他的"
_STOP = frozenset(_STOP_WORDS.split())
_STOP_HAN = frozenset(_STOP_PAIRS.split())


@dataclass(frozen=True, slots=True)
class Token:
    """A stemmed word, or two neighbouring Han characters."""

    text: str
    stop: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: ``original[start:end]`` is its text."""

    start: int
    end: int
    tokens: tuple[Token, ...]

    @property
    def content(self) -> frozenset[str]:
        """The tokens that carry meaning."""
        return frozenset(token.text for token in self.tokens if not token.stop)


def normalise(text: str) -> tuple[str, list[int]]:
    """Return comparable text and, for each of its characters, the index in ``text`` it came from.

    Compatibility forms become plain ones (NFKC), case is folded, invisible characters are dropped.
    """
    out: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        if unicodedata.category(char) == "Cf":
            continue
        for plain in unicodedata.normalize("NFKC", char).casefold():
            out.append(plain)
            origin.append(index)
    return "".join(out), origin


def sentences(text: str) -> tuple[Sentence, ...]:
    """Cut ``text`` into sentences without losing or inventing a character of it."""
    plain, origin = normalise(text)
    found: list[Sentence] = []
    begin = 0
    for stop in [match.end() for match in _SENTENCE_END.finditer(plain)] + [len(plain)]:
        piece = plain[begin:stop]
        lead = len(piece) - len(piece.lstrip())
        tail = len(piece.rstrip())
        cut = tokens(piece)
        if cut:
            found.append(Sentence(origin[begin + lead], origin[begin + tail - 1] + 1, cut))
        begin = stop
    return tuple(found)


def tokens(plain: str) -> tuple[Token, ...]:
    """Cut normalised text into tokens: stemmed words, and pairs of Han characters."""
    found: list[Token] = []
    for match in _RUN.finditer(plain):
        run = match.group()
        if match["word"]:
            found.append(Token(stem(run), stop=run in _STOP))
        else:
            pairs = [run[at : at + 2] for at in range(len(run) - 1)] or [run]
            found.extend(Token(pair, stop=pair in _STOP_HAN) for pair in pairs)
    return tuple(found)


def size(text: str) -> float:
    """Return the length of ``text`` in words; three Han characters count as two words."""
    plain, _ = normalise(text)
    return sum(len(run["han"]) / 1.5 if run["han"] else 1.0 for run in _RUN.finditer(plain))


def stem(word: str) -> str:
    """Return ``word`` without its common English endings."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_STEM:
            word = word[: -len(suffix)]
    return word
