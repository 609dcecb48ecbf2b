"""Measures programs against the server and counts their requests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from benchmarks.peers import installed
from benchmarks.process import Cost, Failed, measure
from benchmarks.workspace import Workspace, environment

if TYPE_CHECKING:
    from benchmarks.past import Backfill

PACKAGES = ("okrsync", "okrsync_github", "okrsync_jira")
PROGRAM = str(Path(sysconfig.get_path("scripts"), "okrsync"))


class Bench:
    """One running server of ``items`` items a tracker; every figure is the best of ``repeat`` runs."""

    def __init__(self, address: str, items: int, folder: Path, repeat: int) -> None:
        self.address = address
        self.items = items
        self.folder = folder
        self._repeat = repeat
        self._environ = environment(os.environ)

    def control(self, **settings: float) -> int:
        """Set the server's ``latency`` (seconds) or ``touch`` items; the requests since the last call."""
        connection = HTTPConnection(urlsplit(self.address).netloc)
        connection.request("GET", f"/_bench?{urlencode(settings)}")
        seen = json.load(connection.getresponse())["requests"]
        connection.close()
        return int(seen)

    @contextmanager
    def latency(self, seconds: float) -> Iterator[None]:
        self.control(latency=seconds)
        yield
        self.control(latency=0)

    def peer(self, name: str) -> Cost | None:
        """None where the library is not installed."""
        return self._best(lambda: self._peer(name)) if installed(name) else None

    def program(self, *arguments: str) -> Cost:
        return self._best(lambda: self._run(PROGRAM, *arguments))

    def beside_floor(self, floor: str, workspace: Workspace) -> tuple[Cost, Cost, Cost]:
        """The floor, start-up and a full sync, in turns: what disturbs the machine for a while disturbs all three."""
        start = (PROGRAM, "--config", str(workspace.config), "check", "--offline")
        floors, starts, syncs = zip(
            *((self._peer(floor), self._run(*start), self._full_sync(workspace)) for _ in range(self._repeat)),
            strict=True,
        )
        return _least(floors), _least(starts), _least(syncs)

    def module(self, name: str) -> Cost:
        return self._run(sys.executable, "-m", name)

    def full_sync(self, workspace: Workspace, *, best: str = "cpu") -> Cost:
        """Everything, into a fresh store; ``best`` says which figure decides between the runs."""
        return self._best(lambda: self._full_sync(workspace), best)

    def sync_again(self, workspace: Workspace) -> Cost:
        """What changed since the workspace's last sync: nothing."""
        cost = self._best(lambda: self._sync(workspace))
        return self._complete(cost, _seen(cost), 0)

    def sync_changed(self, workspace: Workspace, count: int) -> Cost:
        """After ``count`` items changed; once, since the next run would find them stored."""
        self.control(touch=count)
        cost = self._sync(workspace)
        self.control(touch=0)
        return self._complete(cost, _seen(cost), count)

    def backfill(self, workspace: Backfill) -> Cost:
        """The histories of everything; the fastest run, since it is mostly waiting."""

        def run() -> Cost:
            workspace.rewind()
            return self._run(PROGRAM, "--config", str(workspace.config), "backfill", "--json")

        cost = self._best(run, "wall")
        (read,) = json.loads(cost.output)["connections"]
        if read["told"] < 0.95 * self.items:
            raise Failed(f"read {read['told']} histories of {self.items} items, of which parents count for nothing")
        return self._complete(cost, read["told"], read["items"])

    def _peer(self, name: str) -> Cost:
        cost = self._run(sys.executable, "-m", "benchmarks.peers", name, self.address)
        return self._complete(cost, int(cost.output), self.items)

    def _full_sync(self, workspace: Workspace) -> Cost:
        workspace.forget()
        cost = self._sync(workspace)
        return self._complete(cost, _seen(cost), self.items)

    def _sync(self, workspace: Workspace) -> Cost:
        return self._run(PROGRAM, "--config", str(workspace.config), "sync", "--json")

    def _run(self, *command: str) -> Cost:
        self.control()
        return replace(measure(command, self._environ), requests=self.control())

    def _best(self, run: Callable[[], Cost], figure: str = "cpu") -> Cost:
        return _least([run() for _ in range(self._repeat)], figure)

    def _complete(self, cost: Cost, seen: int, expected: int) -> Cost:
        if seen != expected:
            raise Failed(f"read {seen} items where there are {expected}: a figure for that would mean nothing")
        return cost


def _least(runs: Sequence[Cost], figure: str = "cpu") -> Cost:
    """The run that the rest of the machine disturbed least."""
    return min(runs, key=attrgetter(figure))


def compile_sources() -> None:
    """As pip does when it installs a wheel: the other libraries are compiled, and no user's every run compiles ours."""
    specs = [find_spec(name) for name in PACKAGES]
    folders = [place for spec in specs if spec for place in spec.submodule_search_locations or ()]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *folders], check=True)


def _seen(cost: Cost) -> int:
    report = json.loads(cost.output)
    return sum(scope.get("seen", 0) for run in report["connections"] for scope in run.get("scopes", ()))


@contextmanager
def serving(items: int, folder: Path, repeat: int) -> Iterator[Bench]:
    command = [sys.executable, "-m", "benchmarks.server", "--items", str(items)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        try:
            yield Bench(server.stdout.readline().strip(), items, folder / str(items), repeat)
        finally:
            server.stdin.close()
