"""The fence around connectors: what one of them did not foresee fails its own connection, and never the run.

Connectors are called through here and nowhere else. Errors of :mod:`okrsync.errors` pass; anything else that a
connector raises is a bug in it, logged with its traceback and turned into :class:`Broken`. The engine's own mistakes
happen outside the fence and still surface.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from okrsync.connector import Connector, Finding
from okrsync.errors import Broken, OkrsyncError
from okrsync.events import Event, Log
from okrsync.model.change import Change, Receipt, Shown
from okrsync.model.life import ItemHistory
from okrsync.model.work import Item, Page, Ref, Scope

T = TypeVar("T")


class Fence:
    """Guards what is asked of one connection."""

    def __init__(self, connection: str, log: Log) -> None:
        self.connection = connection
        self._log = log

    def call(self, verb: str, ask: Callable[[], T]) -> T:
        """The answer. Raises Broken for everything that is no error of ours."""
        try:
            return ask()
        except OkrsyncError:
            raise
        except Exception as error:
            raise self._broken(verb, error) from error

    def each(self, verb: str, ask: Callable[[], Iterable[T]]) -> Iterator[T]:
        """The same for answers that come one by one; those before the failure are kept."""
        try:
            yield from ask()
        except OkrsyncError:
            raise
        except Exception as error:
            raise self._broken(verb, error) from error

    def _broken(self, verb: str, error: Exception) -> Broken:
        """Only the kind of the error is told: what libraries say may quote headers."""
        self._log.debug(Event.CONNECTOR_BROKE, connection=self.connection, verb=verb, exc_info=error)
        return Broken(
            f"The connector of {self.connection} broke ({verb}: {type(error).__name__}).",
            hint="That is a bug in the connector; `--log-level debug` shows where. The other connections go on.",
        )


class Fenced:
    """A connector within its fence; the same verbs, see :class:`okrsync.connector.Connector`."""

    def __init__(self, fence: Fence, connect: Callable[[], Connector]) -> None:
        """Raises what ``connect`` raises, and Broken."""
        self._fence = fence
        self._inner = fence.call("connect", connect)
        self.overlap = fence.call("overlap", lambda: self._inner.overlap)

    def check(self) -> Iterator[Finding]:
        return self._fence.each("check", lambda: self._inner.check())

    def scopes(self, known: Sequence[Scope]) -> Sequence[Scope]:
        return self._fence.call("scopes", lambda: tuple(self._inner.scopes(known)))

    def asks(self, scope: Scope) -> str:
        return self._fence.call("asks", lambda: self._inner.asks(scope))

    def pull(self, scope: Scope, since: datetime | None) -> Iterator[Page]:
        return self._fence.each("pull", lambda: self._inner.pull(scope, since))

    def reread(self, scope: Scope, refs: Sequence[Ref]) -> Iterator[Page]:
        return self._fence.each("reread", lambda: self._inner.reread(scope, refs))

    def select(self, scopes: Sequence[Scope], query: str) -> frozenset[str]:
        return self._fence.call("select", lambda: frozenset(self._inner.select(scopes, query)))

    def probe(self, scopes: Sequence[Scope], query: str) -> None:
        self._fence.call("probe", lambda: self._inner.probe(scopes, query))

    def observe(self, refs: Sequence[Ref]) -> Iterator[Shown]:
        return self._fence.each("observe", lambda: self._inner.observe(refs))

    def cost(self, change: Change) -> int:
        return self._fence.call("cost", lambda: self._inner.cost(change))

    def apply(self, change: Change) -> Receipt:
        return self._fence.call("apply", lambda: self._inner.apply(change))

    def census(self, scope: Scope) -> Iterator[str]:
        return self._fence.each("census", lambda: self._inner.census(scope))

    def confirm(self, refs: Sequence[Ref]) -> Mapping[str, str]:
        return self._fence.call("confirm", lambda: self._inner.confirm(refs))

    def histories(self, scopes: Sequence[Scope], items: Sequence[Item]) -> Iterator[ItemHistory]:
        return self._fence.each("histories", lambda: self._inner.histories(scopes, items))

    def history_cost(self, scopes: Sequence[Scope], items: Sequence[Item]) -> int:
        return self._fence.call("history_cost", lambda: self._inner.history_cost(scopes, items))

    def close(self) -> None:
        """Nothing depends on it any more, so a failure is logged only."""
        try:
            self._fence.call("close", self._inner.close)
        except OkrsyncError:
            return
