"""The plug-in boundary: what a tracker must offer, and what it is given.

A connector never decides what a key result is, never touches the store, and never sleeps on its own
account: waiting happens in ``context.retry``. It raises only errors of :mod:`okrsync.errors`.
A plug-in package exposes one :class:`Plugin` under the entry-point group ``okrsync.connectors``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from threading import Lock
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from okrsync.errors import RateLimited
from okrsync.marker import Namespace
from okrsync.model.budget import Budget
from okrsync.model.change import Change, Receipt, Shown
from okrsync.model.hint import Hint
from okrsync.model.interval import Interval
from okrsync.model.life import ItemHistory
from okrsync.model.work import Item, Page, Ref, Scope
from okrsync.retry import Retry


class WriteBack(BaseModel):
    """What to write on tickets: ``label`` (a template, or false), ``note``, and on which tickets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str | Literal[False] = Field("okr:{key_result}", description="Label template, or false for no label.")
    note: bool = Field(True, description="Keep one note per ticket.")
    on: Literal["open", "all"] = Field("open", description="Write on open tickets only, or on all linked ones.")


class ConnectionOptions(BaseModel):
    """Options every connection has. Connectors subclass it; a typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    write_back: WriteBack | Literal[False] | None = Field(None, description="Overrides the global write_back.")
    every: Interval | None = Field(None, description="Time between two runs in the daemon; overrides schedule.every.")
    parallel: int = Field(1, ge=1, le=16, description="Scopes pulled at the same time, one client each.")
    reserve: float = Field(0.1, ge=0, lt=1, description="Share of the tracker's hourly limit that is left for others.")
    remote_link: bool = Field(False, description="Also put a remote link on tickets, where the tracker has them.")
    webhook_secret: SecretStr | None = Field(None, description="What the tracker signs its webhooks with.")
    allow_http: bool = Field(False, description="Let the token travel unencrypted to a url that begins with http:.")

    @field_validator("url", check_fields=False)
    @classmethod
    def _encrypted(cls, url: str, info: ValidationInfo) -> str:
        """Of every connector that has a ``url``; what stays on this machine needs no encryption."""
        if is_exposed(url) and not info.data.get("allow_http"):
            raise ValueError("would send the token unencrypted; use https:, or set allow_http: true")
        return url


def is_exposed(url: str) -> bool:
    """True for an address whose traffic leaves this machine unencrypted."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_here(parts.hostname or "")


def is_here(host: str) -> bool:
    """True for what can only lead to this machine. Another name may be made to lead here by somebody else's page."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class Meter:
    """Counts what a connection cost, and keeps a reserve of the tracker's hourly limit for others.

    All clients of a connection share one, whatever their threads. ``waited`` is in seconds. The rest is a
    :class:`~okrsync.model.budget.Budget`, of which ``reserve`` is the share of the limit that stays untouched.
    """

    requests: int = 0
    writes: int = 0
    waited: float = 0.0
    remaining: int | None = None
    limit: int | None = None
    resets_at: datetime | None = None
    reserve: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def budget(self) -> Budget:
        return Budget(self.remaining, self.limit, self.resets_at)

    def count(self, now: datetime, *, write: bool = False, apart: bool = False) -> None:
        """Note a request that is about to be sent. Raises RateLimited where it would eat into the reserve.

        ``apart`` is one that the tracker counts against another limit.
        """
        with self._lock:
            if self.remaining is not None and self.limit is not None and self.resets_at is not None:
                kept = self.reserve * self.limit
                if now < self.resets_at and self.remaining - 1 < kept:
                    left = f"{self.remaining} of {self.limit} requests are left"
                    raise RateLimited(
                        f"{left}, and {kept:.0f} of them are kept for others.",
                        retry_after=(self.resets_at - now).total_seconds(),
                        hint=f"The next run goes on; the limit resets at {self.resets_at:%H:%M} UTC.",
                    )
                self.remaining -= not apart
            self.requests += 1
            self.writes += write

    def hear(self, told: Budget, now: datetime, clock: datetime | None = None) -> None:
        """Take the tracker at its word, whose ``clock`` may differ from ours.

        Within one period an answer never gives back what was sent since: it may be older than the others' requests.
        """
        resets_at = told.resets_at
        if resets_at is not None and clock is not None:
            resets_at += now - clock
        with self._lock:
            remaining = told.remaining
            if remaining is not None and self.remaining is not None and _same(resets_at, self.resets_at):
                remaining = min(remaining, self.remaining)
            self.remaining = self.remaining if remaining is None else remaining
            self.limit = self.limit if told.limit is None else told.limit
            self.resets_at = resets_at

    def wait(self, seconds: float) -> None:
        """Note that a client waited."""
        with self._lock:
            self.waited += seconds


def _same(one: datetime | None, other: datetime | None) -> bool:
    """Whether two ends of a period are the same one: clocks tell seconds, and answers take some to arrive."""
    return one is not None and other is not None and abs(one - other) < timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a connector is given, once, and may not change.

    ``now`` returns an aware UTC time. ``dashboard_url`` is "" or the base of key result pages. ``conceal`` takes a
    secret that only the connector knows (a token it was issued, a key it read), so that no log or error shows it.
    """

    connection: str
    installation: str
    namespace: Namespace
    retry: Retry
    now: Callable[[], datetime]
    meter: Meter = field(default_factory=Meter)
    dashboard_url: str = ""
    conceal: Callable[[str], None] = lambda secret: None


@dataclass(frozen=True, slots=True)
class WriteLimit:
    """At most ``count`` writes within ``seconds``, as a tracker documents it."""

    count: int
    seconds: float


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
        """The configured repositories or projects, resolved.

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


@dataclass(frozen=True, slots=True)
class Webhook:
    """How a tracker's webhooks are checked and understood.

    ``signature`` and ``delivery`` name the headers of the HMAC (``sha256=`` and hex, over the raw body) and of the
    delivery's id. ``hints`` tells from headers and body where to look again; it raises ValueError for what it cannot
    understand. Nothing that a webhook says is believed.
    """

    signature: str
    delivery: str
    hints: Callable[[Mapping[str, str], bytes], Sequence[Hint]]


@dataclass(frozen=True, slots=True)
class Echo:
    """A part of a query that reads what okrsync itself writes, and in a phrase what to do ``instead``.

    Labels and notes come and go with what a query matches: one that reads them would feed itself.
    """

    written: str
    instead: str


@dataclass(frozen=True, slots=True)
class Plugin:
    """What a plug-in package exposes.

    ``environment`` maps option names to variables people already have, in order of preference.
    ``selectors`` are the Link fields that make sense for this tracker. ``defines_labels`` tells that labels
    must be created in a scope before a ticket can wear them. ``write_limits`` are those the tracker documents.
    ``webhook`` is None for trackers without webhooks. ``echoes`` finds the parts of a query that read labels, comments
    or times of update in a way that our own writes change; the names of our labels are looked for beside it.
    """

    options: type[ConnectionOptions]
    connect: Callable[[Any, Context], Connector]
    environment: Mapping[str, tuple[str, ...]]
    selectors: frozenset[str]
    defines_labels: bool = False
    write_limits: tuple[WriteLimit, ...] = ()
    webhook: Webhook | None = None
    echoes: Callable[[str], Iterable[Echo]] = lambda query: ()
