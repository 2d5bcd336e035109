"""`trainer diff` with a real browser: from app@1 to app@2 one button has moved, and nothing else is told."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest

import sandbox_hrms
from tests.e2e.commands import trainer
from tests.e2e.test_guide import ENGLISH
from trainer.app.update import changes_between
from trainer.bootstrap import scenarios
from trainer.cli.diff import performed

pytestmark = [pytest.mark.browser, pytest.mark.proof]

RUNS = 10
SHIPPED = Path(sandbox_hrms.__file__).parent / "profiles"
FILM = {"mp4", "vtt", "srt", "chapters.vtt", "txt", "jpg", "sheet.jpg"}
VERSIONS = ("--from", "app@1", "--to", "app@2")


def test_the_moved_button_is_named_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "new" / "changes"
    code, data, talk = trainer(
        "diff",
        "normal-exit-app",
        *VERSIONS,
        "--json",
        "--lang",
        "en",
        "--lang",
        "zh_CN",
        "--film",
        "-o",
        str(out),
        env=ENGLISH,
    )
    assert code == 0, talk
    told = json.loads(data)
    assert (told["shape"], told["scenario"], told["from"], told["to"]) == (1, "normal-exit-app", "app@1", "app@2")
    for lang in ("en", "zh_CN"):
        found = told["langs"][lang]
        assert [change["element"] for change in found["changes"]] == ["interview.end"]
        assert found["changes"][0]["kinds"] == ["moved", "renamed"]
        assert (found["new_steps"], found["gone_steps"]) == ([], [])
        names = {path.name.partition(f".{lang}.changes.")[2] for path in out.glob(f"*.{lang}.*")}
        assert names == {"notice.txt", "pdf", "html", "eml", "interview.end.png", *FILM}
        shipped = SHIPPED / f"app@2.{lang}.notice.txt"
        made = (out / f"normal-exit-app.{lang}.changes.notice.txt").read_text("utf-8")
        assert made == shipped.read_text("utf-8"), "copy it there: the message centre of app@2 shows it"
        assert "WEBVTT" in (out / f"normal-exit-app.{lang}.changes.vtt").read_text("utf-8")
        with av.open(str(out / f"normal-exit-app.{lang}.changes.mp4")) as film:
            assert (film.streams.video[0].width, film.streams.video[0].height) == (720, 1280)
            assert 10 < (film.duration or 0) / av.time_base < 60
    assert "it was in a menu at the top right and is now at the bottom right" in (
        out / "normal-exit-app.en.changes.notice.txt"
    ).read_text("utf-8")


def test_runs_without_a_change_raise_no_alarm() -> None:
    scenario = scenarios().get("normal-exit-app")
    first = performed(scenario, "app@2", "en")
    found = [changes_between(first, performed(scenario, "app@2", "en")) for _run in range(RUNS)]
    assert not any(found), found


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("normal-exit-app", "--from", "web", "--to", "app@2"), 2, "plays on profile app, not on web"),
        (("normal-exit-app", "--from", "app@7", "--to", "app@2"), 2, "app@7"),
        (("normal-exit-wbe", *VERSIONS), 2, "normal-exit-wbe"),
        (("normal-exit-app", *VERSIONS, "--film"), 2, "A film needs a folder"),
    ],
)
def test_mistakes_are_told_in_a_sentence(arguments: tuple[str, ...], code: int, said: str) -> None:
    found, data, talk = trainer("diff", *arguments, env=ENGLISH)
    assert (found, data) == (code, "")
    assert said in talk
    assert "Traceback" not in talk
