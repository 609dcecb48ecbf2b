"""What was asked of the sandbox, in order, for tests that count requests and for people who wonder."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator

import msgspec

_READING_POSTS = re.compile(r"/search(/jql)?$|/bulkfetch$|/access_tokens$|/match$|/approximate-count$|/graphql$")


class Entry(msgspec.Struct, frozen=True):
    """One request.

    ``status`` is what the client received, 0 when the connection was reset; ``handled`` is what the tracker
    itself answered, None when a fault kept the request from it. ``body`` holds the first 4,000 characters sent.
    """

    tracker: str
    method: str
    path: str
    query: str
    status: int
    handled: int | None = None
    fault: str = ""
    body: str = ""

    @property
    def write(self) -> bool:
        """Meant to change something on the tracker, whether or not it succeeded."""
        if self.method == "POST":
            return not _READING_POSTS.search(self.path)
        return self.method in ("PUT", "PATCH", "DELETE")

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


class RequestLog:
    """Thread-safe. Reading it never disturbs the server."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    @property
    def entries(self) -> tuple[Entry, ...]:
        with self._lock:
            return tuple(self._entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def select(self, *, tracker: str | None = None, method: str | None = None, path: str = "") -> list[Entry]:
        """Entries of a tracker and a method whose path and query match the regular expression ``path``."""
        return [
            entry
            for entry in self.entries
            if tracker in (None, entry.tracker)
            and method in (None, entry.method)
            and (not path or re.search(path, entry.target))
        ]

    def reads(self, tracker: str | None = None) -> list[Entry]:
        return [entry for entry in self.select(tracker=tracker) if not entry.write]

    def writes(self, tracker: str | None = None) -> list[Entry]:
        return [entry for entry in self.select(tracker=tracker) if entry.write]

    def counts(self) -> dict[str, int]:
        """Requests by tracker and method, as ``{"github GET": 12}``."""
        return dict(Counter(f"{entry.tracker} {entry.method}" for entry in self.entries))
