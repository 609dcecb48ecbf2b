"""Upkeep of the store's file: look it over, copy it while it is in use, and put a copy back.

Nothing here opens a :class:`~okrsync.store.Store`, since it must also work on a file that cannot be opened as one.
Copies are made through SQLite's online backup, so they are consistent while a run writes.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from okrsync.errors import Busy, Damaged, StoreError
from okrsync.store.file import RESTORE, address, place, unusable, writable
from okrsync.store.journal import words_for_holder
from okrsync.store.lock import lock_of, locked
from okrsync.store.upgrade import HEAD, newer

FINDINGS = 10
"""So many findings of an integrity check are kept; the first says what there is to know."""

COUNTED = ("items", "links", "milestones", "samples", "checkins", "runs", "writes")
NO_STORE = "it is no store of okrsync"
_ANOTHER_FILE = "Point `store:` at another file; where this one is empty, `okrsync sync` makes a store of it."
_SIDECARS = ("-wal", "-shm")
_FORGET_THE_HOLDER = "DELETE FROM holder"
_LOOK_AGAIN = "UPDATE shown SET known = 0"
"""Notes may have been written since a copy was made: every ticket is looked at before the next write."""


class Checkup(msgspec.Struct, frozen=True):
    """What a look at a store found.

    ``problems`` are SQLite's findings, or why the file could not be read; empty means sound. ``damaged`` tells that
    what is in the file is wrong, and not merely out of reach; ``hint`` what to do about it. Sizes are in bytes,
    ``log_size`` being that of the write-ahead log. ``unfinished`` counts writes whose end nobody saw: the next run
    looks at their tickets. ``holder`` is who has the store now, or "".
    """

    file: str
    exists: bool
    version: str = ""
    head: str = HEAD
    size: int = 0
    log_size: int = 0
    writable: bool = False
    counts: dict[str, int] = {}
    unfinished: int = 0
    holder: str = ""
    problems: tuple[str, ...] = ()
    damaged: bool = False
    hint: str = ""

    @property
    def sound(self) -> bool:
        """Whether there is a file and nothing is wrong with it."""
        return self.exists and not self.problems

    @property
    def newer(self) -> bool:
        """Whether it is from a newer okrsync, and nothing else is known to be wrong with it."""
        return self.version > self.head and not self.damaged


def check(url: str) -> Checkup:
    """Look a store over; changes nothing, and works while a run has it."""
    file = place(url)
    if not file.exists():
        return Checkup(str(file), exists=False)
    log = file.with_name(f"{file.name}-wal")
    found = Checkup(
        file=str(file),
        exists=True,
        size=file.stat().st_size,
        log_size=log.stat().st_size if log.exists() else 0,
        writable=writable(file),
    )
    try:
        with _opened(url, file) as db:
            return _looked_over(db, found, in_use=_in_use(file))
    except (StoreError, Busy) as error:
        damaged = isinstance(error, Damaged)
        hint = RESTORE if damaged else error.hint
        return msgspec.structs.replace(found, problems=(error.message,), damaged=damaged, hint=hint)


def backup(url: str, target: Path) -> None:
    """Copy the store to a new file, in one consistent state, also one from a newer okrsync.

    Raises StoreError; a file that exists is left alone.
    """
    if not place(url).exists():
        raise StoreError(f"There is no store {place(url)}.", hint="`okrsync sync` makes one.")
    if target.exists():
        raise StoreError(f"{target} exists already.", hint="Name a file that does not.")
    with _finished_under(target) as draft:
        _copy(url, place(url), draft)
        found = _looked_at(draft)
        if not (found.sound or found.newer):
            raise Damaged(f"{place(url)} is not sound: {_said(found)}", hint=f"Nothing was copied. {RESTORE}")


def restore(url: str, source: Path) -> Path | None:
    """Put a copy in the place of the store; returns where the former one is now, None when there was none.

    The copy is read and checked first. Raises StoreError when it is no sound store, Busy while a run has the store.
    """
    if not source.exists():
        raise StoreError(f"There is no {source}.", hint="`okrsync store backup FILE` makes such a file.")
    file = place(url)
    if file.exists() and source.samefile(file):
        raise StoreError(f"{source} is the store itself.", hint="Name a copy of it.")
    with locked(lock_of(url), lambda: _holder_of(url)), _finished_under(file) as draft:
        _copy_of_backup(source, draft)
        with closing(sqlite3.connect(draft)) as copy, copy:
            copy.execute(_FORGET_THE_HOLDER)
            copy.execute(_LOOK_AGAIN)
        return _set_aside(file)


def _looked_over(db: sqlite3.Connection, found: Checkup, *, in_use: bool) -> Checkup:
    problems = tuple(row[0] for row in db.execute(f"PRAGMA integrity_check({FINDINGS})") if row[0] != "ok")
    version = _version(db)
    found = msgspec.structs.replace(
        found, version=version, problems=problems, damaged=bool(problems), hint=RESTORE if problems else ""
    )
    if not version:
        return msgspec.structs.replace(found, problems=(*problems, NO_STORE), hint=found.hint or _ANOTHER_FILE)
    if version > HEAD:
        too_new = newer(version)
        hint = found.hint or too_new.hint
        return msgspec.structs.replace(found, problems=(*problems, too_new.message), hint=hint)
    row = db.execute("SELECT doing, pid, host, since FROM holder").fetchone() if in_use else None
    return msgspec.structs.replace(
        found,
        counts={table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED},
        unfinished=db.execute("SELECT count(*) FROM writes WHERE ended_at IS NULL").fetchone()[0],
        holder=words_for_holder(*row) if row else "another run" if in_use else "",
    )


def _version(db: sqlite3.Connection) -> str:
    """The store's version; "" where the file is no store."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return ""
    row = db.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


