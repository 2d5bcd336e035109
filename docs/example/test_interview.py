"""A lesson as part of a test of one's own: the lesson brings people and pages, the test adds what it is about."""

import pytest


@pytest.mark.scenario("lessons/first-answer-web.yaml")
def test_a_cut_after_the_answer_loses_nothing(sandbox, player, judge):
    player.perform("start")
    player.perform("answer")
    judge.passes("answer")
    sandbox.inject("disconnected", seconds=1)
    player.window.sign_in("candidate")
    assert [answer["saved"] for answer in sandbox.stored()["sitting"]["answers"]].count("saved") == 1


@pytest.mark.scenario("normal-exit-web", lang="zh_CN")
def test_hr_sees_who_has_taken_part(sandbox, player):
    player.play()
    candidate = sandbox.info.context["candidate"]["id"]
    assert sandbox.window("hr").read_state(f"candidates.row[{candidate}].status") == "to_review"
