"""A recording: where its steps end, which checks are proposed, and that its file is right as it stands."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from trainer.adapters.in_memory import InMemoryControl, InMemoryStage
from trainer.adapters.scenario_files import check_files, read_contract
from trainer.app.record import Recorded, head_of, proposed, record, written
from trainer.core.actions import Action, Choose, Click, CloseTab, Fill, Press, Reload, Tick
from trainer.core.expressions import search
from trainer.core.scenario import Seed

ROOT = Path(__file__).parents[3]
HEAD = """\
id: recorded-web
version: 1
title: Recorded
family: recorded
profile: web
seed: {dataset: sales_two_openings, random: 7}
as: candidate
"""


class Acting:
    """Somebody who acts in a window on paper, one action a look."""

    def __init__(self, control: InMemoryControl, *actions: Action) -> None:
        self.sandbox = control.create("web", "en", Seed(dataset="sales_two_openings"))
        self._window = InMemoryStage(control).window(self.sandbox.id, "candidate")
        self._left = deque(actions)

    def next(self) -> Action | None:
        """Do the next thing."""
        if not self._left:
            return None
        self._left[0].perform(self._window)
        return self._left.popleft()

    def closed(self) -> bool:
        """Tell whether nothing is left to do."""
        return not self._left


def recorded(*actions: Action) -> list[Recorded]:
    control = InMemoryControl()
    person = Acting(control, *actions)
    return record(person, control, person.sandbox.id, lambda _seconds: None, lambda: False)


BEGIN = (Click(target="home.start"), Tick(target="consent.agree"), Click(target="consent.begin"))
ANSWER = (Fill(target="interview.answer", text='He said: "no"'), Click(target="interview.submit"))


def test_a_step_ends_where_something_was_stored() -> None:
    steps = recorded(*BEGIN, Click(target="device.skip"), *ANSWER, Click(target="interview.end"))
    assert [[action.aim() for action in step.do] for step in steps] == [
        ["home.start", "consent.agree", "consent.begin"],
        ["device.skip", "interview.answer", "interview.submit", "interview.end"],
    ]
    assert steps[0].expect[0] == "interview.status == 'in_progress'"


def test_what_is_typed_further_in_the_same_field_is_one_text() -> None:
    typed = (Fill(target="interview.answer", text="He"), *ANSWER)
    steps = recorded(*BEGIN, Click(target="device.skip"), *typed)
    assert steps[-1].do == [Click(target="device.skip"), *ANSWER]


def test_what_the_last_thing_has_stored_is_proposed_too() -> None:
    control = InMemoryControl()

    class Typing(Acting):
        def next(self) -> Action | None:
            if self._left:
                control.paper(self.sandbox.id).data["note"] = "Kim is late"  # stored by leaving the field
            return self._left.popleft() if self._left else None

    typed = Fill(target="room.note", text="Kim is late")
    person = Typing(control, typed)
    steps = record(person, control, person.sandbox.id, lambda _seconds: None, lambda: False)
    assert steps == [Recorded([typed], ["note == 'Kim is late'"])]


def test_what_is_stored_late_is_proposed_for_what_was_done_last() -> None:
    control = InMemoryControl()
    person = Acting(control, BEGIN[0])
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 1:
            control.paper(person.sandbox.id).data["mail"] = "sent"

    steps = record(person, control, person.sandbox.id, wait, lambda: False)
    assert steps == [Recorded([BEGIN[0]], ["mail == 'sent'"])]


def test_its_file_has_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "recorded-web.yaml"
    file.write_text(written(HEAD, recorded(*BEGIN, Click(target="device.skip"), *ANSWER)), "utf-8")
    (checked,) = check_files([file], read_contract(ROOT / "scenarios"))
    assert checked.problems == ()
    assert checked.scenario is not None
    assert checked.scenario.steps[1].do[1] == ANSWER[0]


def test_the_head_is_that_of_the_place_and_tells_nothing_of_the_other_lesson(tmp_path: Path) -> None:
    other = """# A lesson about bills. It plays with: trainer verify shared-bill
