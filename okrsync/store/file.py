"""The store's file: where it is, and what it means when it cannot be used."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import make_url

from okrsync.errors import Busy, StoreError

_DELETABLE = "Without one it can be deleted: trackers are read again, only history and check-ins are lost."
MENDING = f"`okrsync store check` tells more, and `okrsync store restore FILE` brings back a backup. {_DELETABLE}"
_ADVICE = {
    "SQLITE_FULL": "Make room on the disk and run again; what was kept before is safe.",
    "SQLITE_IOERR": "Check that the disk has room and works, and run again; what was kept before is safe.",
    "SQLITE_CORRUPT": MENDING,
    "SQLITE_NOTADB": MENDING,
}
ACCESS = "Check that the folder exists, and that it and the file are writable; `okrsync store check` tells more."
_UNREADABLE = (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError)
"""What reading raises where bytes are not what was written; SQLite may even quote them in its message."""


def place(url: str) -> Path:
    """The file of a store."""
    return Path(make_url(url).database or "")


@contextmanager
def readable(url: str) -> Iterator[None]:
    """Raises StoreError in place of what a damaged row makes its reader raise."""
    try:
        yield
    except _UNREADABLE as error:
        raise StoreError(f"The store {place(url)} holds a damaged row: {error}.", hint=MENDING) from error


def unusable(url: str, error: sqlite3.Error) -> StoreError | Busy:
    """What an error of SQLite means, and what to do about it."""
    kind = getattr(error, "sqlite_errorname", "") or ""
    if kind.startswith("SQLITE_BUSY"):
        return Busy(f"The store {place(url)} is being written by another process.", hint="Try again in a moment.")
    advice = next((text for prefix, text in _ADVICE.items() if kind.startswith(prefix)), ACCESS)
    return StoreError(f"The store {place(url)} cannot be used: {error}.", hint=advice)
