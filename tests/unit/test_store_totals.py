"""What all runs came to, and which of them the journal forgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from former_stores import bring_back
from report_values import writes
from rich.console import Console

from okrsync.model.closing import Closing
from okrsync.model.run import ConnectionRun, Plan, RunReport, ScopePull, Warned, Write
from okrsync.report.runs import runs_text
from okrsync.store import Store, journal
from okrsync.store.totals import ConnectionTotal, RunTotal

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'okrsync.db'}") as made:
        yield made


def run(store: Store, *, changed: int = 0, exit_code: int = 0, error: str = "", late: tuple[Write, ...] = ()) -> int:
    """A run of two seconds that asked jira three times."""
    with store.transaction():
        number = store.journal.begin_run("sync", NOON)
        scopes = (ScopePull("jira", "SHOP", False, changed, changed),)
        asked = ConnectionRun("jira", requests=3, writes=1, waited=0.5, error=error, scopes=scopes)
        ended = NOON + timedelta(seconds=2)
        report = RunReport(number, "sync", NOON, ended, (asked,), Plan(), late, exit_code=exit_code)
        store.journal.end_run(report)
    return number


def kept(store: Store) -> list[int]:
    with store.reading():
        return [row.id for row in store.journal.runs()]


def test_totals_count_every_run_that_ended_however_it_did(store: Store) -> None:
    run(store)
    run(store, exit_code=4, error="It is down.")
    with store.transaction():
        broken = store.journal.begin_run("sync", NOON)
        store.journal.fail_run(broken, NOON + timedelta(seconds=5), 5, "Too much is gone.")
        store.journal.begin_run("sync", NOON)
    with store.reading():
        assert store.totals.runs() == (
            RunTotal("sync", 0, 1, 2.0),
            RunTotal("sync", 4, 1, 2.0),
            RunTotal("sync", 5, 1, 5.0),
        )
        assert store.totals.connections() == (ConnectionTotal("jira", 2, 1, 6, 2, 1.0),)


def test_of_runs_that_changed_nothing_the_newest_are_kept_and_of_all_others_every_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "QUIET", 3)
    news = run(store, changed=1)
    for _ in range(5):
        run(store)
    failed = run(store, exit_code=4, error="It is down.")
    quiet = [run(store) for _ in range(2)]
    assert kept(store) == [*reversed(quiet), failed, failed - 1, news]
    with store.reading():
        assert sum(one.runs for one in store.totals.runs()) == 9


def test_a_run_that_only_tells_of_writes_which_an_earlier_one_left_out_is_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "QUIET", 1)
    telling = run(store, late=writes()[1:2])
    newest = [run(store) for _ in range(2)][-1]
    assert kept(store) == [newest, telling]


def test_the_list_of_runs_says_how_many_are_left_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "QUIET", 1)
    run(store, changed=1)
    for _ in range(4):
        run(store)
    with store.reading():
        rows = store.journal.runs()
    console = Console(width=120)
    with console.capture() as shown:
        console.print(runs_text(rows))
    assert "3 that changed nothing" in shown.get()


def test_the_version_tells_of_a_closing_by_a_clock_that_is_slow(store: Store) -> None:
    closing = Closing("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "UTC", NOON, "ana", ())
    store.closings.add(closing)
    before = store.version()
    store.closings.add(msgspec.structs.replace(closing, at=NOON - timedelta(minutes=1)))
    assert store.version() != before


def test_the_version_tells_of_the_newest_end_and_reads_no_other_run(store: Store) -> None:
    before = store.version()
    run(store)
    assert store.version() != before
    query = "SELECT finished_at FROM runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    (step,) = store._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert "SCAN runs" in step.detail, "backwards by its number, to the first that ended"


def test_forgetting_looks_at_an_index_of_quiet_runs_only(store: Store) -> None:
    plan = store._connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT id FROM runs WHERE quiet ORDER BY id DESC")
    assert "runs_quiet" in plan.all()[0].detail


def test_a_migrated_store_counts_the_runs_it_had(store: Store) -> None:
    numbers = [run(store), run(store, changed=1), run(store, exit_code=4, error="It is down.")]
    with store.reading():
        before = store.totals.runs(), store.totals.connections()
    store.close()
    bring_back(store.url, "0002")
    with Store(store.url) as opened, opened.reading():
        assert (opened.totals.runs(), opened.totals.connections()) == before
        quiet = opened._connection.exec_driver_sql("SELECT id FROM runs WHERE quiet").scalars().all()
    assert quiet == numbers[:1]


def test_a_report_is_quiet_only_where_nothing_happened() -> None:
    still = RunReport(1, "sync", NOON, NOON, (ConnectionRun("jira"),), Plan())
    assert still.quiet
    lost = ConnectionRun("jira", scopes=(ScopePull("jira", "SHOP", False, unreachable=1),))
    assert not msgspec.structs.replace(still, connections=(lost,)).quiet
    assert not msgspec.structs.replace(still, exit_code=4).quiet


def test_a_warning_that_every_run_repeats_keeps_none_of_them() -> None:
    warned = Warned("kr-1", "No ticket in jira is assigned to 'anna'.")
    assert RunReport(1, "sync", NOON, NOON, (ConnectionRun("jira"),), Plan(), warnings=(warned,)).quiet
