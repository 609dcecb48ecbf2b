"""``okrsync backfill`` measured: the histories of every item, each of which counts for one of fifty key results."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.workspace import Workspace, cycle

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from benchmarks.scenarios import Results

LATENCY = 0.05
KEY_RESULTS = 50


class Backfill(Workspace):
    """A workspace in which every item is linked once; ``rewind`` forgets what a backfill brought."""

    def __init__(self, folder: Path, address: str, tracker: str) -> None:
        super().__init__(folder, address, tracker)
        person = "engineer-{}" if tracker == "github" else "Engineer {}"
        results = [
            {
                "id": f"kr-{number}",
                "title": f"Result {number}",
                "measure": {"type": "completion"},
                "links": [{"connection": tracker, "assignee": person.format(number)}],
            }
            for number in range(KEY_RESULTS)
        ]
        objective = {"id": "past", "title": "Everything has a past", "key_results": results}
        self.write("okrs.yaml", {"cycle": cycle(), "objectives": [objective]})

    def remember(self) -> None:
        shutil.copy(self.folder / "okrsync.db", self.folder / "before.db")

    def rewind(self) -> None:
        self.forget()
        shutil.copy(self.folder / "before.db", self.folder / "okrsync.db")


def far_away(bench: Bench, results: Results, tracker: str) -> None:
    """The histories of all items from a tracker that answers after 50 ms, and the days before rebuilt from them."""
    name = f"{tracker}, histories of {bench.items:,} items, 50 ms away"
    workspace = Backfill(bench.folder / f"{tracker}-past", bench.address, tracker)
    bench.full_sync(workspace)
    workspace.remember()
    with bench.latency(LATENCY):
        cost = results.row(name, "okrsync backfill", bench.backfill(workspace))
    results.target(f"{name}: wall / (requests x latency)", cost.wall / (cost.requests * LATENCY), 1.3)
    results.target(f"{name}: requests", cost.requests, math.ceil(bench.items / 100) + 5)
