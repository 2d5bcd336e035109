"""The index of an archive leads to every guide in it, and says where there is none."""

from __future__ import annotations

import lxml.html

from guides.collection import index
from tests.builders import a_scenario
from trainer.core.brand import Brand
from trainer.core.paths import LearningPath, Part

PATH = LearningPath(
    id="path-web",
    version=1,
    title="<b>Both</b>",
    summary="Two lessons.",
    test="test-web",
    parts=(Part(title="First", lessons=("a-web",)), Part(title="Second", lessons=("b-web",))),
)


def test_an_index_leads_to_every_file() -> None:
    files = [f"b-web.en.{form}" for form in ("pdf", "html", "docx", "md", "eml")]
    found = [(a_scenario(id="a-web", title="No guide"), []), (a_scenario(id="b-web", title="A guide"), files)]
    tree = lxml.html.fromstring(index(PATH, found, "en", brand=Brand(name="Harbour", primary="#00695c")).decode())
    assert [one.text_content() for one in tree.iter("h1", "h2", "h3")] == [
        "<b>Both</b>",
        "First",
        "No guide",
        "Second",
        "A guide",
    ]
    assert [link.get("href") for link in tree.iter("a")] == files
    assert tree.text_content().count("could not be made") == 1
    assert "Harbour" in tree.text_content()
