"""Our own history: samples only when they read differently, check-ins, and the journal of runs and writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import NOON, item
from sqlalchemy import select

from okrsync.model.change import AddLabel, Change, DefineLabel, Done, Receipt
from okrsync.model.checkin import CheckIn
from okrsync.model.run import Plan, RunReport
from okrsync.model.sample import Sample
from okrsync.store import Store
from okrsync.store.tables import runs, writes

ADD = AddLabel(item("1").ref, "okr:checkout-1")


def day(number: int) -> datetime:
    return NOON + timedelta(days=number)


def sample(value: float | None, at: int = 0, key_result: str = "checkout-1", **changed: object) -> Sample:
    plain = Sample(key_result, day(at), value, value, 3.0, 10.0, 10.0, 3.0, 1, 2, ("fewer than 5",), "completion v1")
    return msgspec.structs.replace(plain, **changed)


def add(store: Store, *found: Sample) -> list[bool]:
    with store.transaction():
        return [store.history.add_sample(one) for one in found]


def test_a_sample_comes_back_as_it_was_kept(store: Store) -> None:
    add(store, sample(0.3), sample(None, key_result="empty", numerator=None, denominator=None, flags=()))
    assert store.history.sample("checkout-1") == sample(0.3)
    assert store.history.sample("empty") == sample(None, key_result="empty", numerator=None, denominator=None, flags=())
    assert store.history.sample("unknown") is None


def test_a_sample_is_kept_only_when_it_reads_differently(store: Store) -> None:
    assert add(store, sample(0.3), sample(0.3, at=1), sample(0.4, at=2), sample(0.3, at=3)) == [True, False, True, True]
    assert [one.at for one in store.history.samples("checkout-1")] == [day(0), day(2), day(3)]


def test_a_reading_with_another_rule_is_another_reading(store: Store) -> None:
    assert add(store, sample(0.3), sample(0.3, at=1, rule="completion v2")) == [True, True]


def test_the_reading_of_a_day_is_the_one_that_was_true_then(store: Store) -> None:
    add(store, sample(0.1, at=1), sample(0.2, at=5))
    at = {number: store.history.sample("checkout-1", at=day(number)) for number in (0, 1, 4, 5, 9)}
    assert {number: one.value if one else None for number, one in at.items()} == {
        0: None,
        1: 0.1,
        4: 0.1,
        5: 0.2,
        9: 0.2,
    }


def test_a_clock_that_was_set_back_does_not_repeat_a_sample(store: Store) -> None:
    assert add(store, sample(0.1, at=5), sample(0.2, at=1), sample(0.2, at=2)) == [True, True, False]
    assert store.history.latest_samples() == {"checkout-1": sample(0.2, at=1)}
    assert store.history.sample("checkout-1", at=day(9)) == sample(0.2, at=1)


@given(st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=12))
def test_no_two_neighbours_in_the_history_read_the_same(scratch: Store, values: list[float | None]) -> None:
    name = f"kr-{next_number(scratch)}"
    add(scratch, *(sample(value, at=at, key_result=name) for at, value in enumerate(values)))
    kept = [one.value for one in scratch.history.samples(name)]
    assert all(left != right for left, right in pairwise(kept))
    assert kept[-1] == values[-1]
    assert scratch.history.latest_samples()[name] == scratch.history.sample(name)


def next_number(store: Store) -> int:
    return len(store.history.latest_samples())


def check_in(store: Store, value: float | None, at: int = 0, key_result: str = "checkout-3") -> None:
    with store.transaction():
        store.checkins.add(CheckIn(key_result, day(at), "ana", value, "after the summary"))


def test_the_value_of_a_check_in_is_the_latest_one_given(store: Store) -> None:
    assert store.checkins.value("checkout-3") is None
    check_in(store, None)
    assert store.checkins.value("checkout-3") is None
    check_in(store, 2.3, at=1)
    check_in(store, 0.0, at=2)
    check_in(store, None, at=3)
    check_in(store, 9.9, at=4, key_result="another")
    assert store.checkins.value("checkout-3") == 0.0


def test_of_two_check_ins_at_the_same_time_the_second_counts(store: Store) -> None:
    check_in(store, 2.3)
    check_in(store, 2.4)
    assert store.checkins.value("checkout-3") == 2.4


def test_fingerprints_are_replaced(store: Store) -> None:
    with store.transaction():
        store.history.set_fingerprint("mapping of jira", "a")
        store.history.set_fingerprint("mapping of jira", "b")
        store.history.set_fingerprint("measure of checkout-1", "c")
    assert store.history.fingerprints() == {"mapping of jira": "b", "measure of checkout-1": "c"}
    assert store.history.fingerprints("measure of ") == {"measure of checkout-1": "c"}
    assert store.history.fingerprints("m%") == {}


def intend(store: Store, change: Change) -> int:
    with store.transaction():
        return store.journal.intend(7, change, NOON)


def test_an_intent_without_an_end_shows_that_nobody_knows(store: Store) -> None:
    ended, failed, open_end = intend(store, ADD), intend(store, ADD), intend(store, ADD)
    with store.transaction():
        store.journal.end(ended, day(1), receipt=Receipt(Done.APPLIED))
        store.journal.end(failed, day(1), error="no such host")
    rows = {row.id: row for row in store._connection.execute(select(writes))}
    assert {id: row.ended_at for id, row in rows.items()} == {ended: day(1), failed: day(1), open_end: None}
    assert msgspec.json.decode(rows[ended].receipt, type=Receipt) == Receipt(Done.APPLIED)
    assert (rows[failed].receipt, rows[failed].error) == (None, "no such host")
    assert (rows[open_end].run, rows[open_end].connection, rows[open_end].item) == (7, "jira", "1")
    assert msgspec.json.decode(rows[open_end].change, type=Change) == ADD


def test_a_write_on_no_ticket_is_kept_too(store: Store) -> None:
    define = DefineLabel("github", "10", "okr:x", "text", "c5def5")
    intend(store, define)
    (row,) = store._connection.execute(select(writes)).all()
    assert (row.connection, row.item) == ("github", None)
    assert msgspec.json.decode(row.change, type=Change) == define


def test_a_run_is_kept_whole_or_with_the_error_that_ended_it(store: Store) -> None:
    with store.transaction():
        good, bad, killed = (store.journal.begin_run("sync", NOON) for _ in range(3))
        report = RunReport(good, "sync", NOON, day(1), (), Plan((ADD,)), exit_code=4)
        store.journal.end_run(report)
        store.journal.fail_run(bad, day(1), 5, "too much at once")
    rows = {row.id: row for row in store._connection.execute(select(runs))}
    assert msgspec.json.decode(rows[good].report, type=RunReport) == report
    assert (rows[good].exit_code, rows[good].finished_at) == (4, day(1))
    assert (rows[bad].exit_code, msgspec.json.decode(rows[bad].report)) == (5, {"error": "too much at once"})
    assert (rows[killed].finished_at, rows[killed].exit_code) == (None, None)
