"""Wiring: how a connection's clients are made, from its settings and its plug-in, with one meter and one patience."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from okrsync import redact
from okrsync.connector import ConnectionOptions, Connector, Context, Meter, Plugin
from okrsync.events import Log
from okrsync.fence import Fence, Fenced
from okrsync.house import Line
from okrsync.marker import Namespace
from okrsync.model.budget import UNTOLD, Budget
from okrsync.retry import Patience, Retry
from okrsync.settings import Settings


@dataclass(frozen=True)
class Wiring:
    """What all clients of a configuration share. ``patience`` makes what each connection has of it in a run.

    ``points`` tells whether any live key result is made of story points.
    """

    settings: Settings
    plugins: Mapping[str, Plugin]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    patience: Callable[[], Patience]
    log: Log
    points: bool = True

    def line(self, name: str, budget: Budget = UNTOLD) -> Line:
        """A connection for one run; ``budget`` is what the tracker said last, in an earlier run."""
        options, plugin = self.settings.connections[name], self.plugins[name]
        namespace = self.settings.namespace_for(name)
        known = (budget.remaining, budget.limit, budget.resets_at)
        meter = Meter(0, 0, 0.0, *known, reserve=options.reserve)
        patience = self.patience()
        fence = Fence(name, self.log)

        def connect() -> Connector:
            context = self._context(name, namespace, meter, patience)
            return Fenced(fence, lambda: plugin.connect(options, context))

        return Line(
            name=name,
            connect=connect,
            meter=meter,
            namespace=namespace,
            write_back=self.settings.write_back_for(name),
            parallel=options.parallel,
            defines_labels=plugin.defines_labels,
            remote_link=options.remote_link,
            reads=self.reads(name),
            write_limits=plugin.write_limits,
        )

    def reads(self, name: str) -> str:
        """A fingerprint of a connector's own options; those that every connection has do not change what is read."""
        shared = set(ConnectionOptions.model_fields) - {"type"}
        return hashlib.sha256(self.settings.connections[name].model_dump_json(exclude=shared).encode()).hexdigest()

    def _context(self, name: str, namespace: Namespace, meter: Meter, patience: Patience) -> Context:
        def sleep(seconds: float) -> None:
            meter.wait(seconds)
            self.sleep(seconds)

        return Context(
            connection=name,
            installation=self.settings.installation,
            namespace=namespace,
            retry=Retry(sleep, patience=patience),
            now=self.now,
            meter=meter,
            dashboard_url=str(self.settings.dashboard_url or ""),
            conceal=redact.learn,
            points=self.points,
        )
