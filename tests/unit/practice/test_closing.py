"""Closing a cycle over a store: what is suggested, what is kept, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from closing_time import LAST_DAY, MIDWAY, OKRS, at_the_end, closed, measured
from practising import Practice
from sqlalchemy import Engine, event

from okrsync.errors import ConfigError
from okrsync.model.closing import Closing, Decision, Retrospective
from okrsync.model.verdict import Status
from okrsync.practice.closing import close, ending
from okrsync.practice.figures import figures
from okrsync.practice.scoring import Word


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    return at_the_end(tmp_path / "acme")


def finals(found: Closing) -> dict[str, float]:
    return {name: score.final for name, score in found.scores().items()}


def test_the_progress_is_suggested_and_accepted_unrounded(acme: Practice) -> None:
    assert finals(closed(acme)) == {
        "checkout-1": 0.923076923,
        "checkout-2": 0.8,
        "checkout-3": 0.3555555555,
        "api-1": 1.0,
    }


def test_the_store_is_asked_no_more_for_many_key_results_than_for_few(tmp_path: Path) -> None:
    many = "".join(
        f"      - {{id: api-{number}, title: One of many, measure: {{type: completion}}}}\n" for number in range(3, 40)
    )
    few, more = at_the_end(tmp_path / "few"), at_the_end(tmp_path / "more", okrs=OKRS + many)
    assert asked(more) == asked(few)


def asked(acme: Practice) -> int:
    """How many statements it takes to see how the cycle ends."""
    statements: list[object] = []

    def note(*given: object) -> None:
        statements.append(given)

    with acme.desk() as desk:
        event.listen(Engine, "before_cursor_execute", note)
        try:
            ending(desk, "2026-Q4")
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    return len(statements)


def test_suggested_and_final_scores_are_both_kept_with_the_note(acme: Practice) -> None:
    learned = Retrospective("the new button", "start with the funnel", Decision.CONTINUE)
    found = closed(
        acme, checkout_3=Word(0.5, "the trend is good", learned.moved, learned.change, learned.decision)
    ).scores()["checkout-3"]
    assert (found.suggested, found.final, found.note) == (0.3555555555, 0.5, "the trend is good")
    assert found.retrospective == learned


def test_what_is_postponed_gets_no_score(acme: Practice) -> None:
    with acme.desk() as desk:
        assert [one.id for one in ending(desk, "2026-Q4").to_score()] == [
            "checkout-1",
            "checkout-2",
            "checkout-3",
            "api-1",
        ]


def test_an_objective_scores_what_its_key_results_scored(acme: Practice) -> None:
    found = {one.id: one for one in closed(acme, checkout_1=Word(0.6), checkout_3=Word(0.4)).objectives}
    assert found["checkout"].score == pytest.approx(0.6)
    assert found["checkout"].progress == pytest.approx((0.923076923 + 0.8 + 0.3555555555) / 3)
    assert found["growth"].score == pytest.approx(0.6)
    assert (found["checkout"].team, found["checkout"].kind) == ("shop", "aspirational")


def test_what_was_never_measured_is_suggested_nothing_and_accepted_as_nothing(acme: Practice) -> None:
    acme.rewrite("id: api-2", "id: api-3")
    acme.rewrite("state: postponed", "state: active")
    found = closed(acme).scores()["api-3"]
    assert (found.suggested, found.final) == (None, 0.0)


def test_verdicts_are_those_of_the_last_day_even_when_it_is_closed_later(acme: Practice) -> None:
    acme.later(days=9)
    found = {one.id: one.verdict.status for one in closed(acme).key_results()}
    assert found["api-1"] is Status.ACHIEVED
    assert found["checkout-3"] is Status.AT_RISK, "on the last day it was not overdue yet"


def test_a_value_given_after_the_last_day_still_counts(acme: Practice) -> None:
    acme.later(days=4)
    measured(acme, acme.now, {"checkout-3": (2.9, 0.888)})
    assert finals(closed(acme))["checkout-3"] == 0.888


def test_the_figures_are_frozen_with_the_final_scores(acme: Practice) -> None:
    acme.later(days=2)
    found = {one.team: one for one in closed(acme, checkout_3=Word(0.7)).figures}
    assert set(found) == {"shop", "platform"}
    assert found["shop"].performance.score.numerator == pytest.approx(0.923076923 + 0.8 + 0.7)
    measured(acme, acme.now + timedelta(days=1), {"checkout-1": (0.1, 0.1)})
    acme.later(days=7)
    with acme.desk() as desk:
        assert figures(desk, period="2026-Q4") == tuple(found.values())
        assert figures(desk, "shop", "2026-q4") == (found["shop"],)


def test_the_coach_is_heard_at_the_closing(acme: Practice) -> None:
    found = closed(acme).remarks
    assert {"PASTDUE", "PARENT"} <= {one.rule for one in found}
    assert all(one.reason and one.fix for one in found)


def test_what_the_coach_says_at_a_late_closing_is_of_the_last_day(acme: Practice) -> None:
    acme.later(days=14)
    measured(acme, acme.now, {"checkout-2": (7, 0.94)})
    acme.say("checkout-1", note="worked on")
    [due] = [one.reason for one in closed(acme).remarks if one.rule == "PASTDUE"]
    assert due == "checkout-2 was due on 15 Dec 2026, 16 days ago, and stands at 80 %."


def test_a_late_closing_hears_the_same_from_the_coach_as_one_on_the_last_evening(tmp_path: Path) -> None:
    evening, late = at_the_end(tmp_path / "evening"), at_the_end(tmp_path / "late")
    evening.later(hours=11, minutes=59)
    late.later(days=30)
    assert [one.reason for one in closed(late).remarks] == [one.reason for one in closed(evening).remarks]


def test_a_closed_cycle_is_not_closed_again_by_accident(acme: Practice) -> None:
    closed(acme)
    with pytest.raises(ConfigError, match="was closed on 2026-12-31 by ana") as refused:
        closed(acme, checkout_1=Word(0.1))
    assert "--reopen" in refused.value.hint
    with acme.desk() as desk:
        assert len(desk.store.closings.of("2026-Q4")) == 1


def test_closing_once_more_begins_from_what_was_decided(acme: Practice) -> None:
    first = closed(acme, checkout_3=Word(0.5, "good trend", "the button", "", Decision.CONTINUE))
    acme.later(days=1)
    second = closed(acme, reopen=True, who="ben", checkout_1=Word(0.7))
    assert finals(second) == {**finals(first), "checkout-1": 0.7}
    assert second.scores()["checkout-3"] == first.scores()["checkout-3"]
    assert (second.number, second.who) == (2, "ben")
    with acme.desk() as desk:
        assert desk.store.closings.of("2026-Q4") == (first, second)


def test_without_accepting_every_score_must_be_said(acme: Practice) -> None:
    with acme.desk() as desk, pytest.raises(ConfigError) as refused:
        close(desk, ending(desk, "2026-Q4"), {"checkout-1": Word(0.5)}, who="ana", accept=False, reopen=False)
    assert str(refused.value).startswith("3 key results without a score: checkout-2, checkout-3, api-1.")
    with acme.desk() as desk:
        assert desk.store.closings.latest("2026-Q4") is None


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ({"checkout-1": Word(1.2)}, "1.2 is no score for checkout-1", "from 0 to 1"),
        ({"checkout-1": Word(float("nan"))}, "nan is no score", "from 0 to 1"),
        ({"checkout-9": Word(0.2)}, "'checkout-9' is no key result of the cycle 2026-Q4", "Did you mean checkout-"),
        ({"api-2": Word(0.2)}, "api-2 is postponed and gets no score", "Leave it out"),
    ],
)
def test_nonsense_is_refused_before_anything_is_kept(
    acme: Practice, words: dict[str, Word], message: str, hint: str
) -> None:
    with acme.desk() as desk, pytest.raises(ConfigError, match=message) as refused:
        close(desk, ending(desk, "2026-Q4"), words, who="ana", accept=True, reopen=False)
    assert hint in refused.value.hint


def test_ids_are_found_in_any_case(acme: Practice) -> None:
    with acme.desk() as desk:
        found = close(desk, ending(desk, "2026-q4"), {"CHECKOUT-1": Word(0.2)}, who="ana", accept=True, reopen=False)
    assert finals(found)["checkout-1"] == 0.2


def test_a_cycle_that_nobody_knows_is_told_the_nearest(acme: Practice) -> None:
    with acme.desk() as desk, pytest.raises(ConfigError) as refused:
        ending(desk, "2026-Q3")
    assert refused.value.hint == "Did you mean 2026-Q4?"


def test_a_cycle_that_has_not_begun_has_nothing_to_score(acme: Practice) -> None:
    acme.now = datetime(2026, 9, 30, 12, tzinfo=UTC)
    with acme.desk() as desk, pytest.raises(ConfigError, match="begins on 2026-10-01"):
        ending(desk, "2026-Q4")


def test_a_cycle_may_be_closed_early(acme: Practice) -> None:
    acme.now = MIDWAY
    found = closed(acme)
    assert found.at == MIDWAY
    assert {one.end for one in found.figures} == {MIDWAY.date()}


def test_work_that_is_done_after_the_last_day_does_not_count_for_the_cycle(acme: Practice) -> None:
    acme.later(days=14)
    measured(acme, acme.now, {"checkout-1": (1.0, 1.0), "checkout-2": (5, 1.0)})
    found = closed(acme)
    assert (finals(found)["checkout-1"], finals(found)["checkout-2"]) == (0.923076923, 0.8)
    assert {one.id: one.progress for one in found.objectives}["checkout"] == pytest.approx(
        (0.923076923 + 0.8 + 0.3555555555) / 3
    )
    assert found.key_results()[0].sample == msgspec.structs.replace(
        found.key_results()[0].sample, value=0.923076923, at=LAST_DAY
    )


def test_what_was_said_and_not_measured_yet_counts(acme: Practice) -> None:
    acme.later(hours=1)
    acme.say("checkout-3", value=3.0)
    assert finals(closed(acme))["checkout-3"] == pytest.approx(1.0)
    with acme.desk() as desk:
        kept = desk.store.history.sample("checkout-3")
        assert kept is not None
        assert kept.value == 3.0


def test_what_was_measured_since_it_was_said_is_taken_as_measured(acme: Practice) -> None:
    acme.say("checkout-3", LAST_DAY - timedelta(days=1), value=3.0)
    assert finals(closed(acme))["checkout-3"] == 0.3555555555


def never_measured(acme: Practice, *names: str) -> None:
    """Key results that nothing was ever measured for, in place of others."""
    for name in names:
        acme.rewrite(f"id: {name}", f"id: {name}-new")


def test_key_results_that_score_nothing_for_want_of_a_value_are_named(acme: Practice) -> None:
    never_measured(acme, "checkout-3", "api-1")
    with acme.desk() as desk:
        found = ending(desk, "2026-Q4")
        assert found.without_value({}) == ("checkout-3-new", "api-1-new")
        assert found.without_value({"API-1-new": Word(0.0)}) == ("checkout-3-new",), "somebody said that 0"
        kept = close(desk, found, {"api-1-new": Word(0.0)}, who="ana", accept=True, reopen=False)
    assert kept.without_value == ("checkout-3-new",)
    assert finals(kept)["checkout-3-new"] == finals(kept)["api-1-new"] == 0.0


def test_what_scored_nothing_for_want_of_a_value_gets_its_value_when_it_is_closed_once_more(acme: Practice) -> None:
    never_measured(acme, "checkout-3")
    first = closed(acme, **{"checkout-3-new": Word(note="nobody looked")})
    acme.later(hours=1)
    acme.say("checkout-3-new", value=3.0)
    second = closed(acme, reopen=True)
    assert (first.without_value, second.without_value) == (("checkout-3-new",), ())
    assert finals(second)["checkout-3-new"] == pytest.approx(1.0)
    assert second.scores()["checkout-3-new"].note == "nobody looked"


def test_what_still_has_no_value_is_named_again(acme: Practice) -> None:
    never_measured(acme, "checkout-3")
    closed(acme)
    again = closed(acme, reopen=True, checkout_1=Word(0.7))
    assert again.without_value == ("checkout-3-new",)
