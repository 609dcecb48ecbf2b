"""What a plug-in package exposes, and what it says of its tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from okrsync.connector.context import Context
from okrsync.connector.options import ConnectionOptions
from okrsync.connector.protocol import Connector
from okrsync.model.hint import Hint


@dataclass(frozen=True, slots=True)
class WriteLimit:
    """At most ``count`` writes within ``seconds``, as a tracker documents it."""

    count: int
    seconds: float


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
