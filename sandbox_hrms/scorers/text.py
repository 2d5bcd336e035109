"""Text cut into sentences and comparable tokens, each knowing its place in the original."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+(?:['’][^\W_]+)?)")
_SENTENCE_END = re.compile(r"[!?。;\n]+|\.(?=\s|$)")  # after NFKC the full-width marks are these
_STOP_WORDS = (
    "a about after all also am an and any are as at be been before being but by can could did do does doing done "
    "each etc for from had has have having he her him his how i if in into is it its me more most my of off on "
    "one or our out own she so some such than that the their them then there these they this those to too until "
    "up us very was we were what when where which while who whom why will with would you your"
)
_STOP_HAN_WORDS = (
    "的 了 是 在 和 与 及 或 有 中 为 对 等 把 被 将 从 到 由 也 就 都 而 但 且 其 这 那 我 你 他 她 它 我们 你们 "
    "他们 自己 这个 那个 一个 一些 可以 进行 使用 通过 以及 并且 如果 则 所以 因为 但是 然后 或者 就是 "
    "我会 我的 你的 他的"
)
_STOP = frozenset(_STOP_WORDS.split())
_STOP_HAN = frozenset(_STOP_HAN_WORDS.split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word: an English one without its endings, a Chinese one as written."""

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
    """Cut normalised text into words; English ones lose their endings."""
    found: list[Token] = []
    for match in _RUN.finditer(plain):
        run = match.group()
        if match["word"]:
            found.append(Token(stem(run), stop=run in _STOP))
        else:
            found.extend(Token(word, stop=word in _STOP_HAN) for word in cut_han(run))
    return tuple(found)


def spans(plain: str) -> Iterator[tuple[int, int]]:
    """Give where each word of normalised text begins and ends."""
    for match in _RUN.finditer(plain):
        begin = match.start()
        for word in [match.group()] if match["word"] else cut_han(match.group()):
            yield begin, begin + len(word)
            begin += len(word)


def is_stop(word: str) -> bool:
    """Say whether a normalised word is a small one that carries no meaning."""
    return word in _STOP or word in _STOP_HAN


def content(text: str) -> tuple[str, ...]:
    """Return the different words of ``text`` that carry meaning, in order; all words where none does."""
    cut = tokens(normalise(text)[0])
    return tuple(dict.fromkeys(one.text for one in cut if not one.stop)) or tuple(
        dict.fromkeys(one.text for one in cut)
    )


def size(text: str) -> float:
    """Return the length of ``text`` in words; three Han characters count as two words."""
    plain, _ = normalise(text)
    return sum(len(run["han"]) / 1.5 if run["han"] else 1.0 for run in _RUN.finditer(plain))


def cut_han(text: str) -> list[str]:
    """Cut Chinese text into words."""
    import rjieba  # it reads its dictionary when it is imported: a start does not wait for that

    found: list[str] = rjieba.cut(text)
    return found


@lru_cache(50_000)
def stem(word: str) -> str:
    """Return ``word`` without its English endings, by the Snowball rules."""
    import snowballstemmer

    found: str = snowballstemmer.stemmer("english").stemWord(word.removesuffix("'s"))
    return found
