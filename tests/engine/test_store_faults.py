"""The store's file fails: full, read-only, damaged, too new, half migrated. It is said clearly, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import pytest
from installation import Installation
from okr_builders import NOON
from sqlalchemy import Engine, event

from okrsync.errors import Busy, StoreError
from okrsync.sandbox.team import work_a_week
from okrsync.store import Store, upkeep
from okrsync.store.upgrade import HEAD

MEND = "okrsync store"
NOBODY = 65534
DIE_HALF_WAY = """
import os, sys
from sqlalchemy import Engine, event
from okrsync.store import Store

@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *rest):
    if "CREATE TABLE " + sys.argv[2] in statement:
        os.kill(os.getpid(), 9)

Store(sys.argv[1])
"""


def url(acme: Installation) -> str:
    return f"sqlite:///{acme.store}"


def ask(store: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(store)) as db:
        return db.execute(query).fetchall()


@contextmanager
def full_after(pages: int) -> Iterator[None]:
    """No store may grow beyond so many pages, as on a disk that has no more."""

    def limit(raw: Any, _record: Any) -> None:
        raw.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def pages_of(store: Path) -> int:
    return int(ask(store, "PRAGMA page_count")[0][0])


def assert_as_undisturbed(acme: Installation) -> None:
    """The next run brings everything in line, and the one after it has nothing to do."""
    assert acme.run().exit_code == 0
    assert set(acme.notes().values()) == {1}
    assert acme.run().plan.changes == ()
    assert acme.sandbox.log.writes() == []


@pytest.mark.parametrize("room", [40, 60, 80])
def test_a_full_disk_ends_the_run_with_what_to_do_and_loses_nothing(acme: Installation, room: int) -> None:
    with full_after(room), pytest.raises(StoreError, match="full") as failed:
        acme.run()
    assert failed.value.exit_code == 1
    assert "Make room" in failed.value.hint
    assert set(acme.notes().values()) <= {1}
    assert_as_undisturbed(acme)


def test_a_disk_that_fills_up_while_writing_leaves_no_second_note(acme: Installation) -> None:
    acme.run("plan")
    with full_after(pages_of(acme.store) + 4), pytest.raises(StoreError, match="full"):
        acme.run()
    assert acme.sandbox.log.writes(), "it had begun to write"
    assert_as_undisturbed(acme)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_store_that_may_not_be_written_is_told_with_what_to_do(locked: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        Store(f"sqlite:///{folder / 'okrsync.db'}").close()
        folder.chmod(0o777 if locked == "file" else 0o555)
        (folder / "okrsync.db").chmod(0o444)
        forks = multiprocessing.get_context("fork")
        here, there = forks.Pipe()
        forks.Process(target=hold_as_nobody, args=(folder / "okrsync.db", there)).start()
        there.close()
        exit_code, told = here.recv()
    assert exit_code == 1
    assert "writable" in told


def hold_as_nobody(store: Path, told: Connection) -> None:
    os.setuid(NOBODY)
    try:
        with Store(f"sqlite:///{store}") as opened, opened.held("sync", NOON):
            told.send((0, "it could be written"))
    except StoreError as error:
        told.send((error.exit_code, str(error)))


def test_a_damaged_header_is_told_and_the_file_left_as_it_is(acme: Installation) -> None:
    acme.run()
    damaged = bytearray(acme.store.read_bytes())
    damaged[:8] = b"\xff" * 8
    acme.store.write_bytes(damaged)
    acme.sandbox.log.clear()
    with pytest.raises(StoreError, match="not a database") as failed:
        acme.run()
    assert MEND in failed.value.hint
    assert acme.sandbox.log.writes() == []
    assert acme.store.read_bytes() == bytes(damaged)
    assert not upkeep.check(url(acme)).sound


@pytest.mark.parametrize("seed", range(12))
def test_bytes_flipped_anywhere_never_lead_to_anything_but_a_clear_end(acme: Installation, seed: int) -> None:
    acme.run()
    luck, damaged = Random(seed), bytearray(acme.store.read_bytes())
    for _ in range(40):
        place = luck.randrange(100, len(damaged))
        damaged[place] ^= 1 + luck.randrange(255)
    begin = luck.randrange(4096, len(damaged) - 4096)
    damaged[begin : begin + 2048] = bytes(luck.randrange(256) for _ in range(2048))
    acme.store.write_bytes(damaged)
    try:
        acme.run()
    except StoreError as failed:
        assert failed.hint  # noqa: PT017
    except Busy:
        pytest.fail("a damaged store is not a busy one")
    assert set(acme.notes().values()) == {1}, "whatever happened, no ticket has a second note"


def test_a_backup_brings_a_damaged_store_back(acme: Installation, tmp_path: Path) -> None:
    acme.run()
    values = acme.value("checkout-1")
    upkeep.backup(url(acme), tmp_path / "backup.db")
    work_a_week(acme.sandbox)
    acme.run()
    acme.store.write_bytes(b"\xff" * 50_000)
    former = upkeep.restore(url(acme), tmp_path / "backup.db")
    assert former is not None
    assert former.read_bytes() == b"\xff" * 50_000
    assert acme.value("checkout-1") == values
    assert_as_undisturbed(acme)


def test_a_backup_from_before_the_notes_leads_to_no_second_note(acme: Installation, tmp_path: Path) -> None:
    acme.run("plan")
    upkeep.backup(url(acme), tmp_path / "backup.db")
    acme.run()
    upkeep.restore(url(acme), tmp_path / "backup.db")
    assert_as_undisturbed(acme)


def test_a_backup_can_be_made_while_a_run_has_the_store(acme: Installation, tmp_path: Path) -> None:
    acme.run()
    with acme.open() as app, app.store.held("sync", acme.sandbox.clock.now()):
        found = upkeep.check(url(acme))
        assert found.holder.startswith(f"`sync` (process {os.getpid()}")
        upkeep.backup(url(acme), tmp_path / "backup.db")
        with pytest.raises(Busy, match="`sync`"):
            upkeep.restore(url(acme), tmp_path / "backup.db")
    copy = upkeep.check(f"sqlite:///{tmp_path / 'backup.db'}")
    assert copy.sound
    assert copy.counts == found.counts


def test_a_backup_overwrites_nothing(acme: Installation, tmp_path: Path) -> None:
    acme.run("plan")
    (tmp_path / "backup.db").write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        upkeep.backup(url(acme), tmp_path / "backup.db")
    assert (tmp_path / "backup.db").read_text() == "precious"


@pytest.mark.parametrize("flaw", ["text", "damaged", "newer", "another program's", "missing"])
def test_what_is_no_sound_backup_is_not_put_back(acme: Installation, tmp_path: Path, flaw: str) -> None:
    acme.run("plan")
    before, source = acme.store.read_bytes(), tmp_path / "backup.db"
    if flaw == "text":
        source.write_text("no database at all " * 100)
    elif flaw == "another program's":
        with closing(sqlite3.connect(source)) as db:
            db.execute("CREATE TABLE songs (title)")
    elif flaw != "missing":
        upkeep.backup(url(acme), source)
    if flaw == "newer":
        with closing(sqlite3.connect(source)) as db, db:
            db.execute("UPDATE alembic_version SET version_num = '9999'")
    elif flaw == "damaged":
        damaged = bytearray(source.read_bytes())
        damaged[len(damaged) // 2 :] = b"\xff" * (len(damaged) - len(damaged) // 2)
        source.write_bytes(damaged)
    with pytest.raises(StoreError) as refused:
        upkeep.restore(url(acme), source)
    assert refused.value.hint
    assert acme.store.read_bytes() == before
    assert sorted(path.name for path in acme.folder.glob("okrsync.db*")) == ["okrsync.db", "okrsync.db.lock"]


def test_every_former_store_is_kept(acme: Installation, tmp_path: Path) -> None:
    acme.run("plan")
    upkeep.backup(url(acme), tmp_path / "backup.db")
    names = [upkeep.restore(url(acme), tmp_path / "backup.db") for _ in range(2)]
    assert [path.name for path in names if path] == ["okrsync.db.before-restore", "okrsync.db.before-restore-2"]


def test_a_restore_that_fails_at_the_last_step_leaves_the_store(
    acme: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.run()
    upkeep.backup(url(acme), tmp_path / "backup.db")

    def refuse(path: Path, target: Path) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match="no space left"):
        upkeep.restore(url(acme), tmp_path / "backup.db")
    monkeypatch.undo()
    assert acme.run().plan.changes == ()


def test_a_store_from_a_newer_okrsync_is_left_alone(acme: Installation) -> None:
    acme.run("plan")
    with closing(sqlite3.connect(acme.store)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    before = acme.store.read_bytes()
    with pytest.raises(StoreError, match="version 9999") as failed:
        acme.run()
    assert "Upgrade okrsync" in failed.value.hint
    assert acme.store.read_bytes() == before
    assert "9999" in upkeep.check(url(acme)).problems[0]


@pytest.mark.parametrize("table", ["connections", "items", "writes"])
def test_a_migration_killed_half_way_leaves_all_or_nothing(tmp_path: Path, table: str) -> None:
    store = tmp_path / "okrsync.db"
    ended = subprocess.run([sys.executable, "-c", DIE_HALF_WAY, f"sqlite:///{store}", table], check=False)
    assert ended.returncode == -9, "it died in the middle of the migration"
    left = tmp_path / "left"
    left.mkdir()
    for file in tmp_path.glob("okrsync.db*"):
        shutil.copy(file, left)
    assert ask(left / "okrsync.db", "SELECT name FROM sqlite_master") == []
    with Store(f"sqlite:///{store}") as opened:
        assert opened.journal.runs() == ()
    assert ask(store, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_a_migration_that_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    def fail(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "CREATE TABLE writes" in statement:
            raise ZeroDivisionError

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(ZeroDivisionError):
            Store(f"sqlite:///{tmp_path / 'okrsync.db'}")
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert ask(tmp_path / "okrsync.db", "SELECT name FROM sqlite_master") == []
    Store(f"sqlite:///{tmp_path / 'okrsync.db'}").close()


def test_a_version_that_nobody_knows_is_told(acme: Installation) -> None:
    acme.run("plan")
    with closing(sqlite3.connect(acme.store)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StoreError, match="version 0000") as failed:
        acme.run()
    assert MEND in failed.value.hint
