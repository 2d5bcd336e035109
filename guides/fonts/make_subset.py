"""Font subset: the characters that guides need out of two large Noto Sans SC files.

The full fonts hold 30,000 glyphs and 10 MB each; a guide needs GB 2312, the common part of JIS X 0208,
Latin-1, punctuation and some symbols. The result is TrueType with `glyf` outlines, which reportlab can
embed. After an update of the font:

    npm pack @expo-google-fonts/noto-sans-sc && tar xzf expo-google-fonts-noto-sans-sc-*.tgz
    python guides/fonts/make_subset.py package/
"""

import shutil
import sys
from pathlib import Path

from fontTools import subset

HERE = Path(__file__).parent
WEIGHTS = {
    "NotoSansSC-Regular.ttf": "400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "700Bold/NotoSansSC_700Bold.ttf",
}
SYMBOLS = "✓×÷⋯…→←↑↓↔⇒●○◎■□▲△▶▼★☆•·–—‘’“”„†‡‰€£¥©®™°±≤≥≠≈∞√⌘⏎◆◇"
RARE = "罳"  # in made-up Chinese addresses, not in GB 2312


def characters() -> set[int]:
    """Gives the code points to keep: GB 2312, JIS X 0208 up to level 1, Latin-1, circled numbers and symbols."""
    rows, cells = range(0xA1, 0xF8), range(0xA1, 0xFF)
    gb2312 = "".join(bytes((row, cell)).decode("gb2312", "ignore") for row in rows for cell in cells)
    jis = "".join(bytes((row, cell)).decode("euc_jp", "ignore") for row in range(0xA1, 0xD0) for cell in cells)
    latin = "".join(chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100)))
    circled = "".join(chr(code) for code in range(0x2460, 0x2474))
    fullwidth = "".join(chr(code) for code in (*range(0x3000, 0x3020), *range(0xFF01, 0xFF5F), 0xFFE5))
    return {ord(character) for character in gb2312 + jis + latin + circled + fullwidth + SYMBOLS + RARE}


def make(package: Path) -> None:
    """Writes both weights and the licence beside this file.

    Args:
        package: The unpacked npm package.
    """
    for name, source in WEIGHTS.items():
        options = subset.Options(
            layout_features=["kern", "locl"],
            name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
            hinting=False,
            notdef_outline=True,
        )
        font = subset.load_font(str(package / source), options)
        chosen = subset.Subsetter(options)
        chosen.populate(unicodes=characters())
        chosen.subset(font)
        subset.save_font(font, str(HERE / name), options)
    shutil.copyfile(package / "LICENSE_FONT", HERE / "OFL.txt")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
