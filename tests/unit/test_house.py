"""Every run is in the journal with what it did, however it ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from okr_builders import NOON, item
from rich.console import Console

from okrsync.connector import Meter
from okrsync.errors import UnsafePlan
from okrsync.house import House, Line, begun
from okrsync.marker import Namespace
from okrsync.model.change import AddLabel, DefineLabel, Done, Receipt
from okrsync.model.okr import Okrs
from okrsync.model.run import RunRow
from okrsync.model.work import Scope
from okrsync.report.runs import runs_text, whole_run
from okrsync.store import Store

LATER = NOON + timedelta(minutes=5)


class Meters:
    """A house of one connection, whose meter the tests turn."""

    def __init__(self, store: Store) -> None:
        self.meter = Meter()
        line = Line("jira", lambda: pytest.fail("nothing is asked"), self.meter, Namespace(), None)
        self.house = House(store=store, okrs=Okrs(), lines={"jira": line}, now=lambda: LATER)

    def end_with(self, error: BaseException) -> None:
        with begun(self.house, "sync", 0):
            self.meter.requests = 33
            raise error


@pytest.fixture
def meters(store: Store) -> Meters:
    return Meters(store)


def last(store: Store) -> RunRow:
    with store.reading():
        return store.journal.runs(1)[0]


def killed(store: Store) -> int:
    """A run that wrote one of two labels, and of which nothing more was heard."""
    with store.transaction():
        number = store.journal.begin_run("sync", NOON)
        define = DefineLabel("jira", "1002", "okr:a-1", "Ship it", "c5def5")
        store.journal.end(store.journal.intend(number, define, NOON), NOON, receipt=Receipt(Done.APPLIED))
        store.journal.intend(number, AddLabel(item("1").ref, "okr:a-1"), NOON)
    return number


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UnsafePlan("Too much is gone."), 5, "Too much is gone."),
        (KeyboardInterrupt(), 130, "It was interrupted."),
        (ZeroDivisionError("division by zero"), 1, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_run_that_fails_keeps_its_end_and_what_it_cost(
    store: Store, meters: Meters, error: BaseException, code: int, told: str
) -> None:
    with pytest.raises(type(error)):
        meters.end_with(error)
    ended = last(store)
    assert (ended.exit_code, ended.requests, ended.errors) == (code, 33, (told,))
    assert [(total.connection, total.requests) for total in store.totals.connections()] == [("jira", 33)]


def test_a_connection_that_was_not_asked_took_no_part_in_a_failed_run(store: Store, meters: Meters) -> None:
    with pytest.raises(UnsafePlan), begun(meters.house, "sync", 0):
        raise UnsafePlan("Too much is gone.")
    assert last(store).requests == 0
    assert store.totals.connections() == ()


def test_who_next_has_the_store_says_of_a_killed_run_that_it_was_killed(store: Store, meters: Meters) -> None:
    number = killed(store)
    assert (last(store).errors, last(store).written) == ((), 1)
    with pytest.raises(UnsafePlan):
        meters.end_with(UnsafePlan("Too much is gone."))
    with store.reading():
        ended = next(row for row in store.journal.runs() if row.id == number)
    assert ended.errors == ("It was killed, or the machine went down.",)
    assert (ended.written, ended.exit_code, ended.seconds) == (1, None, None)
    assert last(store).errors == ("Too much is gone.",)


def test_a_killed_run_is_told_once_it_is_known(store: Store) -> None:
    killed(store)
    console = Console(width=160)
    with console.capture() as before:
        console.print(runs_text([last(store)]))
    with store.transaction():
        store.journal.close_killed_runs()
    with console.capture() as after:
        console.print(runs_text([last(store)]))
    assert "goes on, or was killed" in before.get()
    assert "It was killed, or the machine went down." in after.get()


def test_a_run_without_a_report_names_scopes_as_the_store_does(store: Store) -> None:
    number = killed(store)
    with store.transaction():
        store.scopes.keep("jira", (Scope("1002", "SHOP"),))
    with store.reading():
        record, writes = store.journal.run(number), list(store.journal.writes(run=number))
    assert record is not None
    console = Console(width=160)
    with console.capture() as shown:
        console.print(whole_run(record, writes, store.scopes.names()))
    assert "SHOP definition of label okr:a-1" in " ".join(shown.get().split())
    assert "1002" not in shown.get()
