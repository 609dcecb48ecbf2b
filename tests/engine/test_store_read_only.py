"""A sound store that may not be written, is too new, or lies out of reach: it is read where it can be, and never called
damaged."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from okr_builders import NOON, item
from past_runs import Past, installed

from okrsync.errors import OkrsyncError, StoreError
from okrsync.store import Store, engine, file, upgrade, upkeep

NOBODY = 65534
DELETED = "can be deleted"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody may enter, with a store in it that holds one item."""
    with tempfile.TemporaryDirectory() as made:
        with Store(url_in(Path(made))) as store, store.transaction():
            store.items.keep([item("1")], lambda label: False)
        yield Path(made)
        Path(made).chmod(0o700)


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return installed(tmp_path / "acme")


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'okrsync.db'}"


def lock_up(folder: Path, *, folder_too: bool = True) -> None:
    for inside in folder.iterdir():
        inside.chmod(0o444)
    folder.chmod(0o555 if folder_too else 0o777)


def as_nobody(act: Callable[[str], Any], url: str) -> Any:
    """What a user without rights gets from ``act``, or the text of the project's error."""
    forks = multiprocessing.get_context("fork")
    here, there = forks.Pipe()
    process = forks.Process(target=_act, args=(act, url, there))
    process.start()
    there.close()
    told = here.recv()
    process.join()
    return told


def _act(act: Callable[[str], Any], url: str, told: Connection) -> None:
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    try:
        told.send(act(url))
    except OkrsyncError as error:
        told.send(str(error))


def count_items(url: str) -> int:
    with Store(url) as store, store.reading():
        return len(list(store.links.tickets(everything=True)))


def write_an_item(url: str) -> None:
    with Store(url) as store, store.transaction():
        store.items.keep([item("2")], lambda label: False)


def hold(url: str) -> None:
    with Store(url) as store, store.held("sync", NOON):
        pass


@pytest.mark.parametrize("folder_too", [True, False])
def test_a_read_only_store_is_sound_and_read_and_says_what_writing_needs(folder: Path, folder_too: bool) -> None:
    lock_up(folder, folder_too=folder_too)
    url = url_in(folder)
    found = as_nobody(upkeep.check, url)
    assert (found.sound, found.writable, found.counts["items"]) == (True, False, 1)
    assert as_nobody(count_items, url) == 1
    for act in (write_an_item, hold):
        assert "writable" in as_nobody(act, url)
    assert sorted(path.name for path in folder.glob("*.db")) == ["okrsync.db"]


def test_a_read_only_store_is_copied(folder: Path) -> None:
    lock_up(folder)
    with tempfile.TemporaryDirectory() as other:
        Path(other).chmod(0o777)
        copy = Path(other) / "copy.db"
        assert as_nobody(lambda url: upkeep.backup(url, copy), url_in(folder)) is None
        assert count_items(f"sqlite:///{copy}") == 1


def test_what_a_run_at_work_wrote_into_its_log_is_read_by_those_who_may_not_write(folder: Path) -> None:
    with Store(url_in(folder)) as store:
        with store.transaction():
            store.items.keep([item("2")], lambda label: False)
        assert (folder / "okrsync.db-wal").stat().st_size
        lock_up(folder)
        assert as_nobody(count_items, url_in(folder)) == 2
        assert as_nobody(upkeep.check, url_in(folder)).counts["items"] == 2


def test_a_log_that_cannot_be_read_along_is_never_passed_over(folder: Path) -> None:
    with Store(url_in(folder)) as store:
        with store.transaction():
            store.items.keep([item("2")], lambda label: False)
        log = (folder / "okrsync.db-wal").read_bytes()
    (folder / "okrsync.db-wal").write_bytes(log)
    lock_up(folder)
    found = as_nobody(upkeep.check, url_in(folder))
    assert not found.sound
    assert not found.damaged
    assert "okrsync.db-wal" in found.hint
    assert "okrsync.db-wal" in as_nobody(count_items, url_in(folder))


def test_a_store_that_wants_an_upgrade_is_not_upgraded_where_it_may_not_be_written(folder: Path) -> None:
    set_version(folder / "okrsync.db", "0003")
    lock_up(folder)
    told = as_nobody(count_items, url_in(folder))
    assert "version 0003" in told
    assert "writable" in told


