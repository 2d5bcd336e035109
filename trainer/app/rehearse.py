"""Rehearse: one Scenario in one Sandbox, Step by Step, in the order that somebody's own test wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trainer.app.examine import Examiner
from trainer.app.lint import did_you_mean
from trainer.app.play import KeepPicture, not_done, with_pictures
from trainer.core.actions import NotDone
from trainer.core.checks import Check, Looks, Outcome
from trainer.core.errors import BadInput
from trainer.core.judge import is_asked_for
from trainer.core.scenario import Step
from trainer.i18n import gettext as _


@dataclass
class Rehearsal:
    """Performs and judges single Steps.

    Attributes:
        steps: All Steps, as they are in the Sandbox.
        examiner: Looks and judges; its window is where the Steps are performed.
        name: What its pictures are named after.
        keep_picture: Keeps the picture of what did not pass.
    """

    steps: Sequence[Step]
    examiner: Examiner
    name: str
    keep_picture: KeepPicture
    _began: dict[str, int] = field(default_factory=dict)

    def perform(self, step: str) -> tuple[Outcome, ...]:
        """Do a Step's actions in the window, as the demo does.

        Returns:
            The action that could not be done, as a failed Outcome with a picture; nothing if all were done.

        Raises:
            BadInput: There is no such Step.
            BrokenEnvironment: The browser or the sandbox HRMS is gone.
        """
        wanted = self._step(step)
        self._began[wanted.id] = self.examiner.control.events(self.examiner.sandbox, 0)[1]
        for action in wanted.do:
            try:
                action.perform(self.examiner.window)
            except NotDone as error:
                return self._kept(wanted, [(None, not_done(action, error))])
        return ()

    def judge(self, step: str) -> tuple[Outcome, ...]:
        """Look until the checks of a Step hold, or patience ends, and return what was found.

        A Step that was not performed here, but in some other way, is judged by all that has happened so far.

        Raises:
            BadInput: There is no such Step.
            BrokenEnvironment: The browser or the sandbox HRMS is gone.
        """
        wanted = self._step(step)
        found = self.examiner.examine(wanted.expect, self._began.get(wanted.id, 0))
        return self._kept(wanted, [(check, outcome) for check, outcomes in found for outcome in outcomes])

    def is_asked_for(self, step: Step) -> bool:
        """Tell whether the branch of a Step is taken with what is stored now; raises `LookFailed`."""
        return is_asked_for(step, Looks(self.examiner.control.snapshot(self.examiner.sandbox)))

    def _kept(self, step: Step, judged: Sequence[tuple[Check | None, Outcome]]) -> tuple[Outcome, ...]:
        pictured = with_pictures(tuple(judged), f"{self.name}.{step.id}", self.examiner, self.keep_picture)
        return tuple(outcome for _check, outcome in pictured)

    def _step(self, name: str) -> Step:
        names = [step.id for step in self.steps]
        if name not in names:
            raise BadInput(
                _("There is no step `{step}` in this lesson.").format(step=name), did_you_mean(name, names)
            )
        return self.steps[names.index(name)]
