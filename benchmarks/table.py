"""The benchmark's results as a table for people and as JSON for comparing runs."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.scenarios import Results, Row

RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = (line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line)
        model = next(names, model)
    load = f"{os.getloadavg()[0]:.1f}"
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, load {load}"


def show(results: Results, console: Console) -> None:
    console.print(_costs(results.rows))
    if results.targets:
        console.print(_targets(results))
    for note in results.notes + [f"FAILED {failure}" for failure in results.failures]:
        console.print(note, highlight=False, markup=False)


def save(results: Results) -> Path:
    """Keeps the figures under benchmarks/results, named by the time."""
    now = datetime.now(UTC)
    content = {"at": now.isoformat(timespec="seconds"), "machine": machine(), **asdict(results)}
    for row in content["rows"]:
        del row["cost"]["output"]
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(content, indent=1))
    return file


def _costs(rows: list[Row]) -> Table:
    table = Table(title="What it costs: whole processes, the best of several runs", title_justify="left")
    for name in ("scenario", "program"):
        table.add_column(name, no_wrap=True)
    for name in ("CPU s", "x floor", "MB", "wall s", "requests"):
        table.add_column(name, justify="right")
    floors = {row.scenario: row.cost.cpu for row in rows if row.program == "requests + json"}
    last = ""
    for row in rows:
        if last not in ("", row.scenario):
            table.add_section()
        cost, floor = row.cost, floors.get(row.scenario)
        ratio = f"{cost.cpu / floor:.1f}" if floor else ""
        figures = (f"{cost.cpu:.2f}", ratio, f"{cost.rss:.0f}", f"{cost.wall:.2f}", str(cost.requests or ""))
        table.add_row("" if last == row.scenario else row.scenario, row.program, *figures)
        last = row.scenario
    return table


def _targets(results: Results) -> Table:
    table = Table(title="What was promised", title_justify="left")
    table.add_column("promise", no_wrap=True)
    table.add_column("measured", justify="right")
    table.add_column("limit", justify="right")
    table.add_column("")
    for target in results.targets:
        limit = f"{'>=' if target.at_least else '<='} {target.limit:g} {target.unit}".strip()
        verdict = "[green]reached[/]" if target.reached else "[red]missed[/]"
        table.add_row(target.promise, f"{target.figure:.2f} {target.unit}".strip(), limit, verdict)
    return table
