"""Every character has a glyph, or is seen to have none."""

from __future__ import annotations

import pytest

from guides.typeface import clean, missing, printable
from trainer.i18n import languages
from trainer.i18n.catalogues import read
from trainer.paths import data_dir


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("domain", ["guides", "scenarios"])
def test_every_character_of_our_texts_has_a_glyph(lang: str, domain: str) -> None:
    catalogue = read(data_dir("locales") / lang / "LC_MESSAGES" / f"{domain}.po")
    texts = [str(message.string or message.id) for message in catalogue]
    assert any(texts)
    assert missing(" ".join(texts)) == ()


def test_the_terms_of_the_trade_have_glyphs() -> None:
    assert missing("面试中 待评估 未完成 结束面试 保存进度 待入职 未保存 “” ‘’ —— …… ①⑳ → ✓ × é ü ß") == ()


def test_text_is_composed_on_one_line_and_visible() -> None:
    assert clean("cafe\u0301\n\tau\u00a0lait\u200b\u202e\x00") == "café au lait"


def test_quotation_marks_are_as_wide_as_the_letters_beside_them() -> None:
    assert printable("Press “End”, it’s there.") == 'Press "End", it\'s there.'
    assert printable("请点“End”。") == "请点“End”。"


def test_an_unknown_character_is_replaced_visibly() -> None:
    assert printable("a😀b") == "a□b"
    assert missing("a😀b😀𠮷") == ("😀", "𠮷")
