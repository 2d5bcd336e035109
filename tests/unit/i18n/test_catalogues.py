"""Catalogues: complete in every language, quiet in version control, and nothing translated is ever lost."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from trainer import i18n
from trainer.i18n import LANGS, sentences, translator
from trainer.i18n.catalogues import compile_catalogues, merged, po_file, problems, read, to_mo, update
from trainer.i18n.extract import SOURCES, texts_of

ROOT = Path(__file__).resolve().parents[3]


def texts(*msgids: str | tuple[str, str]) -> Catalog:
    return merged((msgid, None, []) for msgid in msgids)


@pytest.fixture
def zh(tmp_path: Path) -> Path:
    return po_file(tmp_path, "zh_CN", "trainer")


def translate(file: Path, **pairs: str) -> None:
    content = file.read_text("utf-8")
    for msgid, msgstr in pairs.items():
        content = content.replace(f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{msgstr}"')
    file.write_text(content, "utf-8")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("domain", SOURCES)
def test_every_text_is_extracted_translated_and_keeps_its_placeholders(domain: str, lang: str) -> None:
    assert list(problems(po_file(ROOT / "locales", lang, domain), texts_of(domain, ROOT))) == []


def said_in(source: str) -> Iterator[str]:
    """Yield every text that a program asks to be translated, wherever it stands, f-strings included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"_", "N_", "t", "gettext", "ngettext"} and isinstance(node.args[0].value, str):
                yield node.args[0].value


def test_no_text_hides_where_it_is_not_extracted() -> None:
    found = {id_ for domain in SOURCES for message in texts_of(domain, ROOT) for id_ in forms(message.id)}
    hidden = {
        f"{file.relative_to(ROOT)}: {text}"
        for package in ("trainer", "sandbox_hrms", "guides")
        for file in (ROOT / package).rglob("*.py")
        for text in said_in(file.read_text("utf-8"))
        if text not in found
    }
    assert hidden == set()
    assert list(said_in("""f'<p>{_("Hidden")}</p>'""")) == ["Hidden"]


def forms(msgid: str | tuple[str, ...]) -> tuple[str, ...]:
    return msgid if isinstance(msgid, tuple) else (msgid,)


def test_english_is_its_own_translation(tmp_path: Path) -> None:
    file = po_file(tmp_path, "en", "trainer")
    update(file, texts("Save", ("{n} answer", "{n} answers")))
    assert list(problems(file, texts("Save", ("{n} answer", "{n} answers")))) == []


def test_a_second_update_changes_nothing(zh: Path) -> None:
    assert update(zh, texts("Save", "Leave")) is True
    assert update(zh, texts("Leave", "Save")) is False


def test_a_text_that_went_away_comes_back_with_its_translation(zh: Path) -> None:
    update(zh, texts("Save", "Leave"))
    translate(zh, Save="保存", Leave="离开")
    update(zh, texts("Leave"))
    assert list(problems(zh, texts("Leave"))) == []
    update(zh, texts("Save", "Leave"))
    assert list(problems(zh, texts("Save", "Leave"))) == []
    assert read(zh)["Save"].string == "保存"


def test_the_file_names_no_date_no_line_and_no_tool(zh: Path) -> None:
    update(zh, texts("Save"))
    assert zh.read_text("utf-8") == (
        '# trainer, zh_CN\nmsgid ""\nmsgstr ""\n"Language: zh_CN\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\nmsgid "Save"\nmsgstr ""\n'
    )


@pytest.mark.parametrize(
    ("msgid", "msgstr", "problem"),
    [
        ("Save", "", "zh_CN/trainer: not translated: 'Save'"),
        ("Port {port}", "端口", "zh_CN/trainer: placeholders differ ({port}): 'Port {port}'"),
        ("Dear ${name}", "${nane}：", "zh_CN/trainer: placeholders differ (${name}, ${nane}): 'Dear ${name}'"),
    ],
)
def test_what_is_wrong_is_named(zh: Path, msgid: str, msgstr: str, problem: str) -> None:
    update(zh, texts(msgid))
    translate(zh, **{msgid: msgstr})
    assert list(problems(zh, texts(msgid))) == [problem]


