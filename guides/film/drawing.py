"""Drawing: the frames of a scene: header, window, zoom, pointer, click rings and cards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from guides import typeface
from guides.film.script import MOVE, Card, Change, Note, Pointing, Scene
from guides.theme import INK
from guides.typeface import BOLD, FILES, REGULAR
from trainer.core.brand import Brand
from trainer.core.walkthrough import Box

FPS = 15
WIDE, TALL = (1280, 720), (720, 1280)
"""Sizes of a film: of a wide window, and of a phone."""
HEADER = {WIDE: 88, TALL: 176}
"""Height of what stands above the window."""
RADIUS = {WIDE: 0, TALL: 26}
MARGIN = {WIDE: 0, TALL: 28}

RING_SECONDS = 0.5
FADE_SECONDS = 0.3
"""A card goes so slowly."""
FRAME_GAP, FRAME_STROKE = 6, 4
"""Of the frame around what a note is about, in pixels of the film."""
SMOOTH = 3
STROKES = 15
"""Text appears in so many pieces."""
INKED = 40
"""What differs by more than this is typed text."""
SMALLEST = 10
SIGN_TOP, SIGN_SIZE = 30, 22
"""Where the logo or the name of a brand is on a card, and how large the name."""
SIGNED = 112.0
"""What stands below it begins there."""
ORPHAN = 0.2
"""A last line that is shorter than this share of its room looks lost."""
POINTER = ((0, 0), (0, 22), (5.4, 17), (9, 25.2), (12.6, 23.6), (9, 15.8), (16.6, 15.8))
"""The pointer's outline, from its tip."""


@dataclass(frozen=True)
class _Moment:
    """All that a frame depends on: two equal moments are one frame."""

    still: str
    other: str
    share: float
    typed: Box | None
    view: Box
    pointer: tuple[float, float] | None
    rings: tuple[float, ...]
    note: Note | None
    card: float


def film_size(window: tuple[int, int]) -> tuple[int, int]:
    """Return the size of the film of a window: portrait for a phone."""
    return TALL if window[1] > window[0] else WIDE


def window_size() -> tuple[int, int]:
    """Return the CSS size of the window that fills a film, for systems that are made for no special screen."""
    return WIDE[0], WIDE[1] - HEADER[WIDE]


def frames(scene: Scene, brand: Brand) -> Iterator[tuple[int, Image.Image]]:
    """Yield each distinct frame with its tick, `FPS` ticks a second; the last tick always has one.

    Args:
        scene: What is shown.
        brand: Name, logo, colours and footer.
    """
    board = _Board(scene, brand)
    ticks = ticks_of(scene)
    before: _Moment | None = None
    for tick in range(ticks):
        moment = board.moment(tick / FPS)
        if moment != before or tick == ticks - 1:
            yield tick, board.draw(moment)
        before = moment


def ticks_of(scene: Scene) -> int:
    """Return how many ticks a scene has."""
    return max(1, round(scene.seconds * FPS))


