"""Models are fetched whole or not at all, noted once, and compared with the note ever after."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainer.adapters.speech_models import OFFICIAL, ModelChanged, SpeechModels, tree_digest
from trainer.cli.models import models
from trainer.core.errors import BadInput, BrokenEnvironment, ExitCode

NAME = OFFICIAL["en"]


def archive(*files: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as content:
        for name, text in files:
            content.writestr(name, text)
    return out.getvalue()


GOOD = archive((f"{NAME}/README", "a model"), (f"{NAME}/am/final.mdl", "numbers"))


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Offer an archive as the English model on a mirror of our own."""
    site = tmp_path / "site"
    site.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    mirror = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("TRAINER_MODELS_URL", f"http://127.0.0.1:{mirror.server_port}")
    yield lambda content: (site / f"{NAME}.zip").write_bytes(content) and None
    mirror.shutdown()
    thread.join()
    mirror.server_close()


@pytest.fixture
def kept(tmp_path: Path) -> SpeechModels:
    return SpeechModels(tmp_path / "models")


def test_a_fetched_model_is_in_place_noted_and_fits(
    put: Callable[[bytes], None], kept: SpeechModels, tmp_path: Path
) -> None:
    put(GOOD)
    note = kept.pull("en")
    assert note.archive == hashlib.sha256(GOOD).hexdigest()
    assert (tmp_path / "models/en/am/final.mdl").read_text() == "numbers"
    assert note.files == tree_digest(tmp_path / "models/en")
    assert [one.lang for one in kept.verify()] == ["en"]
    assert [one.note is not None for one in kept.all()] == [False, True]
    assert sorted(one.name for one in (tmp_path / "models").iterdir()) == ["en", "models.json"]
    assert kept.pull("en") == note


def test_another_archive_than_the_first_is_refused(
    put: Callable[[bytes], None], kept: SpeechModels, tmp_path: Path
) -> None:
    put(GOOD)
    kept.pull("en")
    put(archive((f"{NAME}/README", "another model")))
    with pytest.raises(ModelChanged, match="not what it was"):
        kept.pull("en")
    assert (tmp_path / "models/en/README").read_text() == "a model"
    kept.verify()


def test_a_changed_file_is_found(put: Callable[[bytes], None], kept: SpeechModels, tmp_path: Path) -> None:
    put(GOOD)
    kept.pull("en")
    (tmp_path / "models/en/README").write_text("a modem")
    with pytest.raises(ModelChanged) as told:
        kept.verify()
    assert told.value.hint == "trainer models pull en"
    assert told.value.exit_code is ExitCode.CHECK_FAILED


@pytest.mark.parametrize(
    "content", [b"no archive", archive(), archive((f"{NAME}/../../out", "x"))], ids=["text", "empty", "way out"]
)
def test_what_is_no_model_leaves_nothing(
    put: Callable[[bytes], None], kept: SpeechModels, tmp_path: Path, content: bytes
) -> None:
    put(content)
    with pytest.raises(BrokenEnvironment, match="no model"):
        kept.pull("en")
    assert list((tmp_path / "models").iterdir()) == []
    assert not (tmp_path / "out").exists()


def test_without_a_network_it_says_what_to_do(kept: SpeechModels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_MODELS_URL", "http://127.0.0.1:9")
    with pytest.raises(BrokenEnvironment, match="cannot be fetched") as told:
        kept.pull("en")
    assert "TRAINER_MODELS_URL" in told.value.hint
    with pytest.raises(BrokenEnvironment, match="No model is installed"):
        kept.verify()
    with pytest.raises(BadInput, match="no model for fr"):
        kept.pull("fr")


def test_the_commands(put: Callable[[bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path))
    monkeypatch.delenv("HRMS_MODELS", raising=False)
    put(GOOD)

    def run(*words: str) -> str:
        done = CliRunner().invoke(models, words, standalone_mode=False)
        assert done.exception is None, done.output
        return done.stdout

    assert run("pull", "en").startswith(f"en {NAME} sha256:")
    assert run("verify") == f"en {NAME} ✓\n"
    told = json.loads(run("list", "--json"))
    assert told["version"] == 1
    assert [(one["lang"], one["installed"]) for one in told["models"]] == [("zh_CN", False), ("en", True)]
    assert "not installed" in run("list")


def test_the_folder_that_the_environment_names_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere" / "en").mkdir(parents=True)
    note = {"name": "m", "archive": "0", "files": "0"}
    (tmp_path / "elsewhere" / "models.json").write_text(
        json.dumps({"version": 1, "models": {"en": note}}), "utf-8"
    )
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HRMS_MODELS", str(tmp_path / "elsewhere"))
    assert models.main(["list", "--json"], standalone_mode=False) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["lang"], one["installed"]) for one in told["models"]] == [("zh_CN", False), ("en", True)]
