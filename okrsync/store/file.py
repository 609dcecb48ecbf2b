"""The store's file: where it is, how it is opened, and what it means when it cannot be used."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import make_url

from okrsync.errors import Busy, Damaged, StoreError

RESTORE = (
    "`okrsync store restore FILE` brings back a backup. "
    "Without one it can be deleted: trackers are read again, only history and check-ins are lost."
)
MENDING = f"`okrsync store check` tells more, and {RESTORE}"
_ADVICE = {
    "SQLITE_FULL": "Make room on the disk and run again; what was kept before is safe.",
    "SQLITE_IOERR": "Check that the disk has room and works, and run again; what was kept before is safe.",
}
ACCESS = "Check that the folder exists, and that it and the file are writable; `okrsync store check` tells more."
_UNREADABLE = (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError)
"""What reading raises where bytes are not what was written; SQLite may even quote them in its message."""


def place(url: str) -> Path:
    """The file of a store."""
    return Path(make_url(url).database or "")


def writable(file: Path) -> bool:
    """Whether the store can be written: SQLite needs its folder too, for the log beside it."""
    return os.access(file.parent, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


def address(file: Path) -> str:
    """The file as SQLite is to open it, for writing too where it may: only then it clears its log away in the end.

    Where it may not, a log beside it is read along if its index is there. A file without a log is complete as it is,
    and nobody writes to it: read as such, SQLite wants to make nothing beside it.
    """
    if writable(file):
        mode = "rwc"
    else:
        log, index = (Path(f"{file}{suffix}") for suffix in ("-wal", "-shm"))
        still = not index.exists() and not (log.exists() and log.stat().st_size)
        mode = "ro&immutable=1" if still else "ro"
    return f"{file.absolute().as_uri()}?mode={mode}"


@contextmanager
def readable(url: str) -> Iterator[None]:
    """Raises Damaged in place of what a damaged row makes its reader raise."""
    try:
        yield
    except _UNREADABLE as error:
        raise Damaged(f"The store {place(url)} holds a damaged row: {error}.", hint=MENDING) from error


def unusable(url: str, error: sqlite3.Error) -> StoreError | Busy:
    """What an error of SQLite means, and what to do about it."""
    kind, file = getattr(error, "sqlite_errorname", "") or "", place(url)
    if kind.startswith("SQLITE_BUSY"):
        return Busy(f"The store {file} is being written by another process.", hint="Try again in a moment.")
    if kind.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Damaged(f"The store {file} cannot be used: {error}.", hint=MENDING)
    if kind.startswith("SQLITE_READONLY"):
        return only_read(url, str(error))
    if kind.startswith("SQLITE_CANTOPEN") and file.exists():
        return _unopened(file, error)
    advice = next((text for prefix, text in _ADVICE.items() if kind.startswith(prefix)), ACCESS)
    return StoreError(f"The store {file} cannot be used: {error}.", hint=advice)


def only_read(url: str, why: object) -> StoreError:
    """What wants to write found a store that it may not write."""
    return StoreError(
        f"The store {place(url)} can be read, but not written: {why}.",
        hint="Make the file and its folder writable for whoever runs this; commands that only read work as it is.",
    )


def _unopened(file: Path, error: sqlite3.Error) -> StoreError:
    """There is something, and SQLite cannot open it: it is no file, or not ours to read."""
    if not file.is_file():
        return StoreError(f"The store {file} is no file.", hint="Point `store:` at a file, as sqlite:///okrsync.db.")
    if not os.access(file, os.R_OK):
        return StoreError(f"The store {file} may not be read.", hint="Let whoever runs this read the file.")
    return StoreError(
        f"The store {file} cannot be opened here: {error}.",
        hint="The log beside it, or its folder, may not be written, and its newest changes are in that log. "
        f"Copy {file.name} and {file.name}-wal to where you may write, and point `store:` there.",
    )
