"""Brand files: name, logo, colours and footer of guides in strict YAML, with all that is wrong told at once."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from pydantic import ValidationError

from trainer.adapters.strict_yaml import Node, Source
from trainer.core.brand import READABLE, Brand
from trainer.core.errors import BadInput
from trainer.core.problems import BrokenScenario
from trainer.i18n import N_
from trainer.i18n import gettext as _

LOGO_BYTES = 1_000_000
LOGO_PIXELS = 4_000_000

_MESSAGES = {
    "bad_colour": (N_("`{colour}` is no colour"), N_("Write it like this, in quotes: '#1565c0'")),
    "pale_colour": (
        N_("white text on {colour} cannot be read well: its contrast is {ratio}, where {least} is the least"),
        N_("Choose a darker colour."),
    ),
    "string_type": (N_("`{name}` must be text"), N_("Put it in quotes if it is meant as text.")),
    "string_too_long": (N_("`{name}` is longer than {max_length} characters"), N_("Shorten it.")),
    "extra_forbidden": (
        N_("a brand has no `{name}`"),
        N_("Known: name, logo, primary, accent, footer."),
    ),
}
"""Kind of pydantic error → what an author is told, and what to do about it."""


def read_brand(file: Path) -> Brand:
    """Return the brand that a file describes; its `logo` is the path of a picture, seen from the file.

    Raises:
        BadInput: The file cannot be read.
        BrokenScenario: It does not describe a brand; says where and why.
    """
    try:
        source = Source(str(file), file.read_bytes())
    except OSError as error:
        raise BadInput(
            _("{file} cannot be read: {reason}").format(file=file, reason=error.strerror),
            _("Name the brand file with --brand; docs/guides.md shows one."),
        ) from error
    brand = _brand(source, file.parent)
    if brand is None or source.problems:
        raise BrokenScenario(source.problems, _("docs/guides.md shows a brand file."))
    return brand


def _brand(source: Source, folder: Path) -> Brand | None:
    root = source.read()
    if root is None:
        return None
    if not isinstance(root.value, dict):
        source.report(root, _("a brand must be a mapping"), _("Write it as lines of `key: value`."))
        return None
    data = root.plain()
    if isinstance(logo := data.get("logo"), str):
        data["logo"] = _logo(source, root.value["logo"], folder / logo)
    try:
        return Brand.model_validate(data)
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0])
            place: Node = root.keys[name] if problem["type"] == "extra_forbidden" else root.value[name]
            message, hint = _MESSAGES.get(problem["type"], _MESSAGES["string_type"])
            told = {"name": name, "least": READABLE, **problem.get("ctx", {})}
            source.report(place, _(message).format(**told), _(hint))
        return None


def _logo(source: Source, place: Node, file: Path) -> bytes:
    """Return the picture; notes what is wrong with it."""
    reason = ""
    try:
        content = file.read_bytes() if file.stat().st_size <= LOGO_BYTES else b""
        if not content:
            reason = _("it is empty, or has more than 1 MB")
        else:
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
                if picture.width * picture.height > LOGO_PIXELS:
                    reason = _("it has more than 4 million pixels")
                else:
                    picture.load()
    except UnidentifiedImageError:
        reason = _("it is neither PNG nor JPEG")
    except Image.DecompressionBombError:  # told by its first bytes, before anything is unpacked
        reason = _("it has more than 4 million pixels")
    except SyntaxError:  # of a PNG, one of whose chunks is none
        reason = _("it is damaged")
    except OSError as error:
        reason = error.strerror or _("it is damaged")
    if not reason:
        return content
    message = _("the logo cannot be used: {reason}").format(reason=reason)
    source.report(place, message, _("Name a PNG or JPEG; its path is seen from the brand file."))
    return b""
