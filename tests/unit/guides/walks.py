"""Walkthroughs with drawn pictures, so that guides can be tested without a browser."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from guides.typeface import FILES, REGULAR
from trainer.core.walkthrough import Box, Mark, Shot, WalkStep, Walkthrough

WIDTH, HEIGHT, SCALE = 1024, 640, 2.0
BUTTON = Box(840, 90, 140, 36)
FIELD = Box(40, 220, 700, 160)


@cache
def screen(
    title: str, typed: str = "", *, marks: tuple[Mark, ...] = (), content: int = 420, scale: float = SCALE
) -> Shot:
    """Draw a page of an imaginary application: header, a field, a button, blank below `content` CSS pixels."""
    image = Image.new("RGB", (int(WIDTH * scale), int(HEIGHT * scale)), "#f5f7fa")
    draw = ImageDraw.Draw(image)

    def scaled(*points: float) -> list[float]:
        return [point * scale for point in points]

    def rectangle(box: Box, colour: str) -> None:
        draw.rectangle(scaled(box.x, box.y, box.x + box.width, box.y + box.height), fill=colour)

    font = ImageFont.truetype(str(FILES[REGULAR]), int(16 * scale))
    draw.rectangle(scaled(0, 0, WIDTH, 56), fill="#1565c0")
    draw.text(scaled(24, 16), "Harbour Foods", font=font, fill="white")
    draw.text(scaled(40, 100), title, font=font, fill="#222222")
    rectangle(BUTTON, "#1565c0")
    rectangle(FIELD, "white")
    draw.text(scaled(FIELD.x + 12, FIELD.y + 12), typed, font=font, fill="#222222")
    draw.rectangle(scaled(40, content - 2, 300, content), fill="#888888")
    out = io.BytesIO()
    image.save(out, "PNG")
    return Shot(out.getvalue(), scale, marks)


PRESS = (Mark("click", BUTTON),)
TYPE_AND_PRESS = (Mark("fill", FIELD), Mark("click", BUTTON))

TEXTS = {
    "en": {
        "title": "Finish an interview and leave",
        "summary": "You can end an interview the right way, and you know what the HR system keeps.",
        "start": "Open your interview with Start.",
        "answer": "Type your answer into the large box, then press Submit.",
        "answered": "The answer is marked as saved and the next question appears.",
        "end": "Press End interview at the top right and confirm.",
        "ended": "You are back on your own page, and the interview waits for its review.",
    },
    "zh_CN": {
        "title": "结束面试并离开系统",
        "summary": "学完后，您能正确结束一场面试，并且清楚系统会保存哪些内容。",
        "start": "点击“开始”，进入自己的面试。",
        "answer": "在大输入框中填写回答，然后点击“提交”。",
        "answered": "该回答显示为“已保存”，页面随即进入下一题。",
        "end": "点击右上角的“结束面试”，并在弹出的对话框中确认。",
        "ended": "页面返回首页，面试状态变为“待评估”。",
    },
}


def walkthrough(lang: str = "en", **changes: str) -> Walkthrough:
    """Return a lesson of six performed steps that a guide tells in three; `changes` replace texts."""
    said = {**TEXTS[lang], **changes}
    answers = tuple(
        WalkStep(
            f"answer.{number}",
            said["answer"],
            said["answered"],
            (
                screen(f"Question {number}", "A good answer. " * 5, marks=TYPE_AND_PRESS),
                screen(f"Question {number + 1}"),
            ),
        )
        for number in range(1, 5)
    )
    return Walkthrough(
        scenario="normal-exit-web",
        version=3,
        digest="0123456789abcdef" * 4,
        profile="web",
        lang=lang,
        title=said["title"],
        summary=said["summary"],
        steps=(
            WalkStep("start", said["start"], "", (screen("My interviews", marks=PRESS), screen("Question 1"))),
            *answers,
            WalkStep(
                "end",
                said["end"],
                said["ended"],
                (
                    screen("All answered", marks=PRESS),
                    screen("All answered: really end?", marks=PRESS),
                    screen("My interviews: done", content=500),
                ),
            ),
        ),
    )