@contextmanager
def _opened(url: str, file: Path) -> Iterator[sqlite3.Connection]:
    """The file for reading. Raises StoreError and Busy for what SQLite says in here."""
    try:
        with closing(sqlite3.connect(address(file), uri=True, timeout=10)) as db:
            db.execute("PRAGMA query_only = ON")
            yield db
    except sqlite3.Error as error:
        raise unusable(url, error) from error


def _in_use(file: Path) -> bool:
    """Whether a run has the store now. Makes no lock file where there is none."""
    beside = Path(f"{file}.lock")
    if not beside.exists():
        return False
    try:
        with FileLock(beside, timeout=0, thread_local=False):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def _holder_of(url: str) -> str:
    return check(url).holder or "another run"


def _copy(url: str, source: Path, target: Path) -> None:
    with _opened(url, source) as db, closing(sqlite3.connect(target)) as copy:
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _copy_of_backup(source: Path, draft: Path) -> None:
    """Raises StoreError for what is no backup that could be put back; it is never about the store."""
    url = f"sqlite:///{source}"
    try:
        _copy(url, source, draft)
        found = _looked_at(draft)
    except Damaged as error:
        found = Checkup(str(source), exists=True, problems=(str(error.__cause__),))
    if found.newer:
        raise newer(found.version)
    if not found.sound:
        raise StoreError(
            f"{source} is no sound backup: {_said(found)}", hint="Nothing was changed. Name another backup."
        )


def _looked_at(copy: Path) -> Checkup:
    return check(f"sqlite:///{copy}")


def _said(found: Checkup) -> str:
    return f"{'; '.join(problem.rstrip('.') for problem in found.problems)}."


@contextmanager
def _finished_under(target: Path) -> Iterator[Path]:
    """A draft beside ``target`` that takes its name when everything went well, and is gone otherwise."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        yield draft
        _to_disk(draft)
        draft.replace(target)
    except OSError as error:
        raise StoreError(
            f"{target} cannot be written: {error}.", hint="Check the folder and its free space."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _to_disk(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _set_aside(file: Path) -> Path | None:
    """Give the store a second name that is free, and take its log away, which must not meet another file."""
    if not file.exists():
        return None
    with suppress(sqlite3.Error), closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = next(path for path in _names(file) if not path.exists())
    try:
        aside.hardlink_to(file)
    except OSError:
        shutil.copy2(file, aside)
    for suffix in _SIDECARS:
        beside = Path(f"{file}{suffix}")
        if beside.exists():
            beside.replace(f"{aside}{suffix}")
    return aside


def _names(file: Path) -> Iterator[Path]:
    yield Path(f"{file}.before-restore")
    number = 2
    while True:
        yield Path(f"{file}.before-restore-{number}")
        number += 1
