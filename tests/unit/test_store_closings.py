"""Closed cycles in the store: whole, in order, and never changed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
from sqlalchemy import select

from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing, Decision, Retrospective, Score
from okrsync.model.verdict import Status, Verdict
from okrsync.store import Store
from okrsync.store.tables import scores

AT = datetime(2026, 12, 30, 12, tzinfo=UTC)


def score(name: str, final: float, **said: str) -> Score:
    learned = Retrospective("the new button", "fewer at once", Decision.CONTINUE)
    return Score(name, 0.36, final, said.get("note", ""), learned)


def closing(*given: Score, cycle: str = "2026-Q4", end: date = date(2026, 12, 31)) -> Closing:
    rows = tuple(
        ClosedKeyResult(
            one.key_result, "Title", "ana", "%", "manual", 2.1, 3, 1.0, "active", None, Verdict(Status.BEHIND, "x"), one
        )
        for one in given
    )
    postponed = ClosedKeyResult("x", "X", None, "", "manual", 0, 1, 1, "postponed", None, Verdict(Status.POSTPONED, ""))
    objective = ClosedObjective("o", "O", "ana", "shop", "committed", "active", 0.3, 0.5, (*rows, postponed))
    return Closing(cycle, date(2026, 10, 1), end, "UTC", AT, "ana", (objective,))


def keep(store: Store, one: Closing) -> Closing:
    with store.transaction():
        return store.closings.add(one)


def test_a_closing_comes_back_whole(store: Store) -> None:
    given = closing(score("a", 0.5, note="late"), score("b", 1.0))
    assert keep(store, given) == given
    assert store.closings.latest("2026-Q4") == given
    assert store.closings.latest("2026-q4") == given, "the case of an id does not matter"
    assert store.closings.scores("2026-Q4") == {"a": score("a", 0.5, note="late"), "b": score("b", 1.0)}


def test_what_is_not_closed_has_no_scores(store: Store) -> None:
    assert store.closings.latest("2026-Q4") is None
    assert store.closings.of("2026-Q4") == ()
    assert store.closings.scores("2026-Q4") == {}


def test_closing_once_more_keeps_what_was_said_before(store: Store) -> None:
    first, second = keep(store, closing(score("a", 0.5))), keep(store, closing(score("a", 0.7)))
    assert (first.number, second.number) == (1, 2)
    assert store.closings.of("2026-Q4") == (first, second)
    assert store.closings.scores("2026-Q4")["a"].final == 0.7


def test_of_each_cycle_the_last_closing_holds_in_order_of_their_ends(store: Store) -> None:
    late = keep(store, closing(score("a", 0.5)))
    early = keep(store, closing(score("b", 0.1), cycle="2026-Q3", end=date(2026, 9, 30)))
    again = keep(store, closing(score("b", 0.2), cycle="2026-Q3", end=date(2026, 9, 30)))
    assert store.closings.all() == (again, late)
    assert list(store.closings.history()) == [late, early, again]


def test_scores_stand_in_rows_of_their_own(store: Store) -> None:
    keep(store, closing(score("a", 0.5)))
    (row,) = store._connection.execute(select(scores)).all()
    assert (row.cycle, row.key_result, row.at) == ("2026-Q4", "a", AT)
    assert msgspec.json.decode(row.body, type=Score) == score("a", 0.5)
