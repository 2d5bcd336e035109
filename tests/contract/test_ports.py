"""What every control API, stage and window promises: the same for the double and for the real thing."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

import pytest
from PIL import Image
from playwright.sync_api import Browser

from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess
from trainer.adapters.in_memory import InMemoryControl, InMemoryScenarios, InMemoryStage
from trainer.adapters.playwright_stage import PlaywrightWindow, Setting, open_stage
from trainer.adapters.scenario_files import ScenarioFiles
from trainer.app.examine import FIRST_PAUSE_SECONDS, Examiner
from trainer.app.ports import NOWHERE, Control, SandboxInfo, Scenarios, Stage, StageWindow
from trainer.core.actions import NotDone
from trainer.core.checks import Check, Event, Sight, Status, Stored, Visible
from trainer.core.errors import BadInput, BrokenEnvironment, LookFailed
from trainer.core.scenario import Seed

SEED = Seed(dataset="sales_two_openings", random=7)
STATUS = "candidates.row[c1].status"
BOTH = [pytest.param("memory"), pytest.param("real", marks=pytest.mark.browser)]


@pytest.fixture(scope="module")
def process() -> Iterator[HrmsProcess]:
    with bootstrap.passing_hrms() as running:
        yield running


@pytest.fixture(params=["memory", "real"])
def control(request: pytest.FixtureRequest) -> Iterator[Control]:
    if request.param == "memory":
        yield InMemoryControl()
        return
    with bootstrap.control(request.getfixturevalue("process")) as real:
        yield real


class Scene:
    """A stage with one Sandbox and the candidate's window."""

    def __init__(self, control: Control, stage: Stage) -> None:
        self.control = control
        self.stage = stage
        self.sandbox = control.create("web", "en", SEED)
        self.window = stage.window(self.sandbox.id, "candidate")

    def comes_true(self, *checks: Check) -> None:
        """Wait until the checks pass."""
        examiner = Examiner(
            self.sandbox.id, self.window, self.stage, self.control, bootstrap.clock, pause, patience=20
        )
        for _check, outcomes in examiner.examine(checks, 0):
            assert [outcome.status for outcome in outcomes] == [Status.PASSED], outcomes

    def enter(self) -> None:
        """Come into the interview room."""
        self.window.click("home.start")
        self.window.tick("consent.agree", on=True)
        self.window.click("consent.begin")
        self.window.click("device.skip")

    def answer(self, text: str) -> None:
        """Submit an answer to the present question."""
        self.window.fill("interview.answer", text)
        self.window.click("interview.submit")


def pause(seconds: float) -> None:
    """Let a little time pass between two looks."""
    import time

    time.sleep(max(seconds, FIRST_PAUSE_SECONDS))


@contextmanager
def _real(browser: Browser, process: HrmsProcess) -> Iterator[tuple[Control, Stage]]:
    with bootstrap.control(process) as control:

        def strike(sandbox: str, fault: str, _seconds: float | None) -> None:
            control.inject(sandbox, fault, 0.1)

        with open_stage(Setting(process.base_url, control, strike, "en", patience=3), browser=browser) as stage:
            yield control, stage


@pytest.fixture(params=BOTH)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    if request.param == "memory":
        control = InMemoryControl()
        yield Scene(control, InMemoryStage(control))
        return
    with _real(request.getfixturevalue("browser"), request.getfixturevalue("process")) as (real, stage):
        made = Scene(real, stage)
        yield made
        stage.leave(made.sandbox.id, "test")
        real.delete(made.sandbox.id)


# -- control ---------------------------------------------------------------------------------------------------


def _create(control: Control) -> SandboxInfo:
    return control.create("web", "en", SEED)


def test_a_new_sandbox_tells_its_context_and_stores_nothing_yet(control: Control) -> None:
    made = _create(control)
    assert {"lang", "candidate", "post", "interview", "questions"} <= set(made.context)
    assert len(made.context["questions"]) == 4
    assert control.info(made.id).context == made.context
    snapshot = control.snapshot(made.id)
    assert (snapshot["interview"]["status"], snapshot["sitting"]) == ("invited", None)
    assert control.events(made.id, 0) == ((), 0)


