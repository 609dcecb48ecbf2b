"""What a run found, planned and did: the values that reports are rendered from."""

from __future__ import annotations

from datetime import datetime

import msgspec

from okrsync.model.change import Change, Receipt
from okrsync.model.sample import Sample
from okrsync.model.verdict import Verdict
from okrsync.model.work import Quarantined, Ref


class ScopePull(msgspec.Struct, frozen=True):
    """How one repository or project was read: ``seen`` items came, ``changed`` of them were news.

    ``scope`` is its name; ``id`` its immutable id, which changes of label definitions carry. ``lost`` names some of
    the ``unreachable``, which this run could no longer find, by their keys.
    """

    connection: str
    scope: str
    full: bool
    seen: int = 0
    changed: int = 0
    unreachable: int = 0
    quarantined: tuple[Quarantined, ...] = ()
    id: str = ""
    lost: tuple[str, ...] = ()


class ConnectionRun(msgspec.Struct, frozen=True):
    """One connection's part of a run. ``error`` is "" when it did its part; ``hint`` says what to do.

    ``remaining`` of ``limit`` requests are left this hour, where the tracker says so, and ``kept`` of these are for
    others; ``waited`` is in seconds.
    ``paused`` is how many seconds no write was left in the tracker's limits when the run deferred the rest.
    ``retry_after`` is for how many seconds the tracker wants to be left alone after an error, 0 where it does not say.
    ``silent`` says that nothing is ever written on its tickets, by ``write_back: false``.
    """

    connection: str
    requests: int = 0
    writes: int = 0
    waited: float = 0.0
    remaining: int | None = None
    limit: int | None = None
    kept: int = 0
    error: str = ""
    hint: str = ""
    paused: float = 0.0
    retry_after: float = 0.0
    silent: bool = False
    scopes: tuple[ScopePull, ...] = ()


class LeftAlone(msgspec.Struct, frozen=True):
    """A ticket whose label and note stay as they are, with the reason."""

    ref: Ref
    reason: str


class Plan(msgspec.Struct, frozen=True):
    """Every change, in the order in which it will be made, and its cost.

    ``cost`` counts API calls per connection. ``removals`` of ``owned`` shown labels and notes go away;
    ``unsafe`` says that this is more than the guard admits without ``--force``.
    """

    changes: tuple[Change, ...] = ()
    cost: dict[str, int] = {}
    left_alone: tuple[LeftAlone, ...] = ()
    removals: int = 0
    owned: int = 0
    unsafe: bool = False


class Write(msgspec.Struct, frozen=True):
    """One change and how it ended; ``error`` is "" unless it failed. Neither receipt nor error: deferred."""

    change: Change
    receipt: Receipt | None = None
    error: str = ""

    @property
    def deferred(self) -> bool:
        """Planned, and neither made nor refused: the next run goes on with it."""
        return self.receipt is None and not self.error


class Movement(msgspec.Struct, frozen=True):
    """A key result whose reading changed in this run, with the tickets that did it (keys, with a verb).

    ``verdict`` is on the reading after.
    """

    key_result: str
    title: str
    before: Sample | None
    after: Sample
    because: tuple[str, ...] = ()
    verdict: Verdict | None = None


class Dangling(msgspec.Struct, frozen=True):
    """A ticket that names a key result which does not exist or is closed.

    ``counts_for`` is the live one that it was carried over to, "" where the line leads nowhere.
    """

    key: str
    url: str
    names: str
    reason: str
    counts_for: str = ""


class Warned(msgspec.Struct, frozen=True):
    """Something about a key result or a connection that a person should correct; the run went on."""

    subject: str
    message: str
    hint: str = ""


class RunReport(msgspec.Struct, frozen=True):
    """One run, whole: what was read, what moved, what was planned, what was written.

    ``stages`` maps ``read``, ``measure``, ``plan`` and ``write`` to the seconds each of them took. ``unfinished`` are
    the connections that a later run of the daemon tells of, with the ``writes`` that this one began: what is done there
    takes long, and goes on by itself. When the daemon ends and none follows, this one tells what they cost so far.
    """

    id: int
    kind: str
    started: datetime
    finished: datetime
    connections: tuple[ConnectionRun, ...]
    plan: Plan
    writes: tuple[Write, ...] = ()
    movements: tuple[Movement, ...] = ()
    dangling: tuple[Dangling, ...] = ()
    stale: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()
    exit_code: int = 0
    stages: dict[str, float] = {}
    unfinished: tuple[str, ...] = ()

    @property
    def quiet(self) -> bool:
        """Whether it went well and there was nothing to do or to tell: no news, no movement, no change, no write.

        What it warns of, the next run warns of again.
        """
        scopes = [scope for one in self.connections for scope in one.scopes]
        news = any(scope.changed or scope.unreachable for scope in scopes)
        return not (self.exit_code or news or self.movements or self.plan.changes or self.writes)


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in the place of an answer as JSON when a command failed as a whole.

    ``hint`` says what to do next. ``problems`` are what is wrong in files, with file and line. ``run`` and ``kind`` are
    those of the run that it ended, where one had begun.
    """

    exit_code: int
    error: str
    hint: str
    problems: tuple[str, ...] = ()
    run: int | None = None
    kind: str = ""


class RunRecord(msgspec.Struct, frozen=True):
    """A run in the journal: with its ``report``, with the ``error`` that ended it, or with neither.

    With neither it goes on still, or it was killed.
    """

    id: int
    kind: str
    started: datetime
    finished: datetime | None = None
    exit_code: int | None = None
    error: str = ""
    report: RunReport | None = None


class RunRow(msgspec.Struct, frozen=True):
    """A run in one row. ``errors`` are what connections, changes or the run itself failed with.

    ``written`` counts the changes that a tracker took, ``deferred`` those left for the next run, ``seconds`` is None
    for a run that goes on or was killed.
    """

    id: int
    kind: str
    started: datetime
    seconds: float | None = None
    requests: int = 0
    written: int = 0
    deferred: int = 0
    errors: tuple[str, ...] = ()
    exit_code: int | None = None


class AuditedWrite(msgspec.Struct, frozen=True):
    """A change in the audit log: when it was meant, when its answer was kept, and what that was.

    ``ended`` is None when nobody saw the end: the process was killed, and the ticket is looked at again.
    """

    id: int
    run: int
    connection: str
    change: Change
    intended: datetime
    ended: datetime | None = None
    receipt: Receipt | None = None
    error: str = ""
