"""What a tracker must offer: the verbs of a connector, and what its check finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from okrsync.model.change import Change, Receipt, Shown
from okrsync.model.life import ItemHistory
from okrsync.model.work import Item, Page, Ref, Scope


class Level(StrEnum):
    """How much a finding of ``check`` matters."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``check``: what was looked at, what was found, what to do about it."""

    level: Level
    subject: str
    message: str
    hint: str = ""


class Connector(Protocol):
    """One client of one connection, used by one thread.

    ``overlap`` is how far before the last pull's start the next one begins.
    """

    overlap: timedelta

    def check(self) -> Iterator[Finding]:
        """Who am I, may I read, may I write, does the clock agree, what is left of the rate limit."""

    def scopes(self, known: Sequence[Scope]) -> Sequence[Scope]:
        """The configured repositories or projects, resolved, also those that are ``left_out`` for a reason.

        ``known`` holds what the store remembers and may be used to save requests; empty asks the tracker anew.
        Raises Gone for one that does not exist.
        """

    def asks(self, scope: Scope) -> str:
        """What a pull asks for, as text; a different answer than last time makes the next pull a full one."""

    def pull(self, scope: Scope, since: datetime | None) -> Iterator[Page]:
        """Everything changed at or after ``since`` (None: everything), page by page, oldest first.

        Raises BadAnswer rather than ending early; the caller concludes nothing from a pull that raised.
        """

    def reread(self, scope: Scope, refs: Sequence[Ref]) -> Iterator[Page]:
        """These items of the scope as they are at this moment; those that are gone are left out."""

    def select(self, scopes: Sequence[Scope], query: str) -> frozenset[str]:
        """Ids of the items of these scopes that a query in the tracker's own language matches."""

    def probe(self, scopes: Sequence[Scope], query: str) -> None:
        """Ask a query once, for as little of its answer as the tracker gives. Raises what ``select`` raises.

        That is Rejected for a query that the tracker does not understand.
        """

    def observe(self, refs: Sequence[Ref]) -> Iterator[Shown]:
        """What these tickets show of ours now, in any order; tickets that are gone are left out."""

    def cost(self, change: Change) -> int:
        """API calls that applying this change takes when nothing goes wrong."""

    def apply(self, change: Change) -> Receipt:
        """Make the change. Idempotent for labels and links; a note is created once.

        Raises OutcomeUnknown when it was sent and the answer got lost, Closed on locked or archived
        targets, Forbidden, Gone, RateLimited.
        """

    def census(self, scope: Scope) -> Iterator[str]:
        """Ids of everything that exists in the scope. Raises rather than ending early."""

    def confirm(self, refs: Sequence[Ref]) -> Mapping[str, str]:
        """Of tickets that a census missed: id -> why it is unreachable. Those not in the answer exist."""

    def histories(self, scopes: Sequence[Scope], items: Sequence[Item]) -> Iterator[ItemHistory]:
        """What these items of these scopes were since they were created, each once, in any order.

        States, outcomes and, where the tracker keeps them, points and numbers. Items that are gone are left out, save
        those to which nothing ever happened, and items of which the tracker does not tell all. Raises Rejected where it
        keeps no histories.
        """

    def history_cost(self, scopes: Sequence[Scope], items: Sequence[Item]) -> int:
        """About how many requests ``histories`` takes when nothing goes wrong. Sends none itself."""

    def close(self) -> None:
        """Let go of sockets."""
