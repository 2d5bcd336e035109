"""Profiles, versions and skins: data that anybody may add, with errors that say what to do."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox_hrms.app import library
from sandbox_hrms.app.data_files import Source, Unfit
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import snapshot
from sandbox_hrms.core.errors import Broken, NotFound
from sandbox_hrms.core.profiles import CONTRAST, Theme, contrast

SYSTEMS = {
    "SAP SuccessFactors": "web",
    "用友NC Cloud": "web",
    "金蝶EAS": "web",
    "钉钉招聘": "app",
    "企业微信": "app",
    "Oracle HCM Cloud": "integrated",
    "钉钉HR": "cloud",
    "飞书人事": "cloud",
    "用友U8": "local",
    "金蝶K/3": "local",
    "利唐i人事": "suite",
}
"""Every system that the source documents name, and the profile that behaves like it."""

BRANDS = ("SAP", "用友", "金蝶", "钉钉", "企业微信", "Oracle", "飞书", "利唐", "SuccessFactors")

GOOD = """\
id: my-hr
version: 1
base: web
title: HR of our house
inspired_by: []
layout:
  exit_button: {place: bottom, look: tick}
labels:
  end: Stop here
words:
  zh_CN: {Stop here: 到此为止}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of a vendor's own profiles; the library forgets it afterwards."""
    before = list(library._added)  # noqa: SLF001  # put back what the process had
    library.add_profiles(tmp_path)
    yield tmp_path
    library._added[:] = before  # noqa: SLF001
    library.profile.cache_clear()


def problems(folder: Path, text: str, name: str = "my-hr.yaml") -> list[str]:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return [str(one) for one in library.check_profiles((file,))]


def test_all_that_ships_fits() -> None:
    assert library.check_profiles() == []


@pytest.mark.parametrize(("system", "base"), SYSTEMS.items())
def test_every_system_of_the_sources_has_one_skin_of_its_kind(system: str, base: str) -> None:
    skins = [library.profile(one) for one in library.profile_ids()]
    own = [one for one in skins if one.base and system in one.inspired_by]
    assert [one.base for one in own] == [base]
    assert own[0].policy == library.profile(base).policy or own[0].base == base


def test_no_name_that_is_shown_is_somebody_elses_brand() -> None:
    for name in library.profile_names():
        one = library.profile(name)
        shown = json.dumps([one.id, one.title, one.labels.model_dump(), one.words], ensure_ascii=False).casefold()
        assert [brand for brand in BRANDS if brand.casefold() in shown] == []


def test_the_exit_button_of_the_phone_moved_from_the_menu_to_the_bottom_bar() -> None:
    assert library.profile("app@1").layout.exit_button.place == "more_menu"
    assert library.profile("app@2").layout.exit_button.place == "bottom_bar"
    assert library.profile("app") is not library.profile("app@1")
    assert library.profile("app") == library.profile("app@2")
    assert library.profile("app@1").policy == library.profile("app@2").policy
    assert library.profile("app").layout.screen == (390, 844)
    assert library.profile("web").layout.screen is None


def test_every_look_and_place_of_the_exit_button_is_shown_by_some_skin() -> None:
    buttons = [library.profile(one).layout.exit_button for one in library.profile_names()]
    assert {one.place for one in buttons} == {"top_right", "bottom", "bottom_bar", "more_menu"}
    assert {one.look for one in buttons} == {"text", "cross", "tick"}


@pytest.mark.parametrize("name", ["app@3", "app@0", "app@01", "app@", "@1", "../app", "App", ""])
def test_a_name_of_no_profile_is_told(name: str) -> None:
    with pytest.raises(NotFound):
        library.profile(name)


def test_a_sandbox_keeps_the_version_it_was_made_with(hrms: Hrms) -> None:
    old = hrms.sandboxes.create("app@1", "en", "sales_two_openings", 7)
    new = hrms.sandboxes.create("app", "en", "sales_two_openings", 7)
    assert [(one.profile.id, one.profile.version) for one in (old, new)] == [("app", 1), ("app", 2)]
    assert hrms.sandboxes.reset(old.id).profile.version == 1
    _, data = snapshot(old, ["sandbox"])
    assert (data["sandbox"]["profile"], data["sandbox"]["version"]) == ("app", 1)


