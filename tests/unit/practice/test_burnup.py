"""Burn-ups from a store: what was there each week, what was expected, and where the goal turned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from forecast_past import NOW, with_work, work
from practising import Practice

from okrsync.method.definition import stamped
from okrsync.method.review import Review
from okrsync.model.burnup import BurnUp
from okrsync.model.outlook import Outlook
from okrsync.model.sample import Sample
from okrsync.model.work import Outcome, State
from okrsync.practice.burnup import burn_up
from okrsync.practice.closing import close, ending
from okrsync.practice.review import review
from okrsync.views import find

STEADY = [3, 1, 0, 4, 2, 5, 3]


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    return with_work(tmp_path / "acme")


def drawn(acme: Practice, key_result: str = "checkout-1") -> tuple[BurnUp | None, Outlook | None]:
    with acme.desk() as desk:
        return burn_up(desk, find(desk.okrs, key_result))


def test_work_burns_up_week_by_week_within_the_cycle(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=14)
    chart, outlook = drawn(acme)
    assert chart is not None
    assert outlook is not None
    assert chart.past[0].at >= datetime(2026, 10, 1, tzinfo=UTC)
    assert [one.made for one in chart.past][-3:] == [15, 18, 18], "the last midnight, and now"
    assert {one.goal for one in chart.past} == {32}
    assert (chart.unit, chart.due, chart.until) == ("items", date(2026, 12, 31), NOW)


def test_the_expected_line_leads_from_nothing_to_the_goal(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=14)
    chart, _ = drawn(acme)
    assert chart is not None
    assert [(one.day, one.value) for one in chart.expected] == [(date(2026, 10, 1), 0), (date(2026, 12, 31), 32)]


def test_the_fan_begins_where_the_work_stands(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=14)
    chart, _ = drawn(acme)
    assert chart is not None
    assert chart.ahead[0].made == (18, 18, 18, 18)
    for one in chart.ahead:
        assert list(one.made) == sorted(one.made, reverse=True), "the surer, the less"


def test_what_falls_is_drawn_falling(acme: Practice) -> None:
    work(acme, "checkout-2", STEADY, added=[1] * 7, remaining=17)
    chart, _ = drawn(acme, "checkout-2")
    assert chart is not None
    assert (chart.past[-1].made, chart.past[-1].goal, chart.falling) == (17, 5, True)
    assert [one.value for one in chart.expected] == [40, 5]


def test_where_the_goal_turned_is_marked(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=14)
    plain = Sample("checkout-1", NOW - timedelta(days=20), 0.3, 0.3)
    turned = msgspec.structs.replace(
        plain, target=0.8, at=NOW - timedelta(days=10), changed=("target 1 to 0.8", "links changed")
    )
    with acme.desk() as desk, desk.store.transaction():
        desk.store.history.add_sample(plain)
        desk.store.history.add_sample(turned)
    chart, _ = drawn(acme)
    assert chart is not None
    assert [(one.at, one.words) for one in chart.turns] == [(turned.at, "target 1 to 0.8; links changed")]


def test_what_is_over_is_drawn_as_of_its_end_and_not_forecast(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=14)
    acme.now = datetime(2027, 1, 9, tzinfo=UTC)
    acme.rewrite("{id: 2026-Q4,", "{id: 2026-Q4, state: closed,")
    chart, outlook = drawn(acme)
    assert outlook is None
    assert chart is not None
    assert chart.ahead == ()
    assert chart.until < datetime(2027, 1, 1, tzinfo=UTC)
    assert chart.past[-1].made == 18


def test_a_yes_or_no_has_no_burn_up(acme: Practice) -> None:
    chart, outlook = drawn(acme, "rota")
    assert chart is None
    assert outlook is not None
    assert outlook.why


def test_the_review_of_a_cycle_that_goes_on_has_all_of_it(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=14)
    acme.know(NOW - timedelta(days=1), 18 / 32)
    acme.say("checkout-1", who="ana", note="on the way")
    with acme.desk() as desk:
        found = review(desk, "2026-q4")
    (objective,) = found.objectives
    one = objective.key_results[0]
    assert (found.cycle, found.closed, found.earlier) == ("2026-Q4", None, ())
    assert one.burn_up is not None
    assert one.moved is not None
    assert one.moved.said.startswith("+")
    assert one.said is not None
    assert one.said.note == "on the way"
    assert [team.end for team in found.figures] == [NOW.date()]
    assert found.remarks


def moved_target(acme: Practice, name: str = "checkout-2", before: float = 20.0) -> Sample:
    """Ten days ago the target went from ``before`` to what the files say."""
    with acme.desk() as desk, desk.store.transaction():
        first = stamped(Sample(name, NOW - timedelta(days=40), 30, 0.5), find(desk.okrs, name))
        turned = msgspec.structs.replace(
            first, at=NOW - timedelta(days=10), changed=(f"target {before:g} to 5",), before=0.9, raw=0.5
        )
        desk.store.history.add_sample(msgspec.structs.replace(first, target=before))
        desk.store.history.add_sample(turned)
    return turned


def test_a_moved_goal_is_drawn_where_it_was_and_moves_when_it_did(acme: Practice) -> None:
    work(acme, "checkout-2", STEADY, remaining=17)
    turned = moved_target(acme)
    chart, _ = drawn(acme, "checkout-2")
    assert chart is not None
    assert [(one.at, one.value) for one in chart.goals if one.at in (turned.at, chart.past[0].at)] == [
        (chart.past[0].at, 20),
        (turned.at, 5),
    ]
    assert {one.goal for one in chart.past if one.at < turned.at} == {20}
    assert {one.goal for one in chart.past if one.at > turned.at} == {5}
    (before, after) = [one.value for one in chart.expected if one.day == turned.at.date()]
    assert before > after, "what was expected moved with the goal"
    assert (chart.expected[0].value, chart.expected[-1].value) == (40, 5)


def test_a_turn_tells_the_progress_before_and_after(acme: Practice) -> None:
    work(acme, "checkout-2", STEADY, remaining=17)
    moved_target(acme)
    chart, _ = drawn(acme, "checkout-2")
    assert chart is not None
    assert [(one.before, one.after) for one in chart.turns] == [(0.9, 0.5)]


def test_work_that_was_there_at_the_start_is_expected_from_the_start(acme: Practice) -> None:
    acme.rewrite("{type: completion}", "{type: completion, start: 0.5}")
    work(acme, "checkout-1", STEADY, remaining=14)
    chart, _ = drawn(acme)
    assert chart is not None
    assert [one.value for one in chart.expected] == [16, 32]


def shown(acme: Practice) -> Review:
    with acme.desk() as desk:
        return review(desk, "2026-Q4")


def finish_everything(acme: Practice) -> None:
    with acme.desk() as desk, desk.store.transaction():
        parts = list(desk.store.links.parts("checkout-1"))
        done = {"state": State.DONE, "outcome": Outcome.DELIVERED, "closed": acme.now, "updated": acme.now}
        items = [msgspec.structs.replace(one, **done) for one, _ in parts if one.state is not State.DONE]
        assert items
        desk.store.items.keep(items, lambda label: False)


def test_the_report_of_a_closed_cycle_stays_as_it_was(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=14)
    acme.know(NOW - timedelta(days=1), 18 / 32)
    acme.say("checkout-1", note="before")
    with acme.desk() as desk:
        close(desk, ending(desk, "2026-Q4"), {}, who="ana", accept=True, reopen=False)
    before = shown(acme)
    assert before.objectives[0].key_results[0].outlook is not None
    acme.later(weeks=2)
    acme.say("checkout-1", note="after")
    finish_everything(acme)
    acme.know(acme.now, 0.9)
    assert shown(acme).objectives == before.objectives
    acme.rewrite("{id: 2026-Q4,", "{id: 2026-Q4, state: closed,")
    assert shown(acme).objectives == before.objectives
    acme.later(weeks=8)
    assert shown(acme).objectives == before.objectives


def test_the_report_of_a_closed_cycle_needs_no_file(acme: Practice) -> None:
    acme.know(NOW - timedelta(days=1), 18 / 32)
    with acme.desk() as desk:
        close(desk, ending(desk, "2026-Q4"), {}, who="ana", accept=True, reopen=False)
    acme.rewrite("2026-Q4", "2027-Q1")
    found = shown(acme)
    assert (found.cycle, found.start) == ("2026-Q4", date(2026, 10, 1))
    assert [one.ended.id for one in found.objectives] == ["checkout"]
