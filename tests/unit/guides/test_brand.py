"""A brand file: what it may hold, and what its author is told."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from trainer.adapters.brand_file import read_brand
from trainer.core.brand import Brand, contrast, mixed
from trainer.core.errors import BadInput
from trainer.core.problems import BrokenScenario


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def brand_file(folder: Path, text: str) -> Path:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "PNG")
    (folder / "logo.png").write_bytes(out.getvalue())
    (folder / "text.png").write_text("no picture")
    (folder / "empty.png").write_bytes(b"")
    huge = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    (folder / "huge.png").write_bytes(huge + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    head, _sign, rest = out.getvalue().partition(b"IDAT")
    (folder / "odd.png").write_bytes(head[:-4] + chunk(b"IDAT", rest[:9]) + bytes(4) + b"\1\2\3\4" + rest)
    file = folder / "brand.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_brand_is_read(tmp_path: Path) -> None:
    text = "name: 海港食品\nlogo: logo.png\nprimary: '#00695C'\naccent: '#6a1b9a'\nfooter: 培训部\n"
    brand = read_brand(brand_file(tmp_path, text))
    assert (brand.name, brand.primary, brand.accent, brand.footer) == ("海港食品", "#00695c", "#6a1b9a", "培训部")
    assert brand.logo.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("primary: blue", "1:10", "`blue` is no colour"),
        ("name: A\nprimary: '#ffcc00'", "2:10", "cannot be read well: its contrast is 1.5"),
        ("colour: '#000000'", "1:1", "a brand has no `colour`"),
        ("footer: 3", "1:9", "`footer` must be text"),
        (f"name: {'x' * 61}", "1:7", "longer than 60 characters"),
        ("logo: none.png", "1:7", "the logo cannot be used: No such file"),
        ("logo: text.png", "1:7", "neither PNG nor JPEG"),
        ("logo: empty.png", "1:7", "it is empty"),
        ("logo: huge.png", "1:7", "it has more than 4 million pixels"),
        ("logo: odd.png", "1:7", "it is damaged"),
        ("- a", "1:1", "a brand must be a mapping"),
        ("name: [", "2:1", "not valid YAML"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str, place: str, said: str) -> None:
    file = brand_file(tmp_path, text + "\n")
    with pytest.raises(BrokenScenario) as broken:
        read_brand(file)
    assert f"{file}:{place}: " in broken.value.message
    assert said in broken.value.message


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BrokenScenario) as broken:
        read_brand(brand_file(tmp_path, "primary: red\naccent: green\nlogo: x.png\n"))
    assert len(broken.value.problems) == 3


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_brand(tmp_path / "none.yaml")


def test_shades_can_be_read() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#ffffff") == pytest.approx(1)
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"
    ours = Brand()
    assert contrast(ours.deep) > contrast(ours.primary) > contrast(ours.glow) > contrast(ours.tint)