def test_a_text_that_was_not_extracted_or_has_gone_is_named(zh: Path) -> None:
    update(zh, texts("Save"))
    translate(zh, Save="保存")
    assert list(problems(zh, texts("Leave"))) == [
        "zh_CN/trainer: not extracted yet: 'Leave'",
        "zh_CN/trainer: no longer in the source: 'Save'",
    ]


def test_a_plural_may_leave_the_number_out_of_its_singular(tmp_path: Path) -> None:
    file = po_file(tmp_path, "en", "trainer")
    wanted = texts(("one answer", "{n} answers"))
    update(file, wanted)
    assert list(problems(file, wanted)) == []


def test_python_texts_are_found_in_calls_only(tmp_path: Path) -> None:
    (tmp_path / "trainer").mkdir()
    (tmp_path / "trainer" / "page.py").write_text(
        '_("Save")\nN_("Leave")\n_n("one", "many", n)\npgettext("verb", "Open")\n_(name)\n"_(no)"\n', "utf-8"
    )
    assert sorted(str(message.id) for message in texts_of("trainer", tmp_path) if message.id) == [
        "('one', 'many')",
        "Leave",
        "Open",
        "Save",
    ]


def test_scenario_texts_say_where_they_are_used(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios" / "family"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(
        "id: a\ntitle: A title\nsteps:\n  - id: one\n    say: Do it.\n    hints: [Look here., '']\n", "utf-8"
    )
    found = {message.id: message.auto_comments for message in texts_of("scenarios", tmp_path) if message.id}
    assert found == {"A title": ["a: title"], "Do it.": ["a, one: say"], "Look here.": ["a, one: hint"]}


def test_profile_labels_are_texts(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox_hrms" / "profiles"
    folder.mkdir(parents=True)
    (folder / "web.yaml").write_text("id: web\ntitle: Browser\nlabels: {end: End interview}\n", "utf-8")
    found = [message.id for message in texts_of("sandbox_hrms", tmp_path) if message.id]
    assert found == ["Browser", "End interview"]


def test_only_what_changed_is_compiled(tmp_path: Path, zh: Path) -> None:
    update(zh, texts("Save"))
    assert compile_catalogues(tmp_path) == [zh.with_suffix(".mo")]
    assert compile_catalogues(tmp_path) == []


def test_compiled_or_not_the_words_are_the_same(tmp_path: Path, zh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "data_dir", lambda _name: tmp_path)
    update(zh, texts("Save"))
    translate(zh, Save="保存")
    assert translator("trainer", "zh_CN").gettext("Save") == "保存"
    zh.with_suffix(".mo").write_bytes(to_mo(zh))
    assert translator("trainer", "zh_CN").gettext("Save") == "保存"
    assert translator("trainer", "fr").gettext("Save") == "Save"
    assert translator("nothing", "zh_CN").gettext("Save") == "Save"


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "C"}, "zh_CN"),
    ],
)
def test_the_environment_chooses_the_language(
    environ: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert i18n.current_lang() == lang


def test_a_language_is_spoken_within_its_block_only() -> None:
    before = i18n.current_lang()
    with i18n.speaking("zh_CN"):
        assert i18n.current_lang() == "zh_CN"
    assert i18n.current_lang() == before


@pytest.mark.parametrize(
    ("told", "joined"),
    [
        (("Done.", "", "Go on."), "Done. Go on."),
        (("好了。", "请继续。"), "好了。请继续。"),
        (("请点“好。”", "请继续。"), "请点“好。”请继续。"),
        ((), ""),
    ],
)
def test_sentences_stand_apart_as_their_language_has_it(told: tuple[str, ...], joined: str) -> None:
    assert sentences(*told) == joined