def test_a_look_shows_the_parts_asked_for_and_what_has_happened_since(control: Control) -> None:
    made, parts = _create(control), frozenset({"interview", "no such part"})
    control.inject(made.id, "offline", None)
    for _time in range(3):  # when nothing has changed, too
        stored, events = control.look(made.id, parts, 0)
        assert stored["interview"]["status"] == "invited"
        assert [event["kind"] for event in events] == ["fault_injected"]
    assert "candidates" not in stored
    last = events[0]["seq"]
    assert list(control.look(made.id, parts, last)[1]) == []
    control.clear(made.id, "offline")
    assert [event["kind"] for event in control.look(made.id, parts, last)[1]] == ["fault_cleared"]
    assert [event["kind"] for event in control.look(made.id, parts, 0)[1]] == ["fault_injected", "fault_cleared"]
    assert set(control.look(made.id, frozenset(), 0)[0]) == set(control.snapshot(made.id))


def test_it_is_told_whether_anything_has_changed_since_the_last_look(control: Control) -> None:
    made, other = _create(control), _create(control)
    assert control.changed(made.id), "nobody has looked yet"
    for one in (made.id, other.id):
        control.look(one, frozenset(), 0)
    _soon(lambda: not control.changed(made.id) and not control.changed(other.id))
    control.inject(made.id, "offline", None)
    _soon(lambda: control.changed(made.id))
    control.snapshot(made.id)
    assert control.changed(made.id), "a snapshot is somebody else's"
    assert not control.changed(other.id)
    control.look(made.id, frozenset(), 0)
    _soon(lambda: not control.changed(made.id))
    control.delete(made.id)
    _soon(lambda: control.changed(made.id))


def _soon(true: Callable[[], bool]) -> None:
    """Ask until it is true: of a real one it is known as it was a moment ago."""
    patience = time.monotonic() + 10
    while not true():
        assert time.monotonic() < patience
        time.sleep(0.01)


def test_sandboxes_are_apart(control: Control) -> None:
    assert _create(control).id != _create(control).id


def test_an_unknown_profile_is_refused(control: Control) -> None:
    with pytest.raises(BadInput):
        control.create("abacus", "en", SEED)


def test_a_deleted_sandbox_is_gone_and_deleting_again_is_no_error(control: Control) -> None:
    made = _create(control)
    assert made.id in control.sandboxes()
    control.delete(made.id)
    control.delete(made.id)
    assert made.id not in control.sandboxes()
    with pytest.raises(BadInput):
        control.info(made.id)
    with pytest.raises(LookFailed):
        control.snapshot(made.id)
    with pytest.raises(LookFailed):
        control.events(made.id, 0)
    with pytest.raises(LookFailed):
        control.look(made.id, frozenset(), 0)


def test_a_clone_is_another_sandbox_with_the_same_content(control: Control) -> None:
    made = _create(control)
    copy = control.clone(made.id)
    assert copy.id != made.id
    assert control.snapshot(copy.id)["interview"] == control.snapshot(made.id)["interview"]


def test_a_checkpoint_can_be_restored_and_one_that_is_missing_is_refused(control: Control) -> None:
    made = _create(control)
    control.checkpoint(made.id, "first")
    control.restore(made.id, "first")
    with pytest.raises(BadInput):
        control.restore(made.id, "second")


def test_a_sign_in_link_is_below_the_sandbox_and_role(control: Control) -> None:
    made = _create(control)
    act, look = (control.sign_in_link(made.id, "hr", read_only=read_only) for read_only in (False, True))
    assert act.startswith(f"/s/{made.id}/hr/enter?key=")
    assert act != look


