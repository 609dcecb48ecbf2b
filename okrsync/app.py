"""The composition root: settings, registry, store and clock become one App that the doors talk to."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from okrsync.clock import utc_now
from okrsync.connector import Connector, Finding, Level, Plugin
from okrsync.errands import Errands
from okrsync.errors import ConfigError, ConnectionFailed
from okrsync.events import Log, Silence
from okrsync.house import House, RunRequest
from okrsync.model.budget import UNTOLD
from okrsync.model.okr import Okrs, Placed
from okrsync.model.run import AuditedWrite, RunRecord, RunReport, RunRow
from okrsync.model.status import Explanation, ObjectiveExplanation, ObjectiveStatus
from okrsync.okrfile import load_okrs
from okrsync.practice.desk import Desk
from okrsync.practice.explained import explain_then
from okrsync.practice.finals import explained_with_final, with_finals
from okrsync.practice.objective import explain_objective, find_objective
from okrsync.practice.standing import contradictable, verdict_of
from okrsync.progress import NoProgress, Progress
from okrsync.pull import asking, probed, read_completely
from okrsync.registry import Registry
from okrsync.retry import Patience
from okrsync.settings import Settings, load_settings
from okrsync.store import Store
from okrsync.store.file import place
from okrsync.sync import run
from okrsync.views import explain, find, problems, status
from okrsync.wiring import Wiring
from okrsync.words import plural

__all__ = ["App", "NoProgress", "Progress", "RunRequest"]


@dataclass
class App:
    """One configuration, ready to work with. The store opens at first use; only runs and checks touch the network."""

    settings: Settings
    okrs: Okrs
    plugins: Mapping[str, Plugin]
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    progress: Progress = field(default_factory=NoProgress)
    stopping: Callable[[], bool] = lambda: False
    log: Log = field(default_factory=Silence)
    patience: Callable[[], Patience] = Patience
    others_wait: Callable[[], bool] = lambda: False
    errands: Errands | None = None

    @classmethod
    def open(
        cls,
        config: Path,
        *,
        environ: Mapping[str, str],
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        progress: Progress | None = None,
        stopping: Callable[[], bool] = lambda: False,
        log: Log | None = None,
        patience: Callable[[], Patience] = Patience,
        others_wait: Callable[[], bool] = lambda: False,
        errands: Errands | None = None,
        okr_files: bool = True,
    ) -> Self:
        """Read the configuration and the OKR files. Raises ConfigError with everything that is wrong in them.

        ``patience`` makes what each connection has of it in a run; ``errands`` read the connections where given.
        Without ``okr_files`` these files are left unread, for what needs the store alone.
        """
        registry = Registry()
        settings = load_settings(config, environ, registry, files_needed=okr_files)
        plugins = {name: registry.plugin(options.type) for name, options in settings.connections.items()}
        okrs = load_okrs(settings, plugins) if okr_files else Okrs()
        return cls(
            settings,
            okrs,
            plugins,
            now,
            sleep,
            progress or NoProgress(),
            stopping,
            log or Silence(),
            patience,
            others_wait,
            errands,
        )

    @cached_property
    def store(self) -> Store:
        """Opened when it is first asked for. Raises StoreError or Busy."""
        return Store(self.settings.store, turn=self.errands.writing if self.errands else nullcontext)

    def close(self) -> None:
        """Let go of the store and of the line that tells progress."""
        self.progress.done()
        if "store" in self.__dict__:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check(self, *, offline: bool) -> Iterator[tuple[str, Finding]]:
        """Findings with the file or connection they are about, as they come."""
        counts = (len(self.okrs.objectives), "objective"), (len(self.okrs.live()), "live key result")
        said = ", ".join(plural(count, thing) for count, thing in counts)
        yield "files", Finding(Level.OK, "OKRs", said)
        if offline:
            return
        wiring = self._wiring()
        for name in self.settings.connections:
            try:
                with closing(wiring.line(name).connect()) as connector:
                    yield from self._check(name, connector)
            except ConnectionFailed as error:
                yield name, Finding(Level.ERROR, "connection", error.message, error.hint)
        complete = read_completely(self.store, {name: wiring.reads(name) for name in self.settings.connections})
        found = problems(self.store, self.okrs, self.now(), complete)
        yield from (("last reading", finding) for finding in found)

    def _check(self, name: str, connector: Connector) -> Iterator[tuple[str, Finding]]:
        """What the connector finds, and then what the tracker says of each query that it is to be asked."""
        failed = False
        for finding in connector.check():
            failed = failed or finding.level is Level.ERROR
            yield name, finding
        if asked := asking(self.okrs, name):
            try:
                scopes = [one for one in connector.scopes(self.store.scopes.known(name)) if not one.left_out]
                yield from probed(connector, scopes, asked)
            except ConnectionFailed as error:
                if not failed:
                    yield name, Finding(Level.ERROR, "queries", error.message, error.hint)

    def plan(self, request: RunRequest) -> RunReport:
        """Read the trackers and say what would change on the tickets.

        With ``force`` nothing is kept: what is concluded against a guard must not outlast the look at it.
        """
        if request.force:
            with self._on_a_copy() as rehearsal:
                return run(rehearsal.house(), request, "plan")
        return run(self.house(), request, "plan")

    @contextmanager
    def _on_a_copy(self) -> Iterator[App]:
        """The same on a copy of the store, which is thrown away."""
        from okrsync.store import upkeep

        with TemporaryDirectory() as folder:
            copy = Path(folder) / "okrsync.db"
            if place(self.settings.store).exists():
                upkeep.backup(self.settings.store, copy)
            settings = self.settings.model_copy(update={"store": f"sqlite:///{copy}"})
            with replace(self, settings=settings) as rehearsal:
                yield rehearsal

    def sync(self, request: RunRequest) -> RunReport:
        """Read, measure and write. Raises UnsafePlan, Busy, StoreError."""
        return run(self.house(), request, "sync")

    def clean(self, request: RunRequest) -> RunReport:
        """Remove every label and note of ours; ``full`` looks at every ticket there is."""
        return run(self.house(), request, "clean")

    def plan_clean(self, request: RunRequest) -> RunReport:
        """What ``clean`` would do."""
        return run(self.house(), request, "plan clean")

    def runs(self, limit: int) -> tuple[RunRow, ...]:
        """The last runs, the newest first."""
        return self.store.journal.runs(limit)

    def run(self, number: int) -> tuple[RunRecord, tuple[AuditedWrite, ...]]:
        """One run with every change it made. Raises ConfigError when there is none of this number."""
        found = self.store.journal.run(number)
        if found is None:
            hint = "`okrsync runs` lists them; of runs that changed nothing only the newest are kept."
            raise ConfigError(f"There is no run {number}.", hint=hint)
        return found, tuple(self.store.journal.writes(run=number))

    def scope_names(self) -> dict[tuple[str, str], str]:
        """Connection and id of every scope the store knows -> its name."""
        return self.store.scopes.names()

    def audit(self, since: datetime | None) -> Iterator[AuditedWrite]:
        """Every change ever written, or since a time, in the order in which they were begun."""
        with self.store.reading():
            yield from self.store.journal.writes(since=since)

    def status(self, *, forecasts: bool = False) -> tuple[ObjectiveStatus, ...]:
        """``forecasts`` compares them with what people feel, which takes a while where there are many."""
        desk = self.desk()
        chances = contradictable(desk) if forecasts else None
        found = status(self.store, desk.judged, desk.now, self.settings.status.preset, chances)
        return with_finals(desk, found, desk.now)

    def explain(self, name: str, at: datetime | None = None) -> Explanation | ObjectiveExplanation:
        """Of a key result or an objective, now or at a past time. Raises ConfigError naming the nearest key result."""
        desk = self.desk()
        if name.casefold() not in map(str.casefold, self.okrs.by_id()) and (found := find_objective(desk, name)):
            return explain_objective(desk, *found, at)
        placed = find(self.okrs, name)
        return explained_with_final(desk, self._explained(desk, placed, at), at or desk.now)

    def _explained(self, desk: Desk, placed: Placed, at: datetime | None) -> Explanation:
        if at is not None or not placed.live:
            return explain_then(desk, placed, at)
        chances = contradictable(desk, [placed])
        judged = verdict_of(desk, placed, probability=chances.get(placed.key_result.id))
        return explain(self.store, self.okrs, placed.key_result.id, desk.now, judged)

    def desk(self) -> Desk:
        """What the practice's questions are answered from, as of now."""
        return Desk(self.store, self.okrs, self.settings, self.now())

    def house(self) -> House:
        """What a run needs from outside."""
        wiring, budgets = self._wiring(), self.store.budgets.known()
        return House(
            store=self.store,
            okrs=self.okrs,
            lines={name: wiring.line(name, budgets.get(name, UNTOLD)) for name in self.settings.connections},
            now=self.now,
            census_every=self.settings.schedule.census,
            dashboard_url=str(self.settings.dashboard_url or ""),
            preset=self.settings.status.preset,
            progress=self.progress,
            stopping=self.stopping,
            pause=self.sleep,
            patience=self.patience().once,
            others_wait=self.others_wait,
            log=self.log,
            errands=self.errands,
        )

    def asked(self) -> tuple[Settings, bool, Mapping[str, Collection[str]]]:
        """What decides which answers the trackers give: the settings, whether points count, and each one's queries."""
        return self.settings, self._points, {name: asking(self.okrs, name).keys() for name in self.settings.connections}

    @property
    def _points(self) -> bool:
        return any(placed.key_result.in_points for placed in self.okrs.live())

    def _wiring(self) -> Wiring:
        return Wiring(self.settings, self.plugins, self.now, self.sleep, self.patience, self.log, self._points)
