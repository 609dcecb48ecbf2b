"""``python -m benchmarks``: measure, then print one table. ``--only github`` picks scenarios by name."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import past, scenarios
from benchmarks.bench import Bench, compile_sources, serving
from benchmarks.process import Cost, Failed
from benchmarks.scenarios import Results

ITEMS = 10_000
LARGE = 100_000
TRACKERS = ("github", "jira")


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS, help="items a tracker (default %(default)s)")
    parser.add_argument("--large", action="store_true", help=f"also {LARGE:,} items a tracker")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each, of which the best counts")
    parser.add_argument("--only", nargs="*", default=[], help="start-up github jira latency backfill mapping forecast")
    asked = parser.parse_args()
    results = Results()
    compile_sources()
    with tempfile.TemporaryDirectory(prefix="okrsync-bench-") as folder:
        measure(asked, Path(folder), results)
    # Imported late: what this process weighs while it measures is charged to the programs.
    from rich.console import Console

    from benchmarks import table

    console = Console() if sys.stdout.isatty() else Console(width=120)
    console.print(table.machine(), highlight=False)
    table.show(results, console)
    console.print(f"Kept in {table.save(results)}", highlight=False)
    return 1 if results.failures else 0


def measure(asked: argparse.Namespace, folder: Path, results: Results) -> None:
    def stage(name: str, run: Callable[[], object]) -> None:
        if not asked.only or name in asked.only:
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            try:
                run()
            except Failed as error:
                results.failures.append(f"{name}: {error}")

    small: dict[str, Cost] = {}
    with serving(asked.items, folder, asked.repeat) as bench:
        stage("start-up", lambda: scenarios.start_up(bench, results))
        for tracker in TRACKERS:
            stage(tracker, lambda: _full(bench, results, tracker, small))  # noqa: B023
        for tracker in TRACKERS:
            stage("latency", lambda: scenarios.far_away(bench, results, tracker))  # noqa: B023
        for tracker in TRACKERS:
            stage("backfill", lambda: past.far_away(bench, results, tracker))  # noqa: B023
        stage("mapping", lambda: scenarios.mapping(bench, results))
        stage("forecast", lambda: scenarios.forecast(bench, results))
    if asked.large:
        with serving(LARGE, folder, 1) as bench:
            for tracker in TRACKERS:
                stage(tracker, lambda: _large(bench, results, tracker, small))  # noqa: B023


def _full(bench: Bench, results: Results, tracker: str, small: dict[str, Cost]) -> None:
    small[tracker] = scenarios.full(bench, results, tracker)
    results.target(f"{tracker}: memory", small[tracker].rss, 120, "MB")


def _large(bench: Bench, results: Results, tracker: str, small: dict[str, Cost]) -> None:
    cost = scenarios.full(bench, results, tracker, libraries=False)
    results.target(f"{tracker}: memory for {LARGE:,} items / for fewer", cost.rss / small[tracker].rss, 1.2)


if __name__ == "__main__":
    sys.exit(main())