@pytest.mark.parametrize(("fault", "seconds"), [("slow", None), ("crash", 600.0)])
def test_a_fault_that_strikes_is_an_event(control: Control, fault: str, seconds: float | None) -> None:
    made = _create(control)
    control.inject(made.id, fault, seconds)
    events, last = control.events(made.id, 0)
    assert [(event["kind"], event["data"]) for event in events] == [
        ("fault_injected", {"fault": fault, "seconds": seconds})
    ]
    assert last == events[-1]["seq"]
    assert control.events(made.id, last) == ((), last)


def test_a_fault_can_be_ended_once(control: Control) -> None:
    made = _create(control)
    control.inject(made.id, "crash", 600)
    for _time in range(2):
        control.clear(made.id, "crash")
    events, _last = control.events(made.id, 0)
    assert [event["kind"] for event in events] == ["fault_injected", "fault_cleared"]


# -- window ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["click", "fill"])
def test_what_is_not_there_cannot_be_used(scene: Scene, act: str) -> None:
    window = scene.window
    acts = {
        "click": lambda: window.click("no.such"),
        "fill": lambda: window.fill("no.such", "x"),
    }
    with pytest.raises(NotDone) as refused:
        acts[act]()
    assert refused.value.target == "no.such"
    assert "it is not on the page" in refused.value.reason


def test_what_is_disabled_cannot_be_used(scene: Scene) -> None:
    scene.window.click("home.start")
    with pytest.raises(NotDone, match="it is disabled"):
        scene.window.click("consent.begin")


def test_what_is_not_there_reads_as_none(scene: Scene) -> None:
    window = scene.window
    assert (window.read_field("no.such"), window.read_state("no.such"), window.box("no.such")) == (None,) * 3
    assert not window.is_visible("no.such")


def test_a_state_is_read_as_its_code(scene: Scene) -> None:
    assert scene.window.read_state("home.interview_status") == "invited"


def test_a_field_holds_what_was_filled_in_last(scene: Scene) -> None:
    scene.enter()
    scene.window.fill("interview.answer", "First")
    scene.window.fill("interview.answer", "Then 你好")
    assert scene.window.read_field("interview.answer") == "Then 你好"


def test_a_box_is_ticked_and_cleared(scene: Scene) -> None:
    scene.window.click("home.start")
    for on in (True, True, False):
        scene.window.tick("consent.agree", on=on)
        assert scene.window.read_field("consent.agree") == str(on).lower()


def test_waiting_ends_when_the_condition_holds(scene: Scene) -> None:
    scene.window.wait_for("home.start", visible=True)
    scene.window.click("home.start")
    scene.window.wait_for("home.start", visible=False)
    with pytest.raises(NotDone, match="it is still there"):
        scene.window.wait_for("consent.agree", visible=False)
    with pytest.raises(NotDone, match="it is not on the page"):
        scene.window.wait_for("home.start", visible=True)


def test_an_interview_is_answered_and_ended(scene: Scene) -> None:
    scene.enter()
    for question in scene.sandbox.context["questions"]:
        scene.answer(question["sample"])
        stored = f"sitting.answers[?question=='{question['id']}'].saved | [0] == 'saved'"
        scene.comes_true(Stored(stored=stored))
    scene.window.click("interview.end")
    scene.window.click("dialog.cancel")
    scene.window.click("interview.end")
    scene.window.click("dialog.confirm")
    scene.comes_true(Stored(stored="interview.status == 'to_review'"), Event(event="interview_ended"))


def test_ending_too_early_is_stored_as_incomplete(scene: Scene) -> None:
    scene.enter()
    scene.window.click("interview.end")
    scene.window.click("dialog.confirm")
    scene.comes_true(Stored(stored="interview.status == 'incomplete'"))


def test_another_role_sees_it_without_leaving_a_trace(scene: Scene) -> None:
    before = scene.control.events(scene.sandbox.id, 0)
    window = scene.stage.window(scene.sandbox.id, "hr", read_only=True)
    window.go("")
    assert window.read_state(STATUS) == "invited"
    scene.enter()
    scene.comes_true(Stored(stored="interview.status == 'in_progress'"))
    window.go("")
    assert window.read_state(STATUS) == "in_progress"
    assert "signed_in" not in _kinds(scene, after=before[1], role="hr")


