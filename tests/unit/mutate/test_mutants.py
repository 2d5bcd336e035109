"""Labels are fixed by the operator and the step's annotations; what cannot be labelled is left out and told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.builders import CONTEXT, a_scenario, a_step
from tests.unit.mutate.course import course, false_ones, proven
from trainer.adapters.in_memory import QUESTIONS
from trainer.core.actions import Choose, Clear, Click, CloseTab, Detour, Fill, Inject, SignIn, Tick
from trainer.core.checks import Event, FieldValue, Stored
from trainer.core.mutants import LeftOut, Mutant, Scene, mutants_of
from trainer.core.scenario import Step

ROOT = Path(__file__).parents[3]
DONE = Stored(stored="interview.status == 'done'")


def made(*steps: Step, **scenes: Scene) -> tuple[dict[str, Mutant], dict[str, LeftOut]]:
    """Return mutants and those left out by their ids."""
    bound = a_scenario(*steps).steps_for(CONTEXT)
    mutants, left = mutants_of(bound, scenes)
    assert len({one.id for one in mutants}) == len(mutants)
    return {one.id: one for one in mutants}, {f"{one.step}/{one.operator}": one for one in left}


def texts(mutant: Mutant) -> list[str]:
    return [f"{move.action.verb} {move.action.aim() or ''}".strip() for move in mutant.moves]


def test_every_operator_is_documented() -> None:
    told = re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\| (`.*?) \|", _document(), re.MULTILINE)))
    proof = proven(course())
    used = {one.mutant.operator for one in proof.judged} | {one.operator for one in proof.left_out}
    assert used <= set(told)
    assert len(told) == len(set(told))


def _document() -> str:
    return (ROOT / "docs" / "mutants.md").read_text("utf-8")


def test_any_text_is_right_unless_a_check_asks_for_it() -> None:
    fill = Fill(target="offer.note", text="P5")
    free, _left = made(a_step(do=(fill,), expect=(DONE,)))
    assert free["end/other_text/offer.note"].expected == "pass"
    assert "end/wrong_value/offer.note" not in free
    for check in (Stored(stored="offer.grade == 'P5'"), FieldValue(target="offer.note", equals="P5")):
        fixed, _left = made(a_step(do=(fill,), expect=(DONE, check)))
        assert fixed["end/wrong_value/offer.note"].expected == "fail"
        assert "end/other_text/offer.note" not in fixed
    longer, _left = made(a_step(do=(fill,), expect=(Stored(stored="offer.grade == 'P55'"),)))
    assert "end/other_text/offer.note" in longer


def test_a_text_that_a_later_step_asks_for_is_fixed_until_it_is_typed_anew() -> None:
    first = a_step(id="first", do=(Fill(target="a", text="one"),), expect=(DONE,))
    asking = a_step(id="asking", do=(Click(target="b"),), expect=(DONE, FieldValue(target="a", equals="one")))
    anew = a_step(id="anew", do=(Fill(target="a", text="two"),), expect=(DONE,))
    assert "first/wrong_value/a" in made(first, asking)[0]
    assert "first/other_text/a" in made(first, anew, asking)[0]


def test_a_number_is_changed_to_another_number() -> None:
    mutants, _left = made(a_step(do=(Fill(target="a", text="12"),), expect=(Stored(stored="a == `12`"),)))
    (move,) = mutants["end/wrong_value/a"].moves
    assert isinstance(move.action, Fill)
    assert move.action.text == "31"


def test_an_option_that_is_asked_for_is_changed_on_the_page() -> None:
    choose = Choose(target="rating", option="4")
    fixed = made(a_step(do=(choose,), expect=(Stored(stored="rating == '4'"),)))[0]
    assert fixed["end/wrong_value/rating"].expected == "fail"
    assert fixed["end/wrong_value/rating"].moves[0].other_option


def test_what_an_option_or_a_number_decides_is_not_guessed() -> None:
    for action, operator in (
        (Choose(target="grade", option="P4"), "other_option"),
        (Fill(target="pay", text="12,500"), "other_text"),
    ):
        mutants, left = made(a_step(do=(action,), expect=(Stored(stored="payroll.short == `2000`"),)))
        assert not [one for one in mutants.values() if one.operator in {operator, "wrong_value"}]
        assert left[f"end/{operator}"].kind == "excluded"


def test_a_number_that_counts_does_not_ask_for_what_is_chosen_several_times() -> None:
    ratings = tuple(Choose(target=f"rating[{name}]", option="4") for name in "ab")
    mutants, _left = made(a_step(do=ratings, expect=(Stored(stored="record.rated == `4`"),)))
    assert not [one for one in mutants.values() if one.operator == "wrong_value"]


def test_a_click_that_only_leads_somewhere_may_be_left_out() -> None:
    step = a_step(do=(Click(target="menu"), Tick(target="box"), Click(target="save")), expect=(DONE,))
    mutants, left = made(step)
    assert texts(mutants["end/skip_action/box"]) == ["click menu", "click save"]
    assert texts(mutants["end/skip_action/save"]) == ["click menu", "tick box"]
    assert left["end/skip_action"].detail == "menu"
    assert left["end/skip_action"].kind == "excluded"


def test_a_wrong_element_is_one_that_was_there_and_that_no_right_way_uses() -> None:
    step = a_step(
        do=(Click(target="end"), Click(target="confirm")),
        expect=(DONE,),
        accept=((Click(target="quick"),),),
        detour=(Detour(target="cancel"),),
    )
    scene = Scene(last=("home", "help", "quick", "confirm", "cancel"))
    mutants, _left = made(step, end=scene)
    wrong = [one for one in mutants.values() if one.operator == "wrong_element"]
    assert [(one.detail, texts(one)) for one in wrong] == [
        ("cancel", ["click end", "click cancel"]),
        ("help", ["click end", "click help"]),
    ]
    assert texts(mutants["end/detour/cancel"]) == ["click end", "click cancel", "click end", "click confirm"]
    assert texts(mutants["end/accepted_way/1"]) == ["click quick"]


def test_what_the_training_system_does_is_left_to_it() -> None:
    struck = a_step(id="struck", do=(Inject(fault="slow"),), expect=())
    cured = a_step(id="cured", do=(Clear(fault="slow"), Click(target="go")), expect=(DONE,))
    mutants, left = made(struck, cured, a_step(do=(Click(target="bye"),), expect=(DONE,)))
    assert not [one for one in mutants.values() if one.step == "struck"]
    assert left["struck/skip_step"].reason == "the training system acts here, nobody can leave it out"
    assert left["struck/swap_steps"].kind == "excluded"
    assert texts(mutants["cured/fault_not_cured/slow"]) == ["clear", "click bye"]


def test_a_last_step_that_is_what_a_faulty_one_asks_for_is_no_wrong_run() -> None:
    struck = a_step(id="struck", do=(Inject(fault="slow"),), expect=(DONE,))
    refused, end = (a_step(id=name, do=(Click(target="bye"),), expect=(DONE,)) for name in ("refused", "end"))
    between = a_step(id="between", do=(Click(target="wait"),), expect=(DONE,))
    mutants, left = made(struck, refused, between, end)
    assert "refused/fault_not_cured/slow" not in mutants
    assert left["refused/fault_not_cured"].kind == "equivalent"


def test_what_only_the_window_can_tell_is_no_matter_of_records() -> None:
    close = a_step(id="close", do=(CloseTab(),), expect=(DONE,))
    back = a_step(id="back", do=(SignIn(role="candidate"),), expect=(DONE,))
    look = a_step(do=(Click(target="quit"),), expect=(DONE,))
    mutants, left = made(close, back, look, end=Scene(held=True))
    for step in ("close", "back", "end"):
        assert {left[f"{step}/{name}"].kind for name in ("lost_record", "forged_report")} == {"excluded"}
        assert mutants[f"{step}/skip_step"].expected == "fail"
    assert left["close/closed_early"].reason == "closing is what the step asks for"
    assert left["back/closed_early"].reason == "no tab is open any more"
    assert "end/lost_record" in made(look)[0]


def test_a_page_that_is_still_open_opens_a_report_again() -> None:
    opened = a_step(id="open", do=(Click(target="a"),), expect=(Event(event="report_opened"),))
    mutants, left = made(opened, a_step(id="end", do=(Click(target="b"),), expect=(DONE,)))
    assert left["open/lost_record"].reason == "the page is still open, and opens it again by itself"
    assert {"open/forged_report", "end/lost_record"} <= mutants.keys()


def test_after_a_detour_what_led_there_is_done_again_where_it_can_be() -> None:
    step = a_step(
        id="mark",
        do=tuple(Click(target=name) for name in ("menu", "list", "mark")),
        detour=(Detour(target="filter"),),
        expect=(DONE,),
    )
    mutants, _left = made(step, mark=Scene(last=("filter", "mark")))
    mutant = mutants["mark/detour/filter"]
    assert texts(mutant) == ["click menu", "click list", "click filter", "click list", "click mark"]
    assert [move.if_possible for move in mutant.moves] == [False, False, False, True, False]


def test_copies_between_the_first_and_the_last_are_the_same_run() -> None:
    again = a_step(id="again", repeat="${questions}", do=(Click(target="a"),), expect=(DONE,))
    bound = a_scenario(again).steps_for({**CONTEXT, "questions": QUESTIONS})
    mutants, left = mutants_of(bound, {})
    assert {one.step for one in mutants} == {"again.1", "again.4"}
    assert {one.kind for one in left if one.step in {"again.2", "again.3"}} == {"equivalent"}
    assert _operators(mutants, "again.4") >= {"skip_step", "closed_early", "twice"}


def _operators(mutants: Sequence[Mutant], step: str) -> set[str]:
    return {one.operator for one in mutants if one.step == step}


def test_what_may_be_left_out_or_done_in_any_order_must_pass_so() -> None:
    one = a_step(id="one", do=(Click(target="a"),), expect=(DONE,), any_order="pair")
    two = a_step(id="two", do=(Click(target="b"),), expect=(DONE,), any_order="pair")
    may = a_step(id="may", do=(Click(target="c"),), expect=(DONE,), optional=True)
    mutants, left = made(one, two, may, a_step(do=(Click(target="d"),), expect=(DONE,)))
    swapped = mutants["one/any_order/two"]
    assert (swapped.expected, texts(swapped)) == ("pass", ["click b", "click a"])
    skipped = mutants["may/left_out"]
    assert (skipped.expected, texts(skipped)) == ("pass", ["click d"])
    assert "may/skip_step" not in mutants
    assert {left[f"{step}/swap_steps"].kind for step in ("two", "may")} == {"excluded"}


def test_a_branch_that_is_not_taken_is_told() -> None:
    begin, *rest = course().steps
    other = a_step(id="other", do=(Click(target="nowhere"),), when="interview.status == 'to_review'")
    proof = proven(course().model_copy(update={"steps": (begin, other, *rest)}))
    assert false_ones(proof) == []
    assert [one.reason for one in proof.left_out if one.step == "other"] == [
        "its branch is not taken with this lesson's data"
    ]


def test_what_comes_about_each_time_is_not_done_twice() -> None:
    copy = a_step(do=(Click(target="backups.make"),), expect=(Event(event="backup_made"),))
    mutants, left = made(copy)
    assert "end/twice" not in mutants
    assert left["end/twice"].kind == "excluded"
    assert "end/twice" in made(a_step(do=(Click(target="save"),), expect=(DONE,)))[0]
