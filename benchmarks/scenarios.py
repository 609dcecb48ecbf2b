"""What is measured, and what was promised about it.

Start-up, that of ``okrsync check --offline`` on the same files, is subtracted where a target says "beyond
start-up"; the floor is reading the same pages with requests and json alone, in the same run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from benchmarks.bench import Bench
from benchmarks.process import Cost
from benchmarks.server import PARTS
from benchmarks.workspace import Workspace

LATENCY = 0.05
NINE = ("floor-jira-nine", "requests + json, nine fields")
OTHERS = {"github": (("pygithub", "PyGithub objects"),), "jira": (NINE, ("jira", "jira objects"))}


@dataclass(frozen=True, slots=True)
class Row:
    scenario: str
    program: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Target:
    """``figure`` may be at most ``limit``, or at least where ``at_least`` says so."""

    promise: str
    figure: float
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit


@dataclass(slots=True)
class Results:
    rows: list[Row] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def row(self, scenario: str, program: str, cost: Cost) -> Cost:
        self.rows.append(Row(scenario, program, cost))
        return cost

    def target(self, promise: str, figure: float, limit: float, unit: str = "", *, at_least: bool = False) -> None:
        self.targets.append(Target(promise, figure, limit, unit, at_least))


def start_up(bench: Bench, results: Results) -> None:
    help_text = results.row("start-up", "okrsync --help", bench.program("--help"))
    results.target("okrsync --help, wall", help_text.wall, 0.4, "s")


def full(bench: Bench, results: Results, tracker: str, *, libraries: bool = True) -> Cost:
    """Reads everything of one tracker into a fresh store, and then nothing new, and then 1 %."""
    name = f"{tracker}, {bench.items:,} items"
    workspace = Workspace(bench.folder / tracker, bench.address, tracker)
    floor, start, sync = bench.beside_floor(f"floor-{tracker}", workspace)
    results.row(name, "requests + json", floor)
    for peer, title in OTHERS[tracker] if libraries else ():
        if cost := bench.peer(peer):
            results.row(name, title, cost)
            if peer == NINE[0]:
                beside = (sync.cpu - start.cpu) / cost.cpu
                results.notes.append(f"{name}: {beside:.2f} x a floor that reads nine fields, without descriptions")
    results.row(name, "okrsync check --offline", start)
    results.row(name, "okrsync sync", sync)
    results.target(f"{name}: CPU beyond start-up / floor", (sync.cpu - start.cpu) / floor.cpu, 2)
    results.target(f"{name}: requests", sync.requests, math.ceil(bench.items / 100) + 5)
    again(bench, results, tracker, workspace)
    return sync


def again(bench: Bench, results: Results, tracker: str, workspace: Workspace) -> None:
    nothing = results.row(f"{tracker}, nothing changed", "okrsync sync", bench.sync_again(workspace))
    results.target(f"{tracker}, nothing changed: requests", nothing.requests, 3)
    results.target(f"{tracker}, nothing changed: wall", nothing.wall, 1.5, "s")
    count = bench.items // 100
    some = bench.sync_changed(workspace, count)
    results.row(f"{tracker}, {count:,} items changed", "okrsync sync", some)
    results.target(f"{tracker}, 1 % changed: requests", some.requests, nothing.requests - 1 + math.ceil(count / 100))


def far_away(bench: Bench, results: Results, tracker: str) -> None:
    """The tracker answers after 50 ms: waiting must cost no more than it has to, and be shared by threads."""
    name = f"{tracker}, 50 ms away"
    with bench.latency(LATENCY):
        serial = bench.full_sync(Workspace(bench.folder / f"{tracker}-far", bench.address, tracker), best="wall")
        results.row(name, "okrsync sync", serial)
        ideal = serial.requests * LATENCY
        results.target(f"{name}: wall / (requests x latency)", serial.wall / ideal, 1.25)
        costs = [
            results.row(
                f"{name}, {PARTS} scopes", f"okrsync sync, parallel: {threads}", _parts(bench, tracker, threads)
            )
            for threads in (1, PARTS)
        ]
    one, many = (cost.wall - cost.cpu for cost in costs)
    results.target(f"{name}: waiting of 1 thread / of {PARTS}", one / many, 0.75 * PARTS, at_least=True)


def _parts(bench: Bench, tracker: str, threads: int) -> Cost:
    folder = bench.folder / f"{tracker}-parallel-{threads}"
    return bench.full_sync(Workspace(folder, bench.address, tracker, parallel=threads), best="wall")


def mapping(bench: Bench, results: Results) -> None:
    results.notes.append(bench.module("benchmarks.bench_mapping").output.strip())


def forecast(bench: Bench, results: Results) -> None:
    said = bench.module("benchmarks.bench_forecast").output.strip()
    results.notes.append(said)
    results.target("forecast 1,000 key results: wall", float(said.split(" s wall")[0].rsplit(" ", 1)[1]), 5, "s")
