"""Spoken answers: in order or not, twice or not, what was acknowledged is there, and nothing else gets in."""

import io
import json
import math
import time
from array import array
from collections.abc import Callable
from datetime import timedelta
from itertools import repeat
from pathlib import Path

import av
import pytest

from sandbox_hrms.app import conduct, partials, privacy, recordings, save, score
from sandbox_hrms.app.personal_copy import export_person
from sandbox_hrms.app.recordings import TooFast
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import events
from sandbox_hrms.app.takes import Takes
from sandbox_hrms.core.errors import Forbidden, HrmsError, Invalid, NotAllowed, NotFound, StorageFailed
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.speech.hearing import Heard, ModelChanged, ModelDamaged, Typed, Vosk
from sandbox_hrms.speech.sound import as_wav, loud_seconds, samples_of, seconds_in
from trainer.adapters.speech_models import tree_digest

WEBM = "audio/webm;codecs=opus"


class Counter:
    """Says how many samples it got so far."""

    def __init__(self) -> None:
        self.got: list[int] = []

    def more(self, samples: bytes) -> str:
        self.got.append(len(samples) // 2)
        return f" {sum(self.got)}  samples "


class Parrot:
    """A recogniser that understands everything as one sentence, and counts what it follows."""

    def __init__(self) -> None:
        self.counter = Counter()

    def follow(self, lang: str) -> Counter:
        assert lang == "en"
        return self.counter

    def hear(self, samples: bytes, lang: str) -> Heard:
        assert samples
        return Heard("understood", f"a sentence in {lang}", by="parrot")


def tone(seconds: float) -> bytes:
    """Return a WebM file with a tone of so many seconds, in clusters as short as a browser's."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm", options={"cluster_time_limit": "400"}) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        for start in range(0, int(seconds * 48_000), 960):
            wave = array("h", [int(9000 * math.sin(0.05 * (start + n))) for n in range(960)])
            frame = av.AudioFrame(format="s16", layout="mono", samples=960)
            frame.planes[0].update(wave.tobytes())
            frame.sample_rate, frame.pts = 48_000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def pieces(sound: bytes, size: int = 4000) -> list[bytes]:
    return [sound[at : at + size] for at in range(0, len(sound), size)]


def open_question(sandbox: Sandbox, candidate: Actor) -> tuple[str, str]:
    room = conduct.room(sandbox, candidate, entering=False)
    assert room.sitting_id
    assert room.current
    return room.sitting_id, room.current.id


@pytest.fixture
def take(sandbox: Sandbox, candidate: Actor, begun: conduct.Room) -> recordings.Begun:
    assert begun.sitting_id
    assert begun.current
    return recordings.begin(sandbox, candidate, begun.sitting_id, begun.current.id)


@pytest.fixture
def keep(sandbox: Sandbox, candidate: Actor, take: recordings.Begun) -> Callable[[int, int, bytes], None]:
    def keep(segment: int, seq: int, piece: bytes) -> None:
        recordings.keep_piece(sandbox, candidate, take.id, segment, seq, WEBM, piece)

    return keep


def test_pieces_in_any_order_and_twice_are_one_sound(
    sandbox: Sandbox, candidate: Actor, take: recordings.Begun, keep: Callable[[int, int, bytes], None]
) -> None:
    parts = list(enumerate(pieces(tone(2))))
    for seq, part in [*reversed(parts), *parts]:
        keep(0, seq, part)
    done = recordings.finish(sandbox, candidate, take.id, Parrot())
    assert done.seconds == pytest.approx(2, abs=0.05)
    assert (done.heard.outcome, done.heard.text, done.left) == ("understood", "a sentence in en", 2)
    again = recordings.finish(sandbox, candidate, take.id, Typed())
    assert (again.seconds, again.heard.text) == (done.seconds, done.heard.text)
    wav = recordings.sound_of(sandbox, candidate, take.id)
    assert len(wav) == pytest.approx(done.seconds * 32_000 + 44, rel=0.01)


def test_a_take_that_was_interrupted_goes_on_as_a_new_segment(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, take: recordings.Begun, keep: Callable[[int, int, bytes], None]
) -> None:
    for seq, part in enumerate(pieces(tone(1))[:-1]):
        keep(0, seq, part)
    assert hrms.sandboxes.rest(timedelta(0)) == 1
    sandbox = hrms.sandboxes.open(sandbox.id)
    again = recordings.begin(sandbox, candidate, *open_question(sandbox, candidate))
    assert (again.id, again.take, again.segment) == (take.id, 1, 1)
    for seq, part in enumerate(pieces(tone(2))):
        recordings.keep_piece(sandbox, candidate, take.id, 1, seq, WEBM, part)
    assert recordings.finish(sandbox, candidate, take.id, Typed()).seconds == pytest.approx(3, abs=0.6)


class Killed(Parrot):
    """A recogniser in whose place nothing answers any more."""

    def hear(self, samples: bytes, lang: str) -> Heard:
        raise OSError(f"{len(samples)} samples in {lang} were too many")


def test_a_take_that_broke_while_it_was_listened_to_goes_on_and_keeps_what_it_has(
    sandbox: Sandbox, candidate: Actor, take: recordings.Begun, keep: Callable[[int, int, bytes], None]
) -> None:
    for seq, part in enumerate(pieces(tone(4))):
        keep(0, seq, part)
    with pytest.raises(StorageFailed):
        recordings.finish(sandbox, candidate, take.id, Killed())
    again = recordings.begin(sandbox, candidate, *open_question(sandbox, candidate))
    assert (again.id, again.segment) == (take.id, 1)
    for seq, part in enumerate(pieces(tone(1))):
        keep(1, seq, part)
    assert recordings.finish(sandbox, candidate, take.id, Parrot()).seconds == pytest.approx(5, abs=0.1)
    assert [file.name for file in recordings.files_of(sandbox, candidate.id, take.id)] == [
        "000.sound",
        "001.sound",
    ]


def test_a_take_put_back_to_before_its_end_keeps_the_file_it_has(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, take: recordings.Begun, keep: Callable[[int, int, bytes], None]
) -> None:
    for seq, part in enumerate(pieces(tone(2))):
        keep(0, seq, part)
    hrms.sandboxes.checkpoint(sandbox.id, "speaking")
    recordings.finish(sandbox, candidate, take.id, Typed())
    sandbox = hrms.sandboxes.restore(sandbox.id, "speaking")
    again = recordings.begin(sandbox, candidate, *open_question(sandbox, candidate))
    assert (again.id, again.segment) == (take.id, 1)
    assert recordings.finish(sandbox, candidate, take.id, Typed()).seconds == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("removed", [0, 1, 3])
def test_who_is_killed_while_pieces_are_removed_has_the_whole_recording(  # noqa: PLR0913, PLR0917  # fixtures
    sandbox: Sandbox,
    candidate: Actor,
    take: recordings.Begun,
    keep: Callable[[int, int, bytes], None],
    monkeypatch: pytest.MonkeyPatch,
    removed: int,
) -> None:
    parts = pieces(tone(4))
    for seq, part in enumerate(parts):
        keep(0, seq, part)
    unlink, left = Path.unlink, iter(range(removed))

    def die(file: Path, *, missing_ok: bool = False) -> None:
        if not file.name.startswith(".") and next(left, None) is None:
            raise KeyboardInterrupt
        unlink(file, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", die)
    with pytest.raises(KeyboardInterrupt):
        recordings.finish(sandbox, candidate, take.id, Typed())
    monkeypatch.undo()
    assert len(recordings.files_of(sandbox, candidate.id, take.id)) == 1 + len(parts) - removed
    assert recordings.finish(sandbox, candidate, take.id, Typed()).seconds == pytest.approx(4, abs=0.1)
    assert seconds_in(recordings.sound_of(sandbox, candidate, take.id)) == pytest.approx(4, abs=0.1)


def test_a_piece_that_never_came_costs_itself_and_not_what_follows(
    sandbox: Sandbox, candidate: Actor, take: recordings.Begun, keep: Callable[[int, int, bytes], None]
) -> None:
    parts = pieces(tone(8))
    for seq, part in enumerate(parts):
        if seq != len(parts) // 4:
            keep(0, seq, part)
    assert recordings.finish(sandbox, candidate, take.id, Parrot()).seconds > 6.5
    (whole,) = recordings.files_of(sandbox, candidate.id, take.id)
    assert whole.stat().st_size == sum(map(len, parts)) - len(parts[len(parts) // 4])


def test_pieces_that_cannot_be_read_without_the_first_one_are_not_removed(
    sandbox: Sandbox, candidate: Actor, take: recordings.Begun, keep: Callable[[int, int, bytes], None]
) -> None:
    parts = pieces(tone(2))
    for seq, part in enumerate(parts[1:], 1):
        keep(0, seq, part)
    for seq, part in enumerate(pieces(tone(1))):
        keep(1, seq, part)
    assert recordings.finish(sandbox, candidate, take.id, Typed()).seconds == pytest.approx(1, abs=0.1)
    assert len(recordings.files_of(sandbox, candidate.id, take.id)) == len(parts)


def test_takes_are_limited_and_an_empty_one_is_none(
    sandbox: Sandbox, candidate: Actor, begun: conduct.Room
) -> None:
    question = open_question(sandbox, candidate)
    empty = recordings.begin(sandbox, candidate, *question)
    assert recordings.finish(sandbox, candidate, empty.id, Typed()).left == 3
    for left in (2, 1, 0):
        take = recordings.begin(sandbox, candidate, *question)
        for seq, part in enumerate(pieces(tone(0.5))):
            recordings.keep_piece(sandbox, candidate, take.id, 0, seq, WEBM, part)
        assert recordings.finish(sandbox, candidate, take.id, Typed()).left == left
    with pytest.raises(NotAllowed, match="All recordings"):
        recordings.begin(sandbox, candidate, *question)
    assert begun.current
    assert recordings.takes(sandbox, candidate, begun.current.id).left == 0
    shown = conduct.room(sandbox, candidate, entering=False).takes
    assert shown == Takes(left=0, most=3, open=None, newest=take.id)
    answered = conduct.submit_answer(sandbox, candidate, begun.current.id, "An answer.", 1)
    assert answered.takes == Takes(left=3, most=3, open=None, newest=None)


@pytest.mark.parametrize(
    ("place", "kind", "piece"),
    [
        ((0, 0), WEBM, b"no sound"),
        ((0, 0), "text/html", tone(0.1)),
        ((0, 0), WEBM, b""),
        ((0, 1), WEBM, b"x" * 262_145),
        ((50, 1), WEBM, b"x"),
        ((0, 100_000), WEBM, b"x"),
        ((-1, 0), WEBM, tone(0.1)),
    ],
)
def test_what_is_no_piece_is_refused(
    sandbox: Sandbox, begun: conduct.Room, place: tuple[int, int], kind: str, piece: bytes
) -> None:
    assert begun.sitting_id
    candidate = Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)
    take = recordings.begin(sandbox, candidate, *open_question(sandbox, candidate))
    with pytest.raises(Invalid):
        recordings.keep_piece(sandbox, candidate, take.id, *place, kind, piece)


def test_more_than_can_have_been_spoken_has_to_wait(
    keep: Callable[[int, int, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # however slow this machine is
    keep(0, 0, tone(0.1))
    with pytest.raises(TooFast):
        list(map(keep, repeat(0), range(1, 400), repeat(b"x")))


def record_two_seconds(sandbox: Sandbox, candidate: Actor) -> recordings.Begun:
    """Begin a take of the open question and leave it open."""
    begun = recordings.begin(sandbox, candidate, *open_question(sandbox, candidate))
    for seq, part in enumerate(pieces(tone(2))):
        recordings.keep_piece(sandbox, candidate, begun.id, 0, seq, WEBM, part)
    return begun


def test_who_submits_while_it_records_finds_what_was_spoken_in_the_report(
    sandbox: Sandbox, candidate: Actor, begun: conduct.Room, hr: Actor
) -> None:
    take = record_two_seconds(sandbox, candidate)
    silent = conduct.submit_answer(sandbox, candidate, open_question(sandbox, candidate)[1], "An answer.", 1)
    assert silent.takes == Takes(left=3, most=3, open=None, newest=None)
    (shown,) = [one.take for one in score.report(sandbox, hr, begun.interview_id).answers if one.take]
    assert (shown.id, shown.seconds, shown.transcript) == (take.id, pytest.approx(2, abs=0.05), "")
    assert len(recordings.sound_of(sandbox, hr, take.id)) == pytest.approx(2 * 32_000, rel=0.05)
    with pytest.raises(NotAllowed, match="finished"):
        recordings.keep_piece(sandbox, candidate, take.id, 0, 99, WEBM, b"too late")


@pytest.mark.usefixtures("begun")
def test_who_submits_while_a_take_is_listened_to_finishes_it_once(sandbox: Sandbox, candidate: Actor) -> None:
    take = record_two_seconds(sandbox, candidate)

    class Slow(Parrot):
        def hear(self, samples: bytes, lang: str) -> Heard:
            conduct.submit_answer(sandbox, candidate, open_question(sandbox, candidate)[1], "An answer.", 1)
            return super().hear(samples, lang)

    done = recordings.finish(sandbox, candidate, take.id, Slow())
    assert (done.seconds, done.heard) == (pytest.approx(2, abs=0.1), Heard("no_model"))
    assert [one["kind"] for one in events(sandbox, 0)[0]].count("answer_recorded") == 1
    assert recordings.finish(sandbox, candidate, take.id, Parrot()) == done


def test_the_end_closes_what_was_still_recorded_and_forgets_what_never_began(
    sandbox: Sandbox, candidate: Actor, begun: conduct.Room
) -> None:
    take = record_two_seconds(sandbox, candidate)
    assert begun.current
    assert recordings.takes(sandbox, candidate, begun.current.id).open == take.id
    conduct.end(sandbox, candidate)
    assert recordings.takes(sandbox, candidate, begun.current.id) == Takes(2, 3, None, take.id)
    assert len(recordings.sound_of(sandbox, candidate, take.id)) == pytest.approx(2 * 32_000, rel=0.05)


def test_an_end_that_saves_by_hand_closes_what_was_recorded_too(hrms: Hrms) -> None:
    for profile in ("cloud", "local"):
        sandbox = hrms.sandboxes.create(profile, "en", "sales_two_openings", 7)
        candidate = Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)
        conduct.give_consent(sandbox, candidate)
        room = conduct.check_devices(sandbox, candidate, "skipped")
        assert room.sitting_id
        assert room.current
        first = record_two_seconds(sandbox, candidate)
        conduct.submit_answer(sandbox, candidate, room.current.id, "An answer.", 1)
        assert recordings.takes(sandbox, candidate, room.current.id).newest == first.id
        notes = conduct.Notes({code: 3 for code, _ in room.competencies}, "Fine.") if profile == "local" else None
        record = save.Record(room.sitting_id, (), None, notes)
        second = record_two_seconds(sandbox, candidate)
        question = open_question(sandbox, candidate)[1]
        if profile == "cloud":
            save.save_record(sandbox, candidate, record, end=True)
        else:
            save.save_record(sandbox, candidate, record)
            save.close_record(sandbox, candidate, unsaved=False)
        assert recordings.takes(sandbox, candidate, question).newest == second.id


def test_an_empty_take_is_none_when_its_answer_is_submitted(
    sandbox: Sandbox, candidate: Actor, take: recordings.Begun, begun: conduct.Room
) -> None:
    assert begun.current
    conduct.submit_answer(sandbox, candidate, begun.current.id, "An answer.", 1)
    assert recordings.takes(sandbox, candidate, begun.current.id) == Takes(3, 3, None, None)
    with pytest.raises(NotFound):
        recordings.sound_of(sandbox, candidate, take.id)


def test_nobody_else_may_add_finish_or_hear(
    sandbox: Sandbox, take: recordings.Begun, keep: Callable[[int, int, bytes], None], head: Actor
) -> None:
    keep(0, 0, tone(0.1))
    other = Actor(Role.CANDIDATE, "c-somebody", "Somebody")
    with pytest.raises(NotFound):
        recordings.keep_piece(sandbox, other, take.id, 0, 1, WEBM, b"x")
    with pytest.raises(NotFound):
        recordings.finish(sandbox, other, take.id, Typed())
    with pytest.raises(NotFound):
        recordings.sound_of(sandbox, other, take.id)
    with pytest.raises(HrmsError):
        recordings.sound_of(sandbox, head, take.id)


def test_a_finished_take_takes_no_more(
    sandbox: Sandbox, candidate: Actor, take: recordings.Begun, keep: Callable[[int, int, bytes], None]
) -> None:
    keep(0, 0, tone(0.2))
    recordings.finish(sandbox, candidate, take.id, Typed())
    with pytest.raises(NotAllowed, match="finished"):
        keep(0, 1, b"x")


def test_silence_and_a_knock_are_not_speech(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    ear = Vosk(tmp_path)
    assert ear.hear(b"\0" * 64_000, "en").outcome == "nothing"
    assert ear.hear(b"\0" * 64_000, "zh_CN").outcome == "no_model"
    assert loud_seconds(b"\0" * 64_000) == 0
    assert loud_seconds(samples_of(tone(1))) == pytest.approx(1, abs=0.1)


def test_a_damaged_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    with pytest.raises(ModelDamaged, match="cannot be loaded"):
        Vosk(tmp_path).hear(samples_of(tone(1)), "en")


@pytest.mark.parametrize("changed", [False, True])
def test_a_damaged_model_keeps_the_recording_and_is_told_once(  # noqa: PLR0913, PLR0917  # fixtures
    sandbox: Sandbox,
    candidate: Actor,
    begun: conduct.Room,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    changed: bool,
) -> None:
    monkeypatch.setattr(partials, "_PAUSE_SECONDS", 0)
    (tmp_path / "en").mkdir()
    if changed:
        (tmp_path / "models.json").write_text(json.dumps({"models": {"en": {"files": "others"}}}), "utf-8")
    take = record_two_seconds(sandbox, candidate)
    ear = Vosk(tmp_path)
    followed = partials.Partials(ear)
    assert [followed.so_far(sandbox, candidate, take.id) for _ in range(3)] == ["", "", ""]
    assert len(caplog.records) == 1
    done = recordings.finish(sandbox, candidate, take.id, ear)
    assert (done.seconds, done.heard) == (pytest.approx(2, abs=0.1), Heard("no_model" if changed else "damaged"))
    assert "trainer models pull en" in caplog.text
    assert begun.current
    assert recordings.takes(sandbox, candidate, begun.current.id).newest == take.id


def test_a_model_that_is_not_what_was_fetched_is_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "final.mdl").write_bytes(b"as fetched")
    notes = {"version": 1, "models": {"en": {"name": "m", "archive": "0", "files": tree_digest(tmp_path / "en")}}}
    (tmp_path / "models.json").write_text(json.dumps(notes), "utf-8")
    with pytest.raises(OSError, match="cannot be loaded"):  # it is what was fetched, and no model
        Vosk(tmp_path).hear(samples_of(tone(1)), "en")
    (tmp_path / "en" / "final.mdl").write_bytes(b"as changed")
    ear = Vosk(tmp_path)
    assert ear.hear(samples_of(tone(1)), "en") == Heard("no_model")
    assert "trainer models pull en" in caplog.text
    following = ear.follow("en")
    assert following is not None
    with pytest.raises(ModelChanged):
        following.more(b"\0" * 4_000)


def test_sound_survives_as_far_as_it_came() -> None:
    whole = tone(3)
    assert seconds_in(samples_of(whole)) == pytest.approx(3, abs=0.05)
    assert 0.5 < seconds_in(samples_of(whole[: len(whole) // 2])) < 2
    assert samples_of(b"nothing of the kind") == b""
    assert seconds_in(samples_of(as_wav(samples_of(whole)))) == pytest.approx(3, abs=0.05)


def test_what_is_spoken_is_followed_bit_by_bit_and_forgotten_at_the_end(
    sandbox: Sandbox,
    candidate: Actor,
    take: recordings.Begun,
    keep: Callable[[int, int, bytes], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partials, "_PAUSE_SECONDS", 0)
    ear = Parrot()
    followed = partials.Partials(ear)
    assert followed.so_far(sandbox, candidate, take.id) == ""
    parts = pieces(tone(3))
    for seq, part in enumerate(parts[:4]):
        keep(0, seq, part)
    first = followed.so_far(sandbox, candidate, take.id)
    assert first == f"{ear.counter.got[0]} samples"
    for seq, part in enumerate(parts[4:], 4):
        keep(0, seq, part)
    followed.so_far(sandbox, candidate, take.id)
    assert sum(ear.counter.got) == pytest.approx(3 * 16_000, rel=0.05)
    assert len(ear.counter.got) == 2
    other = Actor(Role.CANDIDATE, "c9", "Somebody else")
    with pytest.raises(NotFound):
        followed.so_far(sandbox, other, take.id)
    recordings.finish(sandbox, candidate, take.id, ear)
    assert followed.so_far(sandbox, candidate, take.id) == ""
    assert partials.Partials(Typed()).so_far(sandbox, candidate, take.id) == ""


def test_who_asks_too_often_gets_the_same_words(
    sandbox: Sandbox,
    candidate: Actor,
    take: recordings.Begun,
    keep: Callable[[int, int, bytes], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partials, "_PAUSE_SECONDS", 3_600)
    ear = Parrot()
    followed = partials.Partials(ear)
    parts = pieces(tone(2))
    keep(0, 0, parts[0])
    said = followed.so_far(sandbox, candidate, take.id)
    for seq, part in enumerate(parts[1:], 1):
        keep(0, seq, part)
    assert followed.so_far(sandbox, candidate, take.id) == said
    assert len(ear.counter.got) == 1


def film(seconds: float) -> bytes:
    """Return a WebM file with a tone and a grey picture of so many seconds."""
    out = io.BytesIO()
    sound = io.BytesIO(tone(seconds))
    with av.open(out, "w", format="webm") as container, av.open(sound) as heard:
        picture = container.add_stream("libvpx", rate=5)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        voice = container.add_stream_from_template(heard.streams.audio[0])
        for packet in heard.demux(audio=0):
            if packet.dts is not None:
                packet.stream = voice
                container.mux(packet)
        for _ in range(int(seconds * 5)):
            container.mux(picture.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(picture.encode(None))
    return out.getvalue()


@pytest.fixture
def cloud(hrms: Hrms) -> tuple[Sandbox, Actor]:
    sandbox = hrms.sandboxes.create("cloud", "en", "sales_two_openings", 7)
    candidate = Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)
    conduct.give_consent(sandbox, candidate)
    conduct.check_devices(sandbox, candidate, "skipped")
    return sandbox, candidate


def test_a_picture_is_kept_where_the_candidate_agrees_and_goes_with_the_answer(
    hrms: Hrms, cloud: tuple[Sandbox, Actor], hr: Actor
) -> None:
    sandbox, candidate = cloud
    kind = "video/webm;codecs=vp8,opus"
    parts = pieces(film(2))
    question = open_question(sandbox, candidate)
    plain = recordings.begin(sandbox, candidate, *question)
    with pytest.raises(Invalid):
        recordings.keep_piece(sandbox, candidate, plain.id, 0, 0, kind, parts[0])
    take = recordings.begin(sandbox, candidate, *question, picture=True)
    assert take.id == plain.id
    for seq, part in enumerate(parts):
        recordings.keep_piece(sandbox, candidate, take.id, 0, seq, kind, part)
    for seq, part in enumerate(pieces(tone(1))):
        recordings.keep_piece(sandbox, candidate, take.id, 1, seq, WEBM, part)
    done = recordings.finish(sandbox, candidate, take.id, Typed())
    assert done.seconds == pytest.approx(3, abs=0.1)
    assert recordings.film_parts(sandbox, candidate.id, take.id) == 1
    file, told = recordings.film_of(sandbox, hr, take.id, 0)
    assert (told, file.read_bytes()) == ("video/webm", b"".join(parts))
    for actor, part, refusal in (
        (Actor(Role.CANDIDATE, "c9", "Somebody else"), 0, NotFound),
        (Actor(Role.HEAD, "head", "Chris"), 0, Forbidden),
        (Actor(Role.ADMIN, "admin", "Al"), 0, Forbidden),
        (hr, 1, NotFound),
        (hr, -1, NotFound),
    ):
        with pytest.raises(refusal):
            recordings.film_of(sandbox, actor, take.id, part)
    copied = export_person(sandbox, candidate, "")["interviews"][0]["recordings"][0]
    assert (len(copied["sound"]), copied["picture_agreed_at"]) == (2, sandbox.now().isoformat())
    privacy.delete_candidate(sandbox, hrms.sessions, Actor(Role.ADMIN, "admin", "Al"), candidate.id)
    assert not file.exists()
    assert sandbox.store.one("SELECT count(*) FROM picture", {}) == (0,)


def test_where_no_picture_is_asked_for_none_is_taken(
    sandbox: Sandbox, candidate: Actor, begun: conduct.Room
) -> None:
    assert begun.current
    with pytest.raises(NotAllowed, match="No picture"):
        recordings.begin(sandbox, candidate, *open_question(sandbox, candidate), picture=True)
