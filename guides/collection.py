"""Collection: the page that leads to all guides of a learning path."""

from __future__ import annotations

from collections.abc import Sequence

from guides.templating import filled
from trainer.core.brand import Brand
from trainer.core.paths import LearningPath
from trainer.core.scenario import Scenario
from trainer.i18n import translator


def index(
    path: LearningPath, found: Sequence[tuple[Scenario, Sequence[str]]], lang: str, *, brand: Brand
) -> bytes:
    """Return the page.

    Args:
        path: The learning path.
        found: Lessons with the names of their files, beside the page; none where no guide could be made.
        lang: Language.
        brand: Name and colours.
    """
    _ = translator("guides", lang).gettext
    told = translator("scenarios", lang).gettext
    lessons = {lesson.id: (lesson, files) for lesson, files in found}
    kinds = {
        "pdf": _("PDF"),
        "html": _("Web page"),
        "docx": _("Word"),
        "md": _("Markdown"),
        "eml": _("E-mail"),
    }
    parts = [
        (
            told(part.title),
            [
                (
                    told(lesson.title),
                    told(lesson.summary) if lesson.summary else "",
                    [(kinds[file.rpartition(".")[2]], file) for file in files],
                )
                for lesson, files in (lessons[one] for one in part.lessons)
            ],
        )
        for part in path.parts
    ]
    page = filled(
        "index.html",
        tag=lang.replace("_", "-"),
        title=told(path.title),
        summary=told(path.summary),
        parts=parts,
        brand=brand,
        missing=_("There is no guide of this lesson: it could not be made."),
        kicker=_("All guides of a learning path"),
        foot=" · ".join(text for text in (brand.name, brand.footer) if text),
    )
    return page.encode()
