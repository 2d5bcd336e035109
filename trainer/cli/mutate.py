"""`verify --mutate`: mutants of lessons in real browsers, and what is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from trainer import bootstrap
from trainer.app.mutate import Judged, Proof
from trainer.app.verify import Job
from trainer.cli.shares import in_shares
from trainer.cli.table import table
from trainer.core.errors import ExitCode
from trainer.i18n import gettext as _


def prove_all(work: Sequence[Job], workers: int, sample: int | None) -> tuple[Proof, ...]:
    """Run the mutants of all lessons, in several processes if wanted; long lessons first make even shares.

    Args:
        work: The lessons.
        workers: So many processes at most.
        sample: So many wrong runs a lesson at most; None for all of them.
    """
    if workers == 1:
        return prove(work, sample)
    longest_first = sorted(work, key=lambda job: -len(job.scenario.steps))
    proofs = in_shares(partial(prove, sample=sample), longest_first, workers)
    order = [job.scenario.id for job in work]
    return tuple(sorted(proofs, key=lambda proof: order.index(proof.scenario)))


def prove(work: Sequence[Job], sample: int | None) -> tuple[Proof, ...]:
    """Run the mutants of a share of the lessons with one sandbox HRMS and one browser."""
    proofs = []
    with (
        bootstrap.passing_hrms() as process,
        bootstrap.control(process) as control,
        bootstrap.browser() as browser,
    ):
        for job in work:
            with bootstrap.stage(process, control, lang=job.lang, browser=browser) as stage:
                prover = bootstrap.prover(job.scenario, job.lang, control, stage, Talk())
                proof = prover.prove(job.scenario, sample)
            _tell(proof, job.lang)
            proofs.append(proof)
    return tuple(proofs)


class Talk:
    """Tells on standard error what the judge said of each mutant."""

    def mutant(self, judged: Judged, number: int, total: int) -> None:
        """Tell a verdict; a wrong one, and one that could not be given, with the reason."""
        where = f"{judged.scenario} {number}/{total} {judged.mutant.id}"
        word = verdict_of(judged)
        told = f"{word}: {judged.ended}" if word else _("judged rightly")
        click.echo(f"{where}: {told} ({judged.seconds:.2f} s)", err=True)


def _tell(proof: Proof, lang: str) -> None:
    told = _("{scenario} {lang}: {count} mutants, {false} judged wrongly, {seconds:.0f} s").format(
        scenario=proof.scenario,
        lang=lang,
        count=len(proof.judged),
        false=sum(one.false_pass or one.false_fail for one in proof.judged),
        seconds=sum(one.seconds for one in proof.judged),
    )
    click.echo(told, err=True)
    if proof.error:
        click.echo(f"{proof.scenario} {lang}: {proof.error}", err=True)


def verdict_of(judged: Judged) -> str:
    """Return what is wrong with a verdict, or ""."""
    if judged.false_pass:
        return _("FALSE PASS")
    if judged.false_fail:
        return _("FALSE FAIL")
    return _("UNKNOWN") if judged.verdict == "unknown" else ""


def exit_code(proofs: Sequence[Proof]) -> ExitCode:
    """Return 1 when a verdict was wrong, else 3 when anything could not be judged, else 0."""
    judged = [one for proof in proofs for one in proof.judged]
    if any(one.false_pass or one.false_fail for one in judged):
        return ExitCode.CHECK_FAILED
    unknown = any(proof.error for proof in proofs) or any(one.verdict == "unknown" for one in judged)
    return ExitCode.ENVIRONMENT if unknown else ExitCode.PASSED


def doubtful(proofs: Sequence[Proof]) -> str:
    """Return the id of the first lesson whose mutants were not all judged rightly, or ""."""
    return next((proof.scenario for proof in proofs if exit_code((proof,)) is not ExitCode.PASSED), "")


def as_data(proofs: Sequence[Proof]) -> dict[str, Any]:
    """Return the proofs as the data that `--json` prints."""
    judged = [one for proof in proofs for one in proof.judged]
    left = [(proof.scenario, one) for proof in proofs for one in proof.left_out]
    return {
        "mutants": len(judged),
        "wrong_runs": sum(one.mutant.expected == "fail" for one in judged),
        "right_runs": sum(one.mutant.expected == "pass" for one in judged),
        "false_pass": sum(one.false_pass for one in judged),
        "false_fail": sum(one.false_fail for one in judged),
        "unknown": sum(one.verdict == "unknown" for one in judged),
        "equivalent": sum(one.kind == "equivalent" for _scenario, one in left),
        "excluded": sum(one.kind == "excluded" for _scenario, one in left),
        "not_drawn": sum(one.kind == "not_drawn" for _scenario, one in left),
        "errors": [{"scenario": proof.scenario, "error": proof.error} for proof in proofs if proof.error],
        "judged": [
            {
                "scenario": one.scenario,
                "step": one.mutant.step,
                "operator": one.mutant.operator,
                "detail": one.mutant.detail,
                "expected": one.mutant.expected,
                "verdict": one.verdict,
                "seconds": round(one.seconds, 3),
                "ended": one.ended,
            }
            for one in judged
        ],
        "left_out": [
            {
                "scenario": scenario,
                "step": one.step,
                "operator": one.operator,
                "detail": one.detail,
                "kind": one.kind,
                "reason": one.reason,
            }
            for scenario, one in left
        ],
    }


def as_table(proofs: Sequence[Proof]) -> str:
    """Return the proofs as a table for a person, one row for each operator, and the two rates."""
    judged = [one for proof in proofs for one in proof.judged]
    left = [one for proof in proofs for one in proof.left_out]
    names = dict.fromkeys([one.mutant.operator for one in judged] + [one.operator for one in left])
    head = (
        _("Operator"),
        _("Must"),
        _("Mutants"),
        _("Judged wrongly"),
        _("Equivalent"),
        _("Excluded"),
        _("Not drawn"),
        _("Seconds"),
    )
    rows = []
    for name in names:
        own = [one for one in judged if one.mutant.operator == name]
        kinds = [one.kind for one in left if one.operator == name]
        must = {one.mutant.expected for one in own}
        rows.append(
            (
                name,
                _("pass") if must == {"pass"} else _("fail") if must else "-",
                str(len(own)),
                str(sum(one.false_pass or one.false_fail for one in own)),
                str(kinds.count("equivalent")),
                str(kinds.count("excluded")),
                str(kinds.count("not_drawn")),
                f"{sum(one.seconds for one in own) / max(len(own), 1):.1f}",
            )
        )
    data = as_data(proofs)
    rates = _("False passes: {passed}/{wrong} wrong runs. False fails: {failed}/{right} right runs.").format(
        passed=data["false_pass"],
        wrong=data["wrong_runs"],
        failed=data["false_fail"],
        right=data["right_runs"],
    )
    return f"{table(head, rows)}\n{rates}"
