"""A wrong run starts where the right way passes: a copy that lacks what a browser keeps is no copy."""

from __future__ import annotations

from tests.unit.mutate.course import Laboratory, course, opening
from trainer.adapters.in_memory import InMemoryWindow


class KeepingWindow(InMemoryWindow):
    """A window of a system whose unfinished work only the browser has in which it was typed."""

    typed = False

    def fill(self, target: str, text: str) -> None:
        super().fill(target, text)
        self.typed = True

    def click(self, target: str) -> None:
        if target == "resume.continue" and not self.typed:
            self.wait_for("resume.gone", visible=True)
        super().click(target)


def test_from_wherever_a_wrong_run_starts_the_right_way_passes() -> None:
    laboratory = Laboratory(course(), stage=opening(KeepingWindow))
    path = laboratory.prover.path
    right = path.right_run(course())
    for number, step in enumerate(right.steps):
        with path.at(course(), right, number) as trainee:
            for action in step.do:
                action.perform(trainee.window)
    names = [step.id for step in right.steps]
    lacking = {names[number]: one.lacking for number, one in enumerate(right.stations)}
    assert lacking["resume"] == names.index("resume")
    assert right.stations[names.index("note")].proven >= names.index("resume")


def test_a_copy_is_tried_once() -> None:
    laboratory = Laboratory(course(), stage=opening(KeepingWindow))
    path = laboratory.prover.path
    right = path.right_run(course())
    number = [step.id for step in right.steps].index("resume")
    made = []
    for _time in range(3):
        before = len(laboratory.stage.left)
        with path.at(course(), right, number):
            pass
        made.append(len(laboratory.stage.left) - before)
    assert made[0] > made[1] == made[2] == 1
