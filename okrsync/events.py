"""What happens, as log lines: one name for each thing that can happen, and the logger that writes them.

At ``info`` a run is one line; ``debug`` tells everything in between. Lines go to stderr. What comes from trackers is
quoted (text) or escaped (JSON), so that no title can forge a line or repaint a terminal. Times are UTC, durations are
in seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Literal, Protocol, Self

from okrsync import redact
from okrsync.errors import ConfigError, OkrsyncError
from okrsync.model.change import connection_of, ref_of
from okrsync.model.message import Sent
from okrsync.model.run import Movement, Plan, RunReport, ScopePull, Write

Level = Literal["debug", "info", "warning", "error"]

_ENDED = "run that this ended"


class Event(StrEnum):
    """Every name that a log line can have."""

    DAEMON_STARTED = "daemon started"
    DAEMON_STOPPED = "daemon stopped"
    DASHBOARD_SERVED = "dashboard served"
    CONFIGURATION_READ = "configuration read"
    CONFIGURATION_BROKEN = "configuration broken"
    CONFIGURATION_MENDED = "configuration mended"
    CONNECTION_WAITS = "connection waits"
    SERVER_SAID = "server said"
    ANSWER_FAILED = "answer failed"
    INBOX_FAILED = "inbox failed"
    STORE_AWAITED = "store awaited"
    REMINDER_SENT = "reminder sent"
    REMINDER_FAILED = "reminder failed"
    RUN_STARTED = "run started"
    STAGE_DONE = "stage done"
    CONNECTION_READ = "connection read"
    CONNECTION_FAILED = "connection failed"
    CONNECTOR_BROKE = "connector broke"
    SCOPE_READ = "scope read"
    ITEM_QUARANTINED = "item quarantined"
    KEY_RESULT_MOVED = "key result moved"
    KEY_RESULT_STALE = "key result stale"
    TICKETS_OBSERVED = "tickets observed"
    PLAN_MADE = "plan made"
    CHANGE_MADE = "change made"
    CHANGE_SKIPPED = "change skipped"
    CHANGE_FAILED = "change failed"
    CHANGES_DEFERRED = "changes deferred"
    RUN_FINISHED = "run finished"
    RUN_INTERRUPTED = "run interrupted"
    RUN_FAILED = "run failed"
    RUN_CRASHED = "run crashed"


class Log(Protocol):
    """Takes events with their values; ``bind`` makes one that adds values to each."""

    def bind(self, **values: Any) -> Self: ...

    def debug(self, event: str, **values: Any) -> Any: ...

    def info(self, event: str, **values: Any) -> Any: ...

    def warning(self, event: str, **values: Any) -> Any: ...

    def error(self, event: str, **values: Any) -> Any: ...

    def exception(self, event: str, **values: Any) -> Any: ...


class Silence:
    """The log of those who did not ask for one."""

    def bind(self, **values: Any) -> Self:
        return self

    def debug(self, event: str, **values: Any) -> None:
        pass

    info = warning = error = exception = debug


def logger(*, log_json: bool = False, level: Level = "info") -> Any:
    """Writes one line per event on stderr. Tracebacks are plain: pretty ones show variables, and so secrets."""
    import structlog

    steps: list[Any] = [structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.add_log_level]
    if log_json:
        steps += [structlog.processors.format_exc_info, redact.processor, structlog.processors.JSONRenderer()]
    else:
        plain, colors = structlog.dev.plain_traceback, sys.stderr.isatty()
        steps.append(structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain, repr_native_str=True))
    steps.append(redact.processor)
    heard = structlog.make_filtering_bound_logger(level)
    return structlog.wrap_logger(structlog.PrintLogger(sys.stderr), processors=steps, wrapper_class=heard)


def scope_read(log: Log, read: ScopePull, seconds: float) -> None:
    """One line for a scope, and one for each item that was set apart; ``seconds`` is how long it took."""
    log = log.bind(connection=read.connection, scope=read.scope)
    for item in read.quarantined:
        log.debug(Event.ITEM_QUARANTINED, item=item.key, reason=item.reason)
    log.debug(
        Event.SCOPE_READ,
        full=read.full,
        seen=read.seen,
        changed=read.changed,
        unreachable=read.unreachable,
        quarantined=len(read.quarantined),
        seconds=round(seconds, 3),
    )


def measured(log: Log, movements: Iterable[Movement], stale: Iterable[str]) -> None:
    """One line for each key result that moved, and for each that kept an old reading."""
    for one in movements:
        before = one.before.value if one.before else None
        log.debug(Event.KEY_RESULT_MOVED, key_result=one.key_result, before=before, after=one.after.value)
    for key_result in stale:
        log.debug(Event.KEY_RESULT_STALE, key_result=key_result)


def planned(log: Log, plan: Plan) -> None:
    """One line with the size of a plan: changes, removals of what is ours, API calls."""
    log.debug(
        Event.PLAN_MADE,
        changes=len(plan.changes),
        removals=plan.removals,
        owned=plan.owned,
        left_alone=len(plan.left_alone),
        cost=plan.cost,
        unsafe=plan.unsafe,
    )


def written(log: Log, write: Write, seconds: float) -> None:
    """One change that was tried; those that were not are counted together by ``deferred``."""
    change, ref, receipt = write.change, ref_of(write.change), write.receipt
    log = log.bind(
        connection=connection_of(change),
        change=type(change).__name__,
        ticket=ref.key if ref else None,
        label=getattr(change, "label", None),
        seconds=round(seconds, 3),
    )
    if receipt is None:
        log.debug(Event.CHANGE_FAILED, error=write.error)
    elif receipt.reason:
        log.debug(Event.CHANGE_SKIPPED, reason=receipt.reason)
    else:
        log.debug(Event.CHANGE_MADE, done=str(receipt.done), note=receipt.note_id)


def deferred(log: Log, writes: Iterable[Write]) -> None:
    """The changes that are left for the next run, by connection."""
    left: dict[str, int] = {}
    for write in writes:
        if write.receipt is None and not write.error:
            left[connection_of(write.change)] = left.get(connection_of(write.change), 0) + 1
    for connection, count in left.items():
        log.debug(Event.CHANGES_DEFERRED, connection=connection, count=count)


def finished(log: Log, report: RunReport, *, gave_way: bool = False) -> None:
    """The one line of a run; a warning when it is partial, unless it only let others go first."""
    scopes = [scope for one in report.connections for scope in one.scopes]
    failed = {one.connection: f"{one.error} {one.hint}".strip() for one in report.connections if one.error}
    left = sum(write.deferred for write in report.writes)
    tell = log.info if not report.exit_code or (gave_way and not failed) else log.warning
    tell(
        Event.RUN_FINISHED,
        run=report.id,
        kind=report.kind,
        exit_code=report.exit_code,
        seconds=round((report.finished - report.started).total_seconds(), 1),
        requests=sum(one.requests for one in report.connections),
        items=sum(scope.seen for scope in scopes),
        changed=sum(scope.changed for scope in scopes),
        planned=len(report.plan.changes),
        written=sum(write.receipt is not None for write in report.writes),
        deferred=left,
        moved=[movement.key_result for movement in report.movements],
        **({"failed": failed} if failed else {}),
        **({"unfinished": list(report.unfinished)} if report.unfinished else {}),
    )


def ended(error: BaseException, run: int, kind: str) -> None:
    """Note on an error which run it ended, for whoever tells of it."""
    vars(error)[_ENDED] = {"run": run, "kind": kind}


def run_of(error: BaseException) -> dict[str, Any]:
    """Run and kind of the run that an error ended, or nothing."""
    return dict(vars(error).get(_ENDED, {}))


def explained(error: OkrsyncError) -> dict[str, Any]:
    """An error as the values of a line."""
    problems = [str(problem) for problem in error.problems] if isinstance(error, ConfigError) else []
    told = {"error": error.message, "hint": error.hint} | ({"problems": problems} if problems else {})
    return told | run_of(error)


def reminded(log: Log, sent: Sent) -> None:
    """A message to somebody, and how it went."""
    log = log.bind(role=sent.role, who=sent.who)
    if sent.delivery.why:
        log.warning(Event.REMINDER_FAILED, outcome=sent.delivery.outcome, error=sent.delivery.why)
    else:
        log.info(Event.REMINDER_SENT)
