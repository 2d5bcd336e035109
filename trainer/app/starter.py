"""Starter: the first text of a new scenario file, which is valid, works, and explains itself."""

from __future__ import annotations

from trainer.core.contract import Contract

TEXT = """\
# yaml-language-server: $schema={schema}
# With the line above, editors complete verbs, checks, test ids and states, and underline what does not exist.
id: {id}
version: 1                       # raise it when the lesson changes its meaning
title: {title}
summary: Say in one sentence what one can do afterwards.
family: {family}
profile: {profile}
seed: {{dataset: {dataset}, random: 1}}   # the same numbers give the same people
as: {role}
minutes: 2
steps:
  - id: start
    say: Open your interview, read the notice, tick the box below it and press Begin.
    sees: The notice makes room for the device check.
    do:                          # how the demo does it; a target is a test id, never a label
      - click: home.start
      - tick: consent.agree
      - click: consent.begin
    expect:                      # what is true afterwards; `stored` looks at what the HR system has stored
      - stored: interview.status == 'in_progress'
    hints:                       # from a nudge to the exact place
      - The notice comes before anything is recorded.
      - Press Start the interview, tick the box, then press Begin.

  - id: devices
    say: Skip the device check.
    do:
      - click: device.skip
    accept:                      # other right ways, each a list of actions
      - - click: device.check
        - click: device.continue
    expect:
      - stored: sitting.device_check == 'done' || sitting.device_check == 'skipped'

  - id: answer
    repeat: ${{questions[0:1]}}     # ${{questions}} repeats the step for every question
    say: Answer question ${{question.number}} and press Submit answer.
    do:
      - fill: interview.answer
        text: ${{question.sample}}
      - click: interview.submit
    expect:
      - stored: sitting.answers[?question=='${{question.id}}'].saved | [0] == 'saved'

  - id: end
    say: Press End interview at the top right and confirm.
    do:
      - click: interview.end
      - click: dialog.confirm
    detour: [dialog.cancel]      # may be used without penalty
    expect:
      - stored: interview.status == 'incomplete'
      - as: hr                   # another role looks, in a window of its own
        see:
          candidates.row[${{candidate.id}}].status: incomplete
"""


def starter(scenario: str, family: str, profile: str, schema: str, contract: Contract) -> str:
    """Return the text of a scenario file to begin with.

    Args:
        scenario: Its id.
        family: Its family.
        profile: The kind of HR system it plays on.
        schema: Where ``schema.json`` is, as seen from the file.
        contract: What the HR system offers.
    """
    return TEXT.format(
        schema=schema,
        id=scenario,
        title=scenario.replace("-", " ").capitalize(),
        family=family,
        profile=profile,
        dataset=contract.datasets[0],
        role=contract.roles[0],
    )
