"""Verdicts at a terminal: a word, a mark on the bar, and the rule where it cannot be seen."""

from __future__ import annotations

import pytest
from report_values import HOSTILE, NOW, explanation, objective, rendered, report, row, sample

from okrsync.model.run import Movement
from okrsync.model.verdict import Rule, Status, Verdict, Worst
from okrsync.report.explain import explain_text
from okrsync.report.run import run_text
from okrsync.report.status import status_text
from okrsync.report.text import progress_bar
from okrsync.report.verdicts import status_word

RULE = "41 % done, 57 % expected; preset viva"
BEHIND = Verdict(Status.BEHIND, f"behind: {RULE}", 0.41, 0.57)
ON_TRACK = Verdict(Status.ON_TRACK, "on track: 60 % done, 57 % expected; preset viva", 0.6, 0.57)


def shown(*verdicts: Verdict, why: bool = False, **of_objective: object) -> str:
    rows = [row(key_result=f"checkout-{number}", verdict=one) for number, one in enumerate(verdicts, 1)]
    return rendered(status_text([objective(*rows, **of_objective)], now=NOW, why=why))


def test_a_row_says_its_status_and_marks_what_is_expected() -> None:
    lines = shown(BEHIND).splitlines()
    assert "█████░│░░░░░" in lines[2]
    assert "behind" in lines[2]
    assert lines[-1].startswith("│ is where it should be by now.")


def test_the_rule_is_told_on_request() -> None:
    assert RULE not in shown(BEHIND)
    assert f"    checkout-1  behind: {RULE}" in shown(BEHIND, why=True)


@pytest.mark.parametrize(
    ("rule", "status", "because"),
    [
        (Rule.OVERRIDE, Status.ON_TRACK, "on track: set by ana on 2026-11-20"),
        (Rule.NO_DATA, Status.NO_DATA, "no data: no check-in gave a value yet"),
        (Rule.OVERDUE, Status.OVERDUE, "overdue: 41 % done, and it was due on 2026-11-01"),
        (Rule.BOUND, Status.AT_RISK, "at risk: it does not hold; it is 5 and should be below 3"),
    ],
)
def test_a_rule_that_the_row_cannot_show_is_told_at_once(rule: Rule, status: Status, because: str) -> None:
    assert because in shown(Verdict(status, because, rule=rule))


def test_what_holds_needs_no_words() -> None:
    holds = "on track: it holds, as it should until 2026-12-31"
    assert holds not in shown(Verdict(Status.ON_TRACK, holds, 1.0, rule=Rule.BOUND))


def test_a_contradiction_is_always_said() -> None:
    remark = "90 % of the work is done and the metric has not moved"
    assert remark in shown(Verdict(Status.AT_RISK, "at risk: …", 0.0, 0.5, remarks=(remark,)))


def test_a_status_that_a_person_set_has_a_star() -> None:
    assert status_word(Verdict(Status.ON_TRACK, "", overridden=True, rule=Rule.OVERRIDE)).plain == "on track*"


def test_an_objective_says_its_status_and_what_does_worst_in_it() -> None:
    worst = Worst("checkout-2", "Bugs", Verdict(Status.AT_RISK, "at risk: …"))
    head = shown(BEHIND, verdict=BEHIND, worst=worst).splitlines()[0]
    assert head.startswith("Buying is effortless  41 %  behind  worst: checkout-2 at risk  2026-Q4")
    well = Worst("checkout-2", "Bugs", ON_TRACK)
    assert "worst" not in shown(ON_TRACK, verdict=ON_TRACK, worst=well)


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.TOO_EARLY, Status.CLOSED])
def test_no_part_does_worst_where_nothing_is_to_be_done_about_it(status: Status) -> None:
    verdict = Verdict(status, "…")
    head = shown(verdict, verdict=verdict, worst=Worst("checkout-2", "Bugs", verdict), state=status.value).splitlines()[
        0
    ]
    assert head.count(status) == 1
    assert "worst" not in head


@pytest.mark.parametrize(
    ("status", "rule"),
    [(Status.ACHIEVED, Rule.ACHIEVED), (Status.POSTPONED, Rule.ENDED), (Status.NO_DATA, Rule.NO_DATA)],
)
def test_nothing_is_marked_where_nothing_is_expected_any_more(status: Status, rule: Rule) -> None:
    wanted = None if rule is Rule.NO_DATA else 0.5
    assert "│" not in shown(Verdict(status, "", 1.0, wanted, rule=rule))


@pytest.mark.parametrize(
    ("progress", "expected", "bar"),
    [(0.5, 1.0, "█████░░░░│"), (0.9, 0.25, "██│██████░"), (None, 0.5, "·····│····"), (0.0, 0.0, "░░░░░░░░░░")],
)
def test_the_mark_keeps_the_bar_as_long_as_it_is(progress: float | None, expected: float, bar: str) -> None:
    assert progress_bar(progress, 10, expected).plain.startswith(f"{bar} ")


def test_an_explanation_begins_with_the_verdict_and_its_rule() -> None:
    told = explanation(status=row(verdict=Verdict(Status.BEHIND, f"behind: {RULE}", 0.41, 0.57, remarks=("look",))))
    text = rendered(explain_text(told))
    assert f"Status: behind: {RULE}" in text
    assert "Mind: look" in text


def test_a_run_says_where_what_moved_stands_now() -> None:
    moved = Movement("checkout-1", "Ship it", sample(0.3), sample(0.41), (), BEHIND)
    assert "30 % → 41 %  +11 pts  behind" in rendered(run_text(report(movements=(moved,))))


def test_hostile_reasons_reach_no_terminal() -> None:
    found = Verdict(Status.ON_TRACK, f"on track: set by {HOSTILE}", rule=Rule.OVERRIDE, remarks=(HOSTILE,))
    worst = Worst(HOSTILE, HOSTILE, BEHIND)
    text = shown(found, verdict=found, worst=worst) + rendered(explain_text(explanation(status=row(verdict=found))))
    assert "\x1b" not in text
    assert "\u202e" not in text