def test_a_file_that_may_not_be_read_is_not_called_damaged(folder: Path) -> None:
    (folder / "okrsync.db").chmod(0)
    folder.chmod(0o755)
    found = as_nobody(upkeep.check, url_in(folder))
    assert not found.damaged
    assert "read" in found.hint
    assert DELETED not in found.hint
    assert stat.S_IMODE((folder / "okrsync.db").stat().st_mode) == 0


def set_version(store: Path, version: str) -> None:
    with closing(sqlite3.connect(store)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", (version,))


@pytest.fixture
def read_only(past: Past, monkeypatch: pytest.MonkeyPatch) -> Past:
    """The store is opened as where nothing may be written: SQLite itself refuses every write."""
    past.remember()
    for module in (file, engine, upgrade, upkeep):
        monkeypatch.setattr(module, "writable", lambda _: False)
    return past


@pytest.mark.parametrize(
    "command", ["status", "explain checkout-1", "runs", "runs 1", "audit --jsonl", "store check", "history checkout-1"]
)
def test_commands_that_only_read_work_on_a_read_only_store(read_only: Past, command: str) -> None:
    before = read_only.store.read_bytes()
    result = read_only.call(*command.split())
    assert result.exit_code == 0, result.stderr
    assert read_only.store.read_bytes() == before


def test_check_calls_a_read_only_store_sound(read_only: Past) -> None:
    told = read_only.call("store", "check").stdout
    assert "Sound, but read-only: " in told
    assert DELETED not in told


@pytest.mark.parametrize("command", ["sync", "plan", "checkin checkout-1 --note done"])
def test_what_writes_says_that_the_store_is_read_only(read_only: Past, command: str) -> None:
    result = read_only.call(*command.split())
    assert result.exit_code == 1
    assert "can be read, but not written" in result.stderr
    assert "writable" in result.stderr


def test_a_newer_store_is_to_be_met_with_a_newer_okrsync_and_can_be_copied(past: Past, tmp_path: Path) -> None:
    past.remember()
    set_version(past.store, "9999")
    result = past.call("store", "check")
    assert result.exit_code == 1
    assert "From a newer okrsync" in result.stdout
    assert "Upgrade okrsync" in result.stdout
    assert "Not sound" not in result.stdout
    assert past.call("store", "backup", str(tmp_path / "copy.db")).exit_code == 0
    assert upkeep.check(f"sqlite:///{tmp_path / 'copy.db'}").version == "9999"


def test_a_newer_copy_is_not_put_back_but_kept_for_a_newer_okrsync(past: Past, tmp_path: Path) -> None:
    past.remember()
    past.call("store", "backup", str(tmp_path / "copy.db"))
    set_version(tmp_path / "copy.db", "9999")
    result = past.call("store", "restore", str(tmp_path / "copy.db"))
    assert result.exit_code == 1
    assert "Upgrade okrsync" in result.stderr
    assert ".." not in result.stderr


def test_a_folder_in_the_place_of_the_store_is_told_and_nobody_is_advised_to_delete_it(past: Past) -> None:
    past.store.mkdir()
    result = past.call("store", "check")
    assert result.exit_code == 1
    assert "is no file" in result.stdout
    assert "store:" in result.stdout
    assert "delete" not in result.stdout
    with pytest.raises(StoreError, match="is no file"):
        Store(f"sqlite:///{past.store}")


def test_a_database_of_another_program_is_not_to_be_deleted(past: Past) -> None:
    with closing(sqlite3.connect(past.store)) as db:
        db.execute("CREATE TABLE songs (title)")
    told = past.call("store", "check").stdout
    assert "no store of okrsync" in told
    assert "delete" not in told


def test_junk_named_as_a_backup_is_not_taken_for_the_store(past: Past, tmp_path: Path) -> None:
    past.remember()
    (tmp_path / "junk").write_text("no database at all " * 100)
    result = past.call("store", "restore", str(tmp_path / "junk"))
    assert result.exit_code == 1
    assert "junk is no sound backup: file is not a database." in result.stderr
    assert "delete" not in result.stderr
