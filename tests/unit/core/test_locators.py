"""Locators: what can be written is read, and read as it was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.core.locators import KINDS, BadLocator, Part, parse, write

WORDS = st.text(min_size=1)
PARTS = st.builds(
    Part,
    kind=st.sampled_from(KINDS),
    name=WORDS,
    pattern=st.sampled_from([False]),
    nth=st.none() | st.integers(1, 9999),
)


@given(st.lists(PARTS, min_size=1, max_size=3))
def test_what_is_written_is_read_again(parts: list[Part]) -> None:
    assert parse(write(parts)) == tuple(parts)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('button "Save"', (Part("button", "Save"),)),
        ("table", (Part("table"),)),
        ('label "Say \\"yes\\""', (Part("label", 'Say "yes"'),)),
        ('css "a >> b"', (Part("css", "a >> b"),)),
        ("row /a\\/b/ (2)", (Part("row", "a\\/b", pattern=True, nth=2),)),
        ('row /Coffee/ >> button "Delete"', (Part("row", "Coffee", pattern=True), Part("button", "Delete"))),
    ],
)
def test_each_form_means(text: str, meant: tuple[Part, ...]) -> None:
    assert parse(text) == meant
    assert write(meant) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "interview.answer",
        'Button "x"',
        "label",
        "text",
        "css /x/",
        'button "x',
        "row /(/",
        'button "x" (0)',
        "a >> ",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadLocator):
        parse(text)
