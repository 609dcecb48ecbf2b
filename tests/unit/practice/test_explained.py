"""Every figure can be traced: past ones, frozen ones, those that people gave, and those of objectives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import fsum
from pathlib import Path

import pytest
from forecast_past import NOW, with_work, work
from practising import Practice

from okrsync.errors import ConfigError
from okrsync.model.status import Explanation, ObjectiveExplanation
from okrsync.practice.closing import close, ending
from okrsync.practice.replay import replay
from okrsync.views import find

EARLIER = NOW - timedelta(weeks=3)


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    made = with_work(tmp_path / "acme")
    work(made, "checkout-1", [3, 1, 0, 4, 2, 5, 3], added=[0, 0, 0, 0, 0, 2, 0], remaining=14)
    return made


def read(acme: Practice, key_result: str = "checkout-1", at: datetime | None = None) -> None:
    """Measure what a sync would have measured at a time."""
    with acme.desk() as desk, desk.store.transaction():
        desk.store.history.add_sample(replay(desk.store, find(desk.okrs, key_result), at or acme.now))


def explained(acme: Practice, name: str = "checkout-1", at: datetime | None = None) -> Explanation:
    with acme.open() as opened:
        found = opened.explain(name, at)
    assert isinstance(found, Explanation)
    return found


def objective(acme: Practice, name: str = "checkout", at: datetime | None = None) -> ObjectiveExplanation:
    with acme.open() as opened:
        found = opened.explain(name, at)
    assert isinstance(found, ObjectiveExplanation)
    return found


def adds_up(found: Explanation) -> bool:
    sample = found.status.sample
    assert sample is not None
    assert all(one.item != "since" for one in found.contributions)
    adds = fsum(one.adds for one in found.contributions)
    return (adds, fsum(one.of for one in found.contributions)) == (sample.numerator, sample.denominator)


def close_it(acme: Practice, *, write: bool = False) -> None:
    with acme.desk() as desk:
        close(desk, ending(desk, "2026-Q4"), {}, who="ana", accept=True, reopen=False)
    if write:
        acme.rewrite("end: 2026-12-31}", "end: 2026-12-31, state: closed}")


def test_a_past_day_is_explained_by_the_items_as_they_were(acme: Practice) -> None:
    read(acme, at=EARLIER)
    read(acme)
    then, now = explained(acme, at=EARLIER + timedelta(hours=1)), explained(acme)
    assert adds_up(then)
    assert adds_up(now)
    assert then.status.sample is not None
    assert now.status.sample is not None
    assert (then.status.sample.numerator, then.status.sample.denominator) == (8, 30)
    assert (now.status.sample.numerator, now.status.sample.denominator) == (18, 32)
    assert (then.at, now.at) == (EARLIER + timedelta(hours=1), None)


def test_a_past_day_is_explained_under_the_definition_of_then(acme: Practice) -> None:
    read(acme, at=EARLIER)
    with acme.desk() as desk, desk.store.transaction():
        from okrsync.method.definition import digest, subject, written

        key_result = find(desk.okrs, "checkout-1").key_result
        desk.store.history.set_fingerprint(subject("checkout-1", digest(key_result)), written(key_result))
    acme.rewrite("measure: {type: completion}", "measure: {type: completion, in_progress_credit: 0.5}")
    assert adds_up(explained(acme, at=EARLIER + timedelta(days=1)))


def test_before_anybody_measured_there_is_nothing_to_explain(acme: Practice) -> None:
    found = explained(acme, at=EARLIER)
    assert (found.contributions, found.status.sample) == ((), None)


def test_a_closed_key_result_is_explained_by_what_its_closing_froze(acme: Practice) -> None:
    read(acme)
    close_it(acme, write=True)
    before = explained(acme)
    acme.later(weeks=2)
    work(acme, "checkout-1", [9, 9], remaining=0)
    read(acme)
    after = explained(acme)
    assert adds_up(after)
    assert (after.status.sample, after.contributions) == (before.status.sample, before.contributions)
    assert len(after.contributions) == 32


def test_the_day_of_the_closing_is_explained_as_it_was_frozen_though_work_goes_on(acme: Practice) -> None:
    read(acme)
    frozen = acme.now
    close_it(acme)
    acme.later(hours=3)
    work(acme, "checkout-1", [9, 9], remaining=0)
    read(acme)
    then = explained(acme, at=frozen.replace(hour=23))
    assert then.status.sample is not None
    assert then.status.sample.at == frozen
    assert adds_up(then)


def test_a_value_that_people_gave_names_the_check_in(acme: Practice) -> None:
    acme.say("checkout-3", EARLIER, value=2.4, note="from the dashboard")
    read(acme, "checkout-3", EARLIER)
    acme.say("checkout-3", value=2.7, who="ben")
    read(acme, "checkout-3")
    now, then = explained(acme, "checkout-3"), explained(acme, "checkout-3", EARLIER + timedelta(days=1))
    assert now.said is not None
    assert then.said is not None
    assert (now.said.who, now.said.value) == ("ben", 2.7)
    assert (then.said.who, then.said.value, then.said.note) == ("ana", 2.4, "from the dashboard")
    shown = acme.call("explain", "checkout-3", "--at", f"{EARLIER:%Y-%m-%d}").stdout
    assert "Value: 2.4 %, said by ana on 2026-11-01: from the dashboard" in shown
    assert explained(acme).said is None, "tickets give this one"


def test_the_parts_of_an_objective_add_up_to_it(acme: Practice) -> None:
    acme.rewrite("title: Ship the one-page checkout", "title: Ship the one-page checkout\n        weight: 3")
    acme.rewrite("title: Points shipped", "title: Points shipped\n        state: postponed")
    read(acme)
    found = objective(acme)
    assert [(one.id, one.weight, one.left_out) for one in found.parts] == [
        ("checkout-1", 3, ""),
        ("checkout-2", 1, ""),
        ("checkout-3", 1, ""),
        ("checkout-4", 1, "it is postponed"),
        ("rota", 1, ""),
    ]
    assert fsum(one.share for one in found.parts) == pytest.approx(1)
    assert fsum(one.share * (one.progress or 0) for one in found.parts) == pytest.approx(found.progress)
    assert found.score is None
    shown = acme.call("explain", "CHECKOUT").stdout
    assert "50 %" in shown
    assert "it is postponed" in shown
    assert "the weighted mean of its key results" in shown


def test_an_objective_of_a_closed_cycle_is_explained_with_its_scores(acme: Practice) -> None:
    read(acme)
    close_it(acme)
    found = objective(acme)
    assert found.score == pytest.approx(fsum(one.share * (one.score or 0) for one in found.parts))
    assert "score" in acme.call("explain", "checkout", "--at", "2026-11-22").stdout


def test_an_objective_of_a_past_day_stands_as_it_did(acme: Practice) -> None:
    read(acme, at=EARLIER)
    read(acme)
    then = objective(acme, at=datetime(2026, 11, 2, tzinfo=UTC))
    assert then.parts[0].progress == pytest.approx(8 / 30)
    assert then.progress == pytest.approx(8 / 30 / 5)


def test_an_objective_is_no_key_result_and_it_is_said(acme: Practice) -> None:
    with acme.desk() as desk, pytest.raises(ConfigError, match="checkout is an objective") as refused:
        find(desk.okrs, "checkout")
    assert "checkout-1" in refused.value.hint
    assert "okrsync explain checkout" in refused.value.hint


def test_explanations_are_there_for_programs(acme: Practice) -> None:
    read(acme)
    assert '"parts"' in acme.call("explain", "checkout", "--json").stdout
    assert '"at"' in acme.call("explain", "checkout-1", "--at", "2026-11-22", "--json").stdout


def test_a_day_to_come_cannot_be_explained(acme: Practice) -> None:
    refused = acme.call("explain", "checkout-1", "--at", "2027-01-01")
    assert refused.exit_code == 2
    assert "is not over yet" in refused.stderr
