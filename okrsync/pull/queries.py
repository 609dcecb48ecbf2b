"""Queries of the OKR files in the tracker's own language: who asks them, and whether the tracker understands them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from okrsync.connector import Connector, Finding, Level
from okrsync.errors import Gone, Rejected
from okrsync.model.okr import Okrs
from okrsync.model.work import Scope


@dataclass(frozen=True, slots=True)
class Asking:
    """A link that asks a query: its key result and, where it is in a file, its place."""

    key_result: str
    place: str

    def refused(self, query: str, error: Rejected, then: str = "") -> tuple[str, str]:
        """What to say of a query that the tracker does not take, with what follows, and what to do."""
        where = f"{self.place}: " if self.place else ""
        hint = f"Correct the query in the OKR files. {error.hint}".strip()
        return f"{where}the query {query!r} was refused{then}: {error.message}", hint


def asking(okrs: Okrs, connection: str) -> dict[str, list[Asking]]:
    """Every query that live key results ask a connection, with who asks it."""
    found: dict[str, list[Asking]] = {}
    for placed in okrs.live():
        for position, link in enumerate(placed.key_result.links):
            if link.connection == connection and link.query:
                one = Asking(placed.key_result.id, placed.where(position))
                found.setdefault(link.query, []).append(one)
    return found


def probed(
    connector: Connector, scopes: Sequence[Scope], asked: Mapping[str, Sequence[Asking]]
) -> Iterator[tuple[str, Finding]]:
    """The place of each query that the tracker does not take, each asked once. Raises ConnectionFailed."""
    for query, links in asked.items():
        try:
            connector.probe(scopes, query)
        except Gone:
            raise
        except Rejected as error:
            for one in links:
                message, hint = Asking(one.key_result, "").refused(query, error)
                yield one.place or "OKR files", Finding(Level.ERROR, one.key_result, message, hint)