id: shared-bill
version: 7
title: >
  Share a bill
summary: Enter a bill
  for a whole group.
family: budget
target:
  url: http://127.0.0.1:5000   # there
  sign_in:
    robin: []
as: robin
minutes: 4
steps:
  # one
- id: add
  say: Add it.
  do: [{click: 'button "Add"'}]

hide: ['label "Mail"']
"""
    head = head_of(other, "my-bill", "../schema.json")
    wanted = """# yaml-language-server: $schema=../schema.json
id: my-bill
version: 1
title: My bill
family: budget
target:
  url: http://127.0.0.1:5000   # there
  sign_in:
    robin: []
as: robin
minutes: 4
hide: ['label "Mail"']
"""
    assert head == wanted
    file = tmp_path / "my-bill.yaml"
    file.write_text(written(head, [Recorded([Click(target='button "Add"')])]), "utf-8")
    (checked,) = check_files([file], read_contract(ROOT / "scenarios"))
    assert [problem.message for problem in checked.problems] == [
        "step `step-1` cannot be passed: no check proves what was stored"
    ]


def test_keys_and_reloads_are_written_as_lessons_read_them(tmp_path: Path) -> None:
    pressed = [Press(key="Control+S", target="interview.answer"), Press(key="Escape"), Reload(), CloseTab()]
    file = tmp_path / "recorded-web.yaml"
    file.write_text(
        written(
            HEAD,
            [
                Recorded(
                    [*BEGIN, Tick(target="consent.agree", on=False), *pressed],
                    ["interview.status == 'in_progress'"],
                )
            ],
        ),
        "utf-8",
    )
    (checked,) = check_files([file], read_contract(ROOT / "scenarios"))
    assert checked.scenario is not None
    assert list(checked.scenario.steps[0].do[4:]) == pressed
    assert checked.scenario.steps[0].do[3] == Tick(target="consent.agree", on=False)


def test_opening_a_list_and_choosing_is_one_action() -> None:
    control = InMemoryControl()

    class Choosing(Acting):
        def next(self) -> Action | None:
            return self._left.popleft() if self._left else None

    chosen = Choose(target="candidates.filter_status", option="invited")
    person = Choosing(control, Click(target="candidates.filter_status"), chosen)
    (step,) = record(person, control, person.sandbox.id, lambda _seconds: None, lambda: False)
    assert step.do == [chosen]


def test_what_was_typed_is_proposed_before_what_stands_beside_it() -> None:
    bill = {
        "owers": [{"name": "Kim", "weight": 1}],
        "active": True,
        "what": "Tea",
        "payer": "Robin",
        "status": "open",
    }
    found = proposed({}, {"bills": [bill]}, {"Tea", "Robin"})
    assert found == ["bills[0].status == 'open'", "bills[0].what == 'Tea'", "bills[0].payer == 'Robin'"]


def test_an_account_a_country_and_a_headcount_are_no_counters() -> None:
    stored = {"accounts": [{"country": "Chile", "billId": 7, "bill_count": 2, "viewCount": 3}], "headcount": 4}
    assert proposed({}, stored) == ["accounts[0].country == 'Chile'", "headcount == `4`"]


@pytest.mark.parametrize("text", ["OFFICE\\robin", "C:\\", "it's", "`\\'`", "第一行\n第二行", '"tea"'])
def test_a_check_is_true_of_what_it_was_proposed_for(text: str) -> None:
    stored = {"name": text, "sizes": {"shoe size": 4}}
    checks = proposed({}, stored)
    assert [search(check, stored) for check in checks] == [True, True]


def test_what_differs_from_run_to_run_is_not_proposed() -> None:
    before = {"bills": [], "audit": {"count": 1}}
    bill = {"id": 7, "at": "2026-11-26", "key": "9f8e7d6c5b", "what": "Robin's", "amount": 12.5, "status": "open"}
    assert proposed(before, {"bills": [bill], "audit": {"count": 2}}) == [
        "bills[0].status == 'open'",
        "bills[0].what == 'Robin\\'s'",
        "bills[0].amount == `12.5`",
    ]