def test_a_skin_can_be_used_where_a_profile_can(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("local-ledger", "zh_CN", "sales_two_openings", 7)
    assert sandbox.profile.id == "local-ledger"
    assert sandbox.profile.policy == library.profile("local").policy


def test_a_skin_of_our_own_needs_one_file(folder: Path, hrms: Hrms) -> None:
    assert problems(folder, GOOD) == []
    made = library.profile("my-hr")
    web = library.profile("web")
    assert (made.base, made.labels.end, made.labels.submit) == ("web", "Stop here", web.labels.submit)
    assert made.policy == web.policy
    assert made.words_in("zh_CN") == {"Stop here": "到此为止"}
    assert made.words_in("en") == {}
    assert "my-hr" in library.profile_names()
    assert hrms.sandboxes.create("my-hr", "zh_CN", "sales_two_openings", 7).profile == made


def test_everything_that_is_wrong_is_told_at_once_with_its_place(folder: Path) -> None:
    told = problems(
        folder,
        GOOD.replace("title:", "titel:")
        .replace("look: tick", "look: star")
        .replace("end: Stop here", "end: 5\n  stop: now"),
    )
    assert told == [
        "my-hr.yaml:1:1: title: Field required. Add it.",
        "my-hr.yaml:4:8: titel: Extra inputs are not permitted. Did you mean `title`?",
        "my-hr.yaml:7:38: layout.exit_button.look: Input should be 'text', 'cross' or 'tick'. Write one of these.",
        told[3],
        told[4],
    ]
    assert "my-hr.yaml:9:8: labels.end: Input should be a valid string. Write a text" in told[3]
    assert "labels.stop" in told[4]
    assert "Known here: product, dashboard" in told[4]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "my-hr.yaml: the file is empty"),
        ("- a", "my-hr.yaml: the file is empty"),
        ("id: [", "my-hr.yaml:1:6: not valid YAML"),
        ("id: my-hr\nid: my-hr\n", "my-hr.yaml:2:1: `id` is given twice"),
        (GOOD.replace("base: web", "base: paper"), "my-hr.yaml:3:7: base: there is no profile paper"),
        (GOOD.replace("base: web", "base: web-tick"), "my-hr.yaml:3:7: base: web-tick is a skin itself"),
        (GOOD.replace("id: my-hr", "id: your_hr"), "my-hr.yaml:1:5: the file's name says id: my-hr"),
        (GOOD.replace("place: bottom", "place: bottom_bar"), "exit_button.place bottom_bar needs width phone"),
        (
            GOOD.replace("layout:\n", 'layout:\n  theme: {primary: "#bbbbbb"}\n'),
            "contrast must be 4.5 or more, and paper on primary has 1.9",
        ),
        (GOOD.replace("tick}", "&look tick}").replace("Stop here\n", "*look\n", 1), "aliases"),
    ],
)
def test_each_mistake_is_told_with_what_to_do(folder: Path, text: str, told: str) -> None:
    found = problems(folder, text)
    assert told in found[0]
    assert found[0].endswith((".", "?"))


def test_a_name_that_ships_cannot_be_taken(folder: Path) -> None:
    text = GOOD.replace("id: my-hr", "id: web-tick")
    assert "there is a profile web-tick already" in problems(folder, text, "web-tick.yaml")[0]
    assert library.profile("web-tick").labels.end == "Finish"


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "my-hr.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unfit, match="UTF-8"):
        Source(folder / "my-hr.yaml")
    with pytest.raises(Unfit, match="cannot be read"):
        Source(folder / "none.yaml")
    with pytest.raises(Broken, match="UTF-8"):
        library.profile("my-hr")


def test_the_command_line_checks_and_lists(tmp_path: Path) -> None:
    file = tmp_path / "my-hr.yaml"
    file.write_text(GOOD.replace("tick", "star"), encoding="utf-8")
    command = [sys.executable, "-m", "sandbox_hrms"]
    bad = subprocess.run([*command, "profiles", "check", str(file)], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout.count("\n")) == (2, 1)
    file.write_text(GOOD, encoding="utf-8")
    listed = subprocess.run(
        [*command, "--profiles", str(tmp_path), "profiles", "list"], capture_output=True, text=True, check=True
    )
    assert "my-hr                    HR of our house (a skin of web)" in listed.stdout


def test_contrast_is_what_the_guideline_defines() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast(Theme().paper, Theme().primary) >= CONTRAST