def _kinds(scene: Scene, *, after: int, role: str) -> list[Any]:
    return [event["kind"] for event in scene.control.events(scene.sandbox.id, after)[0] if event["role"] == role]


def test_a_role_has_one_window(scene: Scene) -> None:
    assert scene.stage.window(scene.sandbox.id, "candidate") is scene.window
    assert scene.stage.window(scene.sandbox.id, "candidate", read_only=True) is not scene.window


def test_after_closing_the_tab_one_comes_back_by_the_link(scene: Scene) -> None:
    scene.enter()
    scene.answer(scene.sandbox.context["questions"][0]["sample"])
    scene.comes_true(Stored(stored="sitting.answers[0].saved == 'saved'"))
    scene.window.close_tab()
    assert scene.window.read_field("interview.answer") is None
    assert not scene.window.is_visible("interview.answer")
    with pytest.raises(LookFailed):
        scene.window.picture()
    scene.window.sign_in("candidate")
    scene.window.click("home.start")
    scene.window.click("resume.continue")
    scene.comes_true(Visible(target="interview.answer"))


def test_a_page_can_be_loaded_again(scene: Scene) -> None:
    scene.window.reload()
    assert scene.window.read_state("home.interview_status") == "invited"


def test_a_window_shows_where_things_are_and_has_a_picture(scene: Scene) -> None:
    box = scene.window.box("home.start")
    assert box is not None
    assert min(box.x, box.y, box.width, box.height) > 0
    assert scene.window.picture().startswith(b"\x89PNG")


def test_a_picture_covers_what_it_shall_hide(scene: Scene) -> None:
    if not isinstance(scene.window, PlaywrightWindow):
        pytest.skip("a window on paper shows nothing")
    box = scene.window.box("home.start")
    assert box is not None
    plain, covered = (
        Image.open(io.BytesIO(scene.window.picture(hide))).convert("RGB")
        for hide in ((), ("home.start", "no.such"))
    )
    inside = (round(box.x) + 1, round(box.y) + 1, round(box.x + box.width) - 1, round(box.y + box.height) - 1)
    assert len(set(plain.crop(inside).get_flattened_data())) > 1
    assert len(set(covered.crop(inside).get_flattened_data())) == 1
    outside = (0, 0, plain.width, round(box.y) - 2)
    assert plain.crop(outside).tobytes() == covered.crop(outside).tobytes()


def test_a_sound_window_has_no_trouble(scene: Scene) -> None:
    scene.window.tell("Nobody watches.")
    assert scene.window.trouble() == ""


def test_windows_of_a_sandbox_that_was_left_are_gone(scene: Scene) -> None:
    scene.stage.leave(scene.sandbox.id, "first")
    scene.stage.leave(scene.sandbox.id, "first")
    again: StageWindow = scene.stage.window(scene.sandbox.id, "candidate")
    assert again is not scene.window
    assert again.read_state("home.interview_status") == "invited"


def test_a_window_opens_on_the_page_that_is_gone_to(scene: Scene) -> None:
    scene.enter()
    scene.comes_true(Visible(target="interview.answer"))
    place = scene.window.place()
    assert place is not None
    assert place.page
    scene.stage.leave(scene.sandbox.id, "first")
    again = scene.stage.window(scene.sandbox.id, "candidate", page=place.page)
    assert again.place() == place
    again.go(place.page)
    assert again.place() == place


@pytest.mark.browser
def test_a_tab_serves_the_next_sandbox_and_nothing_of_the_first_is_left(
    browser: Browser, process: HrmsProcess
) -> None:
    with _real(browser, process) as (control, stage):
        first, second = control.create("web", "en", SEED), control.create("web", "en", SEED)
        before = cast("PlaywrightWindow", stage.window(first.id, "candidate"))
        tab = before.page
        tab.evaluate("sessionStorage.setItem('hrms.crashed', '1')")
        stage.leave(first.id, "first")
        after = cast("PlaywrightWindow", stage.window(second.id, "candidate"))
        assert after.page is tab
        assert tab.evaluate("sessionStorage.getItem('hrms.crashed')") is None
        assert after.read_state("home.interview_status") == "invited"
        tab.close()
        stage.leave(second.id, "second")  # what a person closed is not used again
        assert cast("PlaywrightWindow", stage.window(first.id, "candidate")).page is not tab