class _Board:
    """Draws the frames of one scene."""

    def __init__(self, scene: Scene, brand: Brand) -> None:
        self._scene = scene
        self._brand = brand
        self._size = film_size(scene.window)
        stills = [scene.opening, *(change.still for change in scene.changes)]
        self._stills = {still.digest: still for still in stills}
        self._area = _area(self._size, scene.window)
        views = (Box(0, 0, *scene.window), *(view.box for view in scene.views))
        self._rests = {tuple(round(number, 2) for number in _numbers(view)) for view in views}
        self._last: tuple[tuple[object, ...], Image.Image] | None = None
        self._opened = lru_cache(4)(self._open)

    # -- when ----------------------------------------------------------------------------------------------

    def moment(self, second: float) -> _Moment:
        """Return what is shown at a second of the scene."""
        still, other, share, typed = self._picture(second)
        card = self._card(second)
        bare = card >= 1 and self._scene.card is not None and self._scene.card.kind != "chapter"
        return _Moment(
            still,
            other,
            share,
            typed,
            self._view(second),
            None if bare else self._pointer(second),
            tuple(
                round((second - one.ring) / RING_SECONDS, 3)
                for one in self._scene.pointings
                if one.ring is not None and 0 <= second - one.ring < RING_SECONDS
            ),
            next((note for note in reversed(self._scene.notes) if note.start <= second), None),
            card,
        )

    def _picture(self, second: float) -> tuple[str, str, float, Box | None]:
        """Return the picture, the one it changes into, how far that is, and where text is typed."""
        shown = self._scene.opening.digest
        for change in self._scene.changes:
            if second < change.start:
                break
            share = _share(second, change)
            if share < 1:
                return shown, change.still.digest, share, change.typed
            shown = change.still.digest
        return shown, shown, 0.0, None

    def _view(self, second: float) -> Box:
        here = Box(0, 0, *self._scene.window)
        for view in self._scene.views:
            if second < view.start:
                break
            share = _eased((second - view.start) / view.seconds)
            here = Box(
                *(round(a + (b - a) * share, 2) for a, b in zip(_numbers(here), _numbers(view.box), strict=True))
            )
        return here

    def _pointer(self, second: float) -> tuple[float, float]:
        at = self._scene.pointer
        for pointing in self._scene.pointings:
            if second < pointing.start:
                break
            at = _moved(at, pointing, second)
        return at

    def _card(self, second: float) -> float:
        card = self._scene.card
        if card is None:
            return 0.0
        if card.kind == "recap":
            return 1.0
        left = (card.seconds - second) / FADE_SECONDS
        return 1.0 if card.kind == "title" else round(min(1.0, max(0.0, left), 0.34 + second * 6), 3)

    # -- what ----------------------------------------------------------------------------------------------

    def draw(self, moment: _Moment) -> Image.Image:
        """Return a frame."""
        card = self._scene.card
        if card is not None and card.kind != "chapter":
            return self._whole_card
        key = (moment.still, moment.other, moment.share, moment.typed, moment.view)
        if self._last is None or self._last[0] != key:
            self._last = (key, self._ground(moment))
        frame = self._last[1].copy()
        if moment.note is not None:
            self._put_note(frame, moment.note, moment.view)
        for share in moment.rings:
            self._put_ring(frame, moment, share)
        if moment.pointer is not None:
            x, y = self._on_film(moment.pointer, moment.view)
            sign = _pointer_sign()
            frame.paste(sign, (round(x) - 3, round(y) - 3), sign)
        if moment.card:
            frame = Image.blend(frame, self._under_card(frame), moment.card)
        return frame

    def _ground(self, moment: _Moment) -> Image.Image:
        """Return header and window."""
        picture = self._window_picture(moment)
        left, top, right, bottom = self._area
        view, scale = moment.view, self._scene.scale
        box = (
            view.x * scale,
            view.y * scale,
            min((view.x + view.width) * scale, picture.width),
            min((view.y + view.height) * scale, picture.height),
        )
        # while the camera moves nobody can read: what is quicker to draw will do
        how = Image.Resampling.BICUBIC if _numbers(view) in self._rests else Image.Resampling.BILINEAR
        shown = picture.resize((right - left, bottom - top), how, box=box)
        frame = self._frame.copy()
        frame.paste(shown, (left, top), self._mask)
        return frame

    def _window_picture(self, moment: _Moment) -> Image.Image:
        still = self._opened(moment.still)
        if moment.share == 0:
            return still
        other = self._opened(moment.other)
        if moment.typed is None:
            return Image.blend(still, other, moment.share)
        return _typed(still, other, moment.typed, self._scene.scale, moment.share)

    def _open(self, digest: str) -> Image.Image:
        opened = Image.open(io.BytesIO(self._stills[digest].png)).convert("RGB")
        size = tuple(round(side * self._scene.scale) for side in self._scene.window)
        return opened if opened.size == size else opened.resize((size[0], size[1]))

    @cached_property
    def _mask(self) -> Image.Image | None:
        left, top, right, bottom = self._area
        return _rounded((right - left, bottom - top), RADIUS[self._size]) if RADIUS[self._size] else None

    @cached_property
    def _frame(self) -> Image.Image:
        """Ground, header with the chapter's number and heading, and how far the film has come."""
        width, head = self._size[0], HEADER[self._size]
        frame = Image.new("RGB", self._size, self._brand.tint)
        draw = ImageDraw.Draw(frame)
        draw.rectangle((0, 0, width, head), fill=self._brand.deep)
        number, total = self._scene.number
        pad = 26
        _disc(frame, (pad + 24, head / 2 - 2), 24, str(number), "white", self._brand.deep)
        left = pad + 48 + 20
        room = (width - left - pad, head - 22)
        size, lines = _fitted(self._scene.heading, room, largest=27 if self._size == WIDE else 30, smallest=17)
        y = head / 2 - len(lines) * size * 1.32 / 2 - 2
        for line in lines:
            _put_text(frame, (left, y), line, size, "white")
            y += size * 1.32
        done = width * number / total
        draw.rectangle((0, head - 5, width, head), fill=self._brand.primary)
        draw.rectangle((0, head - 5, done, head), fill="#ffb74d")
        if self._mask is not None:
            a, b, c, d = self._area
            draw.rounded_rectangle((a - 6, b - 6, c + 5, d + 5), RADIUS[self._size] + 6, fill=INK)
        return frame

    def _on_film(self, point: tuple[float, float], view: Box) -> tuple[float, float]:
        """Return where a point of the window is on the film."""
        left, top, right, bottom = self._area
        return (
            left + (point[0] - view.x) / view.width * (right - left),
            top + (point[1] - view.y) / view.height * (bottom - top),
        )

    def _put_ring(self, frame: Image.Image, moment: _Moment, share: float) -> None:
        if moment.pointer is None:
            return
        x, y = self._on_film(moment.pointer, moment.view)
        sign = _ring_sign(round(share * 8), self._brand.accent)
        frame.paste(sign, (round(x) - sign.width // 2, round(y) - sign.height // 2), sign)

    def _put_note(self, frame: Image.Image, note: Note, view: Box) -> None:
        """Frame the place that a note is about, and write its text into the corner that is farther from it."""
        left, top, right, bottom = self._area
        above = note.box is None or note.box.y + note.box.height / 2 > self._scene.window[1] / 2
        if note.box is not None:
            start = self._on_film((note.box.x, note.box.y), view)
            end = self._on_film((note.box.x + note.box.width, note.box.y + note.box.height), view)
            for grow, colour in ((FRAME_GAP, self._brand.accent), (FRAME_GAP + FRAME_STROKE, "white")):
                box = (
                    max(left, round(start[0] - grow)),
                    max(top, round(start[1] - grow)),
                    min(right, round(end[0] + grow)),
                    min(bottom, round(end[1] + grow)),
                )
                _put_frame(frame, box, colour)
        sheet = _label(note.text, self._brand.accent)
        frame.paste(sheet, (left + 18, top + 18 if above else bottom - 18 - sheet.height), sheet)

    # -- cards ---------------------------------------------------------------------------------------------

    def _under_card(self, frame: Image.Image) -> Image.Image:
        """Return the window dimmed, with the chapter's card on it."""
        dimmed = Image.blend(frame, Image.new("RGB", frame.size, "#0a2540"), 0.62)
        sheet = self._chapter_sheet
        left = (self._size[0] - sheet.width) // 2
        top = HEADER[self._size] + (self._size[1] - HEADER[self._size] - sheet.height) // 2 - 20
        dimmed.paste(frame.crop((0, 0, frame.width, HEADER[self._size])), (0, 0))
        dimmed.paste(sheet, (left, top), sheet)
        return dimmed

    @cached_property
    def _chapter_sheet(self) -> Image.Image:
        card = self._scene.card
        assert card is not None  # noqa: S101  # only called where there is one
        wide = 860 if self._size == WIDE else 600
        size, lines = _fitted(card.title, (wide - 190, 230), largest=38, smallest=22)
        height = max(190, round(len(lines) * size * 1.36) + 118)
        sheet = Image.new("RGBA", (wide, height))
        sheet.paste(Image.new("RGB", sheet.size, "white"), (0, 0), _rounded(sheet.size, 22))
        _disc(sheet, (78, height / 2), 44, str(self._scene.number[0]), self._brand.primary)
        _put_text(sheet, (148, 34), card.kicker, 20, self._brand.primary)
        y = 72.0
        for line in lines:
            _put_text(sheet, (148, y), line, size, INK)
            y += size * 1.36
        return sheet

    @cached_property
    def _whole_card(self) -> Image.Image:
        """Return the card of title or recap."""
        card = self._scene.card
        assert card is not None  # noqa: S101  # only called where there is one
        return self._title_card(card) if card.kind == "title" else self._recap_card(card)

    def _title_card(self, card: Card) -> Image.Image:
        """Return the title beside (on a phone's film above) a picture of the window."""
        width, height = self._size
        frame = self._ground_of_card()
        wide = self._size == WIDE
        left, room = (72, 560) if wide else (56, width - 112)
        size, lines = _fitted(card.title, (room, 220 if self._signed else 260), largest=54, smallest=32)
        small, more = _fitted(" ".join(card.items), (room, 180 if self._signed else 220), largest=27, smallest=19)
        high = len(lines) * size * 1.3 + len(more) * small * 1.5 + 104
        y = max(SIGNED if self._signed else 0.0, (height - high) / 2) if wide else SIGNED
        _put_text(frame, (left, y), card.kicker, 24, self._brand.glow)
        y += 52
        for line in lines:
            _put_text(frame, (left, y), line, size, "white")
            y += size * 1.3
        y += 22
        ImageDraw.Draw(frame).rectangle((left, y, left + 84, y + 5), fill="#ffb74d")
        y += 30
        for line in more:
            _put_text(frame, (left, y), line, small, self._brand.tint, REGULAR)
            y += small * 1.5
        if wide:
            self._put_window(frame, (700, 0, 1216, height))
        else:
            self._put_window(frame, (width // 2 - 180, round(y) + 60, width // 2 + 180, height + 400))
        self._sign(frame, left)
        if wide:
            self._put_footer(frame, left, room)
        return frame

    def _put_window(self, frame: Image.Image, area: tuple[int, int, int, int]) -> None:
        """Put a framed picture of the window into an area: as wide as it, in the middle or from its top."""
        picture = self._backdrop()
        wide = area[2] - area[0]
        high = round(picture.height * wide / picture.width)
        top = max(area[1], (area[1] + area[3] - high) // 2) if self._size == WIDE else area[1]
        for grow, colour in ((8, self._brand.glow), (0, None)):
            size = (wide + 2 * grow, high + 2 * grow)
            sheet = Image.new("RGB", size, colour) if colour else picture.resize(size, Image.Resampling.LANCZOS)
            frame.paste(sheet, (area[0] - grow, top - grow), _rounded(size, 14 + grow))

    def _recap_card(self, card: Card) -> Image.Image:
        width, height = self._size
        frame = self._ground_of_card()
        wide = self._size == WIDE
        left, room = (96, width - 192) if wide else (56, width - 112)
        top = 70.0 if wide or not self._signed else SIGNED
        _put_text(frame, (left, top), card.kicker, 22, self._brand.glow)
        _put_text(frame, (left, top + 38), card.title, 46, "white")
        self._sign(frame, left, right=wide)
        y = top + 130
        free = height - y - (100 if self._put_footer(frame, left, room) else 60)
        size = next(
            size
            for size in range(28, SMALLEST - 1, -1)
            if size == SMALLEST
            or sum(len(_wrapped(item, room - 60, size)) for item in card.items) * size * 1.4
            + len(card.items) * size * 0.7
            <= free
        )
        for number, item in enumerate(card.items, start=1):
            _disc(frame, (left + size * 0.8, y + size * 0.72), size * 0.8, str(number), "#ffb74d", INK)
            for line in _wrapped(item, room - 60, size):
                _put_text(frame, (left + 60, y), line, size, "white", REGULAR)
                y += size * 1.4
            y += size * 0.7
        return frame

    @property
    def _signed(self) -> bool:
        return bool(self._brand.logo or self._brand.name)

    def _sign(self, frame: Image.Image, margin: float, *, right: bool = False) -> None:
        """Put the logo, or the name where there is none, at the top of a card: `margin` from its left or right."""
        brand = self._brand
        if brand.logo:
            plate = _plate(brand.logo)
            left = frame.width - margin - plate.width if right else margin
            frame.paste(plate, (round(left), SIGN_TOP), plate)
        elif brand.name:
            wide = _font(BOLD, SIGN_SIZE).getlength(typeface.printable(brand.name))
            left = frame.width - margin - wide if right else margin
            _put_text(frame, (left, SIGN_TOP), brand.name, SIGN_SIZE, brand.glow)

    def _put_footer(self, frame: Image.Image, left: float, room: float) -> bool:
        """Write the footer at the bottom of a card; return whether there is one."""
        if not self._brand.footer:
            return False
        size, lines = _fitted(self._brand.footer, (room, 48), largest=18, smallest=11)
        y = frame.height - 22 - len(lines) * size * 1.36
        for line in lines:
            _put_text(frame, (left, y), line, size, self._brand.glow, REGULAR)
            y += size * 1.36
        return True

    def _ground_of_card(self) -> Image.Image:
        return _ground(self._backdrop(), self._size, self._brand.deep)

    def _backdrop(self) -> Image.Image:
        return self._opened(self._scene.opening.digest)


@lru_cache(1)
def _plate(logo: bytes) -> Image.Image:
    """Return a logo on a light ground."""
    shown = Image.open(io.BytesIO(logo)).convert("RGBA")
    factor = min(240 / shown.width, 48 / shown.height)
    shown = shown.resize(
        (max(1, round(shown.width * factor)), max(1, round(shown.height * factor))), Image.Resampling.LANCZOS
    )
    plate = Image.new("RGBA", (shown.width + 28, shown.height + 20))
    plate.paste(Image.new("RGB", plate.size, "white"), (0, 0), _rounded(plate.size, 12))
    plate.alpha_composite(shown, (14, 10))
    return plate


def _ground(picture: Image.Image, size: tuple[int, int], colour: str) -> Image.Image:
    """Return a picture, blurred and in the colour of the brand, as the ground of a card."""
    factor = max(size[0] / picture.width, size[1] / picture.height)
    wide, high = size[0] / factor, size[1] / factor
    ground = picture.resize((size[0] // 4, size[1] // 4), box=(0, 0, wide, high))
    ground = ground.filter(ImageFilter.GaussianBlur(3)).resize(size)
    return Image.blend(ground, Image.new("RGB", size, colour), 0.88)


def _area(size: tuple[int, int], window: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return where the window is on the film."""
    width, height = size[0], size[1] - HEADER[size]
    margin = MARGIN[size]
    factor = min((width - 2 * margin) / window[0], (height - 2 * margin) / window[1])
    wide, high = round(window[0] * factor), round(window[1] * factor)
    left, top = (width - wide) // 2, HEADER[size] + (height - high) // 2
    return left, top, left + wide, top + high


def _typed(before: Image.Image, after: Image.Image, box: Box, scale: float, share: float) -> Image.Image:
    """Return `before` with as much of the new text in `box` as has been typed: line after line, from the left."""
    area = tuple(round(side * scale) for side in (box.x, box.y, box.x + box.width, box.y + box.height))
    left, top, right, bottom = max(area[0], 0), max(area[1], 0), area[2], area[3]
    old, new = before.crop((left, top, right, bottom)), after.crop((left, top, right, bottom))
    ink = ImageChops.difference(old, new).convert("L").point(lambda value: 255 if value > INKED else 0)
    lines = _lines_of(ink)
    typed = sum(right - left for _top, _bottom, left, right in lines) * share
    page = before.copy()
    for above, below, start, end in lines:
        reach = min(end, start + max(0, round(typed)))
        if reach > start:
            page.paste(new.crop((start, above, reach, below)), (left + start, top + above))
        typed -= end - start
    return page


@lru_cache(4)
def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    big = Image.new("L", (size[0] * SMOOTH, size[1] * SMOOTH))
    draw = ImageDraw.Draw(big)
    draw.rounded_rectangle((0, 0, big.width - 1, big.height - 1), radius * SMOOTH, fill=255)
    return big.resize(size, Image.Resampling.LANCZOS)


def _lines_of(ink: Image.Image) -> list[tuple[int, int, int, int]]:
    """Return top, bottom, left and right of each line of text, from above."""
    rows = ink.resize((1, ink.height), Image.Resampling.BOX).tobytes()
    lines: list[tuple[int, int, int, int]] = []
    start: int | None = None
    for row in range(ink.height + 1):
        if row < ink.height and rows[row]:
            start = row if start is None else start
        elif start is not None:
            bounds = ink.crop((0, start, ink.width, row)).getbbox()
            if bounds:
                lines.append((start, row, bounds[0], bounds[2]))
            start = None
    return lines


def _moved(at: tuple[float, float], pointing: Pointing, second: float) -> tuple[float, float]:
    share = _eased((second - pointing.start) / MOVE)
    return (round(at[0] + (pointing.x - at[0]) * share, 1), round(at[1] + (pointing.y - at[1]) * share, 1))


def _share(second: float, change: Change) -> float:
    if change.seconds == 0:
        return 1.0
    share = min(1.0, (second - change.start) / change.seconds + 0.2)
    return round(share * STROKES) / STROKES if change.typed else round(share, 3)


def _eased(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _numbers(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


@lru_cache(1)
def _pointer_sign() -> Image.Image:
    """Return the pointer; its tip is 3 pixels from the left and the top."""
    zoom = SMOOTH * 1.5
    big = Image.new("RGBA", (34 * SMOOTH, 46 * SMOOTH))
    outline = [(3 * SMOOTH + x * zoom, 3 * SMOOTH + y * zoom) for x, y in POINTER]
    draw = ImageDraw.Draw(big)
    draw.polygon(outline, fill="#102027")
    draw.line([*outline, outline[0], outline[1]], fill="white", width=2 * SMOOTH, joint="curve")
    return big.resize((34, 46), Image.Resampling.LANCZOS)


def _put_frame(frame: Image.Image, box: tuple[int, int, int, int], colour: str) -> None:
    """Draw a rounded frame along the inside of `box`."""
    size = (box[2] - box[0], box[3] - box[1])
    inner = (size[0] - 2 * FRAME_STROKE, size[1] - 2 * FRAME_STROKE)
    if min(inner) <= 0:  # the camera does not show the place yet
        return
    mask = _rounded(size, 10).copy()
    mask.paste(0, (FRAME_STROKE, FRAME_STROKE), _rounded(inner, 10 - FRAME_STROKE))
    frame.paste(Image.new("RGB", size, colour), box[:2], mask)


@lru_cache(4)
def _label(text: str, colour: str) -> Image.Image:
    """Return a few words on a ground of their own."""
    wide = round(_font(BOLD, 24).getlength(typeface.printable(text))) + 44
    sheet = Image.new("RGBA", (wide, 50))
    sheet.paste(Image.new("RGB", sheet.size, colour), (0, 0), _rounded(sheet.size, 25))
    _put_text(sheet, (22, 8), text, 24, "white")
    return sheet


@lru_cache(16)
def _ring_sign(eighths: int, accent: str) -> Image.Image:
    """Return a click ring that has grown so far."""
    share = eighths / 8
    radius = (12 + 26 * share) * SMOOTH
    side = 80 * SMOOTH
    big = Image.new("RGBA", (side, side))
    colour = (*(int(accent[index : index + 2], 16) for index in (1, 3, 5)), round(255 * (1 - share * 0.8)))
    box = (side / 2 - radius, side / 2 - radius, side / 2 + radius, side / 2 + radius)
    ImageDraw.Draw(big).ellipse(box, outline=colour, width=5 * SMOOTH)
    return big.resize((80, 80), Image.Resampling.LANCZOS)


def _disc(  # noqa: PLR0913, PLR0917  # what and where, in which colours
    image: Image.Image,
    centre: tuple[float, float],
    radius: float,
    text: str,
    fill: str,
    ink: str = "white",
) -> None:
    """Draw a number in a filled circle."""
    side = round(2 * radius) + 2
    big = Image.new("L", (side * SMOOTH, side * SMOOTH))
    ImageDraw.Draw(big).ellipse((SMOOTH, SMOOTH, (side - 1) * SMOOTH, (side - 1) * SMOOTH), fill=255)
    mask = big.resize((side, side), Image.Resampling.LANCZOS)
    image.paste(
        Image.new("RGB", mask.size, fill), (round(centre[0] - side / 2), round(centre[1] - side / 2)), mask
    )
    ImageDraw.Draw(image).text(centre, text, font=_font(BOLD, round(radius * 1.05)), fill=ink, anchor="mm")


def _put_text(  # noqa: PLR0913, PLR0917  # what and where, and how it looks
    image: Image.Image, at: tuple[float, float], text: str, size: float, fill: str, weight: str = BOLD
) -> None:
    """Draw a line of text; larger and scaled down, so that its letters stand evenly."""
    font = _font(weight, size * SMOOTH)
    text = typeface.printable(text)
    wide, high = round(font.getlength(text)) + 2 * SMOOTH, round(size * 1.6) * SMOOTH
    mask = Image.new("L", (wide - wide % SMOOTH + SMOOTH, high))
    ImageDraw.Draw(mask).text((0, 0), text, font=font, fill=255)
    mask = mask.resize((mask.width // SMOOTH, mask.height // SMOOTH), Image.Resampling.LANCZOS)
    image.paste(Image.new("RGB", mask.size, fill), (round(at[0]), round(at[1])), mask)


@lru_cache(64)
def _font(weight: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FILES[weight]), round(size))


def _fitted(text: str, room: tuple[float, float], *, largest: int, smallest: int) -> tuple[int, list[str]]:
    """Return the largest size at which `text` fits into `room`, and its lines.

    A little smaller is better than a last line of a single word or character.
    """
    for size in range(largest, smallest - 1, -1):
        lines = _wrapped(text, room[0], size)
        alone = len(lines) > 1 and _font(BOLD, size).getlength(lines[-1]) < room[0] * ORPHAN
        if len(lines) * size * 1.36 <= room[1] and not (alone and size > max(smallest, largest * 0.8)):
            return size, lines
    return smallest, _wrapped(text, room[0], smallest)


def _wrapped(text: str, room: float, size: int) -> list[str]:
    """Break text into lines: between words, or between any two Chinese characters but before no punctuation."""
    font = _font(BOLD, size)
    lines = [""]
    for part in _parts(typeface.printable(text)):
        if lines[-1] and font.getlength((lines[-1] + part).rstrip()) > room:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines]


def _parts(text: str) -> Iterator[str]:
    part = ""
    for letter in text:
        breakable = part and (letter > "⺀" or part[-1] > "⺀" or part[-1] == " ")
        if breakable and letter not in "，。；：！？、）》”’,.;:!? " and part[-1] not in "（《“‘":
            yield part
            part = ""
        part += letter
    if part:
        yield part
