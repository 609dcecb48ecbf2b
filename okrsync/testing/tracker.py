"""The handle that a connector author gives to the contract kit: a tracker with some work in it, and people to do it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import Protocol

from okrsync.clock import utc_now
from okrsync.connector import Connector, Context, Meter
from okrsync.marker import Namespace
from okrsync.model.change import Shown
from okrsync.model.work import Item, Page, Ref, Scope
from okrsync.retry import Retry


class Trouble(StrEnum):
    """What the tracker does to the next matching requests."""

    UNAUTHORIZED = "401"
    FORBIDDEN = "403 that is no rate limit"
    LIMITED_SHORTLY = "429, retry after 2 seconds"
    LIMITED_LONG = "429, retry after an hour"
    UNAVAILABLE = "503"
    HTML = "200 with a login page"
    EMPTY = "200 with no body"
    WRONG_SHAPE = "200 with JSON of another kind"
    TRUNCATED = "200 with half a body"
    REPEATED_PAGE = "the page before once more"
    SHORT_PAGES = "pages with fewer items than asked for"
    LOST_ANSWER = "carried out, then the connection breaks"


class Tracker(Protocol):
    """At least three pages of tickets in one scope. Every method acts as people do, not through the connector.

    ``token`` must appear in nothing that the connector says.
    """

    token: str

    def connect(self, context: Context) -> Connector:
        """The connector under test, connected to this tracker."""

    def ids(self, scope: Scope) -> Collection[str]:
        """The immutable ids of everything in the scope."""

    def edit(self, ref: Ref) -> None:
        """Change the title, some time after everything before."""

    def finish(self, ref: Ref) -> None:
        """Bring it to done and delivered, some time after everything before."""

    def add_label(self, ref: Ref, label: str) -> None:
        """A person puts a label on a ticket."""

    def labels(self, ref: Ref) -> Collection[str]:
        """The names of all labels of a ticket, whoever put them there."""

    def comments(self, ref: Ref) -> Collection[str]:
        """The texts of all comments, whoever wrote them."""

    def comment(self, ref: Ref, text: str) -> None:
        """A person writes a comment."""

    def copy_comments(self, ref: Ref) -> bool:
        """Another person puts a copy of every comment beside it; False where a copy loses the mark of a note."""

    def delete(self, ref: Ref) -> None:
        """A person deletes the ticket, or moves it where the connector cannot see it."""

    def spoil(self, ref: Ref) -> None:
        """From now on lists tell this ticket in a form that nobody understands, without its time of creation say."""

    def milestones(self, scope: Scope) -> Collection[str]:
        """The titles of the milestones or versions of the scope, at least one."""

    def query(self, refs: Sequence[Ref]) -> str:
        """A query in the tracker's own language that matches these tickets of the scope and no others."""

    def trouble(self, kind: Trouble, *, writes: bool = False, skip: int = 0) -> bool:
        """Make reads (or writes) of work fail from now on, after ``skip`` good ones; False when it cannot happen."""

    def heal(self) -> None:
        """Back to normal."""


class Rig:
    """A connector under test with its meter, and the seconds it was made to wait."""

    def __init__(self, tracker: Tracker, installation: str = "contract") -> None:
        self.waited: list[float] = []
        self.meter = Meter()
        self.context = Context(
            connection="contract",
            installation=installation,
            namespace=Namespace(),
            retry=Retry(self.waited.append),
            now=utc_now,
            meter=self.meter,
        )
        self.connector = tracker.connect(self.context)
        self.scope = next(iter(self.connector.scopes(())))

    def pages(self) -> list[Page]:
        """A full pull."""
        return list(self.connector.pull(self.scope, None))

    def items(self) -> list[Item]:
        """Everything in the scope, each item once."""
        return items_of(self.pages())

    def writable(self) -> Ref:
        """A ticket without comments that can be written to. The tracker must have one."""
        fit = [item.ref for item in self.items() if item.writable and not item.comments]
        assert fit, "give the tracker a ticket that can be written to"
        return fit[0]

    def observe(self, ref: Ref) -> Shown:
        """What one ticket shows of ours now."""
        (found,) = self.connector.observe([ref])
        return found


def items_of(pages: Iterable[Page]) -> list[Item]:
    """The items of these pages, each once and as it was told last."""
    return list({item.id: item for page in pages for item in page.items}.values())