@pytest.mark.browser
def test_a_sign_in_that_fails_is_the_machines_fault(browser: Browser, process: HrmsProcess) -> None:
    class Astray(InMemoryControl):
        """Gives links that lead nowhere."""

        def sign_in_link(self, sandbox: str, role: str, *, read_only: bool = False) -> str:
            return f"/s/{sandbox}/{role}/enter?key={read_only}"

    setting = Setting(process.base_url, Astray(), lambda _sandbox, _fault: None, "en", patience=3)
    with open_stage(setting, browser=browser) as stage:
        with pytest.raises(BrokenEnvironment, match="404"):
            stage.window("nobody", "candidate")
        with pytest.raises(LookFailed, match="404"):
            stage.window("nobody", "hr", read_only=True)
        with pytest.raises(LookFailed, match="404"):
            stage.window("nobody", "hr", read_only=True, page="org")


@pytest.mark.browser
def test_the_observer_takes_a_page_that_refuses_for_no_look(process: HrmsProcess) -> None:
    with bootstrap.control(process) as control, closing(bootstrap.observer(process, control)) as observer:
        made = control.create("web", "en", SEED)
        start, astray = Sight("hr", "", STATUS), Sight("hr", "no-such-page", STATUS)
        looks = observer.look(made.id, [start, astray], lang="en")
    assert looks.sights == {start: "invited"}
    assert looks.errors == {astray: "the page answered with status 404"}


# -- the catalogue ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["memory", "files"])
def test_the_catalogue_is_ordered_and_names_the_nearest_lesson(kind: str) -> None:
    shipped = ScenarioFiles()
    catalogue: Scenarios = shipped if kind == "files" else InMemoryScenarios(*reversed(shipped.all()))
    ids = [scenario.id for scenario in catalogue.all()]
    assert ids == sorted(ids)
    assert catalogue.get("normal-exit-web").id == "normal-exit-web"
    with pytest.raises(BadInput) as refused:
        catalogue.get("normal-exit-wep")
    assert "normal-exit-wep" in refused.value.message
    assert "normal-exit-web" in refused.value.message + refused.value.hint


# -- where a window is, and what can be done there ---------------------------------------------------------------


def test_a_window_tells_its_page_and_shows_it_again(scene: Scene) -> None:
    start = scene.window.place()
    assert start is not None
    assert start.role == "candidate"
    scene.window.click("home.start")
    scene.comes_true(Visible(target="consent.agree"))
    notice = scene.window.place()
    assert notice is not None
    assert notice != start
    scene.window.go(start.page)
    scene.comes_true(Visible(target="home.start"))
    scene.window.go(notice.page)
    scene.comes_true(Visible(target="consent.agree"))
    scene.window.close_tab()
    assert scene.window.place() == NOWHERE
    assert scene.window.choices() == ()


def test_only_what_can_be_clicked_now_is_a_choice(scene: Scene) -> None:
    assert "home.start" in scene.window.choices()
    assert "home.interview_status" not in scene.window.choices()
    scene.window.click("home.start")
    scene.comes_true(Visible(target="consent.begin"))
    assert "consent.begin" not in scene.window.choices()
    scene.window.tick("consent.agree", on=True)
    scene.window.click("consent.begin")
    scene.window.click("device.skip")
    scene.comes_true(Visible(target="interview.answer"))
    assert {"interview.submit", "interview.end"} <= set(scene.window.choices())
    scene.window.click("interview.end")
    scene.comes_true(Visible(target="dialog.confirm"))
    assert {"dialog.confirm", "dialog.cancel"} == set(scene.window.choices())
