"""Opening the store: migrations, transactions, one run at a time, and what is said when a file cannot be used."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from okr_builders import NOON, item
from sqlalchemy import Connection, create_engine, inspect, text

from okrsync.errors import Busy, ConfigError, OkrsyncError, StoreError
from okrsync.model.checkin import CheckIn
from okrsync.store import Store, upgrade
from okrsync.store.file import unusable
from okrsync.store.tables import metadata
from okrsync.store.upgrade import HEAD

SURVIVE_POWER_CUTS = Store.survive_power_cuts
"""As it is outside tests, which do without it."""

MIGRATIONS = Path(__file__).resolve().parents[2] / "okrsync" / "store" / "migrations"


def said(store: Store) -> float | None:
    return store.checkins.value("checkout-3")


def say(store: Store, value: float) -> None:
    store.checkins.add(CheckIn("checkout-3", NOON, "ana", value))


def test_the_head_is_the_newest_migration() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [HEAD]
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert newest.startswith(HEAD)


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Connection]:
    """An empty file taken through every migration, as a store of the first version is."""
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "head")
        yield connection
    engine.dispose()


def test_the_migrations_make_exactly_the_tables(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_type": True, "compare_server_default": True})
    assert compare_metadata(context, metadata) == []


def test_a_store_made_at_once_is_like_one_that_was_migrated(migrated: Connection, store: Store) -> None:
    def shape(connection: Connection) -> dict[str, Any]:
        found = inspect(connection)
        return {
            table: (
                [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)],
                found.get_pk_constraint(table)["constrained_columns"],
                sorted((str(index["name"]), index["column_names"]) for index in found.get_indexes(table)),
            )
            for table in found.get_table_names()
        }

    assert shape(store._connection) == shape(migrated)
    version = text("SELECT version_num FROM alembic_version")
    assert store._connection.execute(version).all() == migrated.execute(version).all() == [(HEAD,)]


def test_what_was_kept_is_there_when_the_store_is_opened_again(store: Store) -> None:
    with store.transaction():
        say(store, 2.4)
    with Store(store.url) as again:
        assert said(again) == 2.4


def test_a_store_from_a_newer_okrsync_is_refused_and_left_as_it_is(store: Store, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(tmp_path / "okrsync.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(StoreError, match="version 9999") as refused:
        Store(store.url)
    assert "Upgrade okrsync" in refused.value.hint
    assert sqlite3.connect(tmp_path / "okrsync.db").execute("SELECT * FROM alembic_version").fetchall() == [("9999",)]


def test_a_file_that_is_no_store_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("these are my notes, and they are much longer than a header" * 20)
    with pytest.raises(StoreError, match=r"notes\.db cannot be used: file is not a database") as broken:
        Store(f"sqlite:///{tmp_path / 'notes.db'}")
    assert "can be deleted" in broken.value.hint
    assert (tmp_path / "notes.db").read_text().startswith("these are my notes")


def test_a_store_whose_pages_are_damaged_is_told_too(store: Store, tmp_path: Path) -> None:
    with store.transaction():
        store.items.keep([item(str(number), title="x" * 500) for number in range(1_000)], lambda label: False)
    store.close()
    path = tmp_path / "okrsync.db"
    damaged = bytearray(path.read_bytes())
    half = len(damaged) // 2
    damaged[half:] = b"\xff" * (len(damaged) - half)
    path.write_bytes(damaged)
    with Store(store.url) as opened:
        with pytest.raises(StoreError, match="malformed"), opened.reading():
            list(opened.links.tickets(everything=True))
        with pytest.raises(StoreError, match="malformed"), opened.transaction():
            opened.items.keep([item("1")], lambda label: False)


def test_a_row_that_is_not_what_was_written_is_a_store_error(store: Store) -> None:
    with store.transaction():
        store.items.keep([item("1")], lambda label: False)
        store._connection.exec_driver_sql("UPDATE items SET body = '{'")
    with pytest.raises(StoreError, match="damaged row"), store.reading():
        list(store.links.tickets(everything=True))


def test_a_store_of_a_version_nobody_knows_is_a_store_error(store: Store, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(tmp_path / "okrsync.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0000'")
    raw.close()
    with pytest.raises(StoreError, match="version 0000"):
        Store(store.url)


def test_a_folder_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open") as broken:
        Store(f"sqlite:///{tmp_path / 'nowhere' / 'okrsync.db'}")
    assert "folder exists" in broken.value.hint


def test_a_read_only_store_is_a_store_error_at_the_first_write(store: Store) -> None:
    with Store(store.url) as opened:
        opened._connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="readonly"), opened.transaction():
            say(opened, 1.0)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_a_store_error(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreError):
        Store(f"sqlite:///{folder / 'okrsync.db'}")


@pytest.mark.parametrize("url", ["postgresql://ana@db/okrsync", "mysql://db/okrsync"])
def test_another_database_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigError, match="not supported") as refused:
        Store(url)
    assert "sqlite:///" in refused.value.hint


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store) -> None:
    def fail_halfway() -> None:
        with store.transaction():
            say(store, 2.4)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert said(store) is None
    with store.transaction():
        say(store, 2.5)
    assert said(store) == 2.5


def test_a_read_between_transactions_sees_what_others_wrote(store: Store) -> None:
    with Store(store.url) as other:
        assert said(other) is None
        with store.transaction():
            say(store, 2.4)
        with other.transaction():
            assert said(other) == 2.4


def test_reading_sees_one_state_while_others_write(store: Store) -> None:
    with Store(store.url) as other, store.reading():
        assert said(store) is None
        with other.transaction():
            say(other, 2.4)
        assert said(store) is None
    with store.reading():
        assert said(store) == 2.4


def test_a_check_in_waits_for_the_transaction_of_a_run_and_breaks_neither(store: Store) -> None:
    failed: list[Exception] = []

    def check_in() -> None:
        try:
            with Store(store.url) as other, other.transaction():
                say(other, 2.4)
        except OkrsyncError as error:
            failed.append(error)

    person = threading.Thread(target=check_in)
    with store.transaction():
        assert said(store) is None
        person.start()
        person.join(timeout=0.3)
        store.items.keep([item("1")], lambda label: False)
    person.join()
    assert failed == []
    assert said(store) == 2.4
    assert store.items.count() == 1


def test_a_store_that_stays_locked_is_busy_and_not_broken(store: Store) -> None:
    with Store(store.url) as other, store.transaction():
        say(store, 1.0)
        other._connection.exec_driver_sql("PRAGMA busy_timeout = 1")
        other._connection.rollback()
        with pytest.raises(Busy, match="written"), other.transaction():
            say(other, 2.0)


def test_a_store_that_somebody_else_makes_meanwhile_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    create = upgrade._create

    def after_another_process(connection: Connection) -> None:
        monkeypatch.undo()
        with Store(url) as first, first.transaction():
            say(first, 2.4)
        create(connection)

    monkeypatch.setattr(upgrade, "_create", after_another_process)
    with Store(url) as second:
        assert said(second) == 2.4
    assert upgrade._create is create, "it was really made by another one first"


def test_one_run_at_a_time(store: Store) -> None:
    with store.held("sync", NOON), Store(store.url) as other:
        with pytest.raises(Busy) as busy, other.held("plan", NOON):
            pytest.fail("two runs at once")
        assert f"`sync` (process {os.getpid()} on {socket.gethostname()})" in busy.value.message
        assert "2026-11-01 12:00:00 UTC" in busy.value.message
        assert busy.value.hint
    with Store(store.url) as other, other.held("plan", NOON):
        pass


def test_a_run_may_wait_for_another_to_end(store: Store) -> None:
    first, napped, told = ExitStack(), list[float](), list[str]()

    def nap(seconds: float) -> None:
        napped.append(seconds)
        if len(napped) == 2:
            first.close()

    first.enter_context(store.held("sync", NOON))
    with Store(store.url) as other, other.held("plan", NOON, wait=60, pause=nap, waiting=told.append):
        assert other.journal.holder().startswith("`plan`")
    assert len(napped) == 2
    assert len(told) == 1
    assert told[0].startswith("`sync`")


def test_and_gives_up_after_the_time_it_was_given(store: Store) -> None:
    napped: list[float] = []
    with (
        store.held("sync", NOON),
        Store(store.url) as other,
        pytest.raises(Busy),
        other.held("plan", NOON, wait=1.2, pause=napped.append),
    ):
        pytest.fail("two runs at once")
    assert napped == pytest.approx([0.5, 0.5, 0.2])


def test_where_no_lock_can_be_made_there_is_no_run(store: Store, tmp_path: Path) -> None:
    (tmp_path / "okrsync.db.lock").mkdir()
    with pytest.raises(StoreError, match="locked"), store.held("sync", NOON):
        pytest.fail("a run without a lock")


def test_a_run_that_failed_lets_go_of_the_store(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.held("sync", NOON):
        raise ZeroDivisionError
    with store.held("sync", NOON + timedelta(minutes=5)):
        assert "12:05:00" in store.journal.holder()


def test_the_hold_of_a_dead_process_is_taken_over(store: Store) -> None:
    killed = (
        "import os, sys; from datetime import datetime, UTC; from okrsync.store import Store\n"
        "with Store(sys.argv[1]).held('sync', datetime.now(UTC)): os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", killed, store.url], check=False)
    assert ended.returncode == -9
    assert "`sync` (process" in store.journal.holder(), "it died while it held the store"
    with store.held("daemon", NOON):
        assert store.journal.holder().startswith(f"`daemon` (process {os.getpid()} on")
    assert store.journal.holder() == "another run"


def test_writes_survive_a_power_cut_and_pulls_need_not(store: Store) -> None:
    def level() -> object:
        return store._connection.exec_driver_sql("PRAGMA synchronous").scalar()

    assert level() != 2
    SURVIVE_POWER_CUTS(store)
    assert level() == 2


def test_a_disk_that_fails_is_told_as_a_matter_of_room_and_not_of_rights() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_WRITE"
    told = unusable("sqlite:////tmp/okrsync.db", error)
    assert "has room" in told.hint
    assert "writable" not in told.hint
