"""Forecasts 1,000 key results from a real store and prints one line: ``python -m benchmarks.bench_forecast [KRS]``.

Each has 100 items of its own, of which some were finished in each of the last twelve weeks and some were added; a
third is counted in points, and each tenth key result is fed by two connections. The figure is of ``okrsync forecast
--json`` as a whole process: start, files, store and all.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.process import measure
from benchmarks.workspace import environment
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Outcome, State
from okrsync.store import Store

KEY_RESULTS = 1_000
ITEMS = 100
WEEKS = 12
LIMIT = 5.0
"""Seconds of wall time."""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else KEY_RESULTS
    with tempfile.TemporaryDirectory(prefix="okrsync-forecast-") as name:
        folder = Path(name)
        config = fill(folder, count)
        program = str(Path(sys.executable).parent / "okrsync")
        command = [program, "--config", str(config), "forecast", "--json"]
        costs = [measure(command, environment(os.environ)) for _ in range(3)]
    cost = min(costs, key=lambda one: one.wall)
    found = json.loads(cost.output)
    sure = sum(one["probability"] is not None for one in found)
    print(
        f"forecast {len(found):,} key results x {ITEMS} items x {WEEKS} weeks: {cost.wall:.2f} s wall, "
        f"{cost.cpu:.2f} s of CPU, {cost.rss:.0f} MB, {sure:,} with a percentage; at most {LIMIT:g} s wanted"
    )


def fill(folder: Path, count: int) -> Path:
    """A configuration, OKR files and a store with all the work; the configuration's path."""
    _write_files(folder, count)
    dice = random.Random(20261122)
    with Store(f"sqlite:///{folder / 'okrsync.db'}") as store:
        for begin in range(0, count, 50):
            with store.transaction():
                for number in range(begin, min(begin + 50, count)):
                    _keep(store, dice, number)
    return folder / "okrsync.yaml"


def _keep(store: Store, dice: random.Random, number: int) -> None:
    by_connection: dict[str, list[Item]] = {}
    for item in _items(dice, number):
        by_connection.setdefault(item.connection, []).append(item)
    for connection, items in by_connection.items():
        store.items.keep(items, lambda label: False)
        store.dirt.clean(connection)
        links = [Linked(_name(number), connection, item.id, 1.0, False, ("has label x",)) for item in items]
        store.links.replace(connection, [item.id for item in items], links)


def _items(dice: random.Random, number: int) -> Iterator[Item]:
    """Two thirds were there before the first week, the rest came during the weeks; about half is finished."""
    now = datetime.now(UTC)
    for index in range(ITEMS):
        created = now - timedelta(weeks=WEEKS + 1) if index % 3 else now - timedelta(days=dice.randrange(7 * WEEKS))
        started = created + timedelta(days=dice.randrange(1, 40))
        closed = started + timedelta(days=dice.randrange(1, 60))
        done = closed < now
        yield Item(
            connection="jira" if number % 10 == 0 and index % 2 else "github",
            scope="1",
            id=f"{number}-{index}",
            key=f"acme/shop#{number * ITEMS + index}",
            url=f"https://tracker.example/{number}/{index}",
            title=f"Piece of work {index}",
            created=created,
            updated=closed if done else created,
            state=State.DONE if done else State.DOING if started < now else State.TODO,
            outcome=Outcome.DELIVERED if done else None,
            points=float(dice.choice((1, 2, 3, 5, 8))),
            started=started if started < now else None,
            closed=closed if done else None,
        )


def _name(number: int) -> str:
    return f"KR-{number}"


def _write_files(folder: Path, count: int) -> None:
    today = date.today()  # noqa: DTZ011
    start, end = today - timedelta(weeks=WEEKS), today + timedelta(weeks=5)
    cycle = {"id": "now", "start": str(start), "end": str(end)}
    connections: dict[str, Any] = {
        "github": {"type": "github", "repositories": ["acme/shop"]},
        "jira": {"type": "jira", "url": "https://jira.example", "projects": ["SHOP"]},
    }
    (folder / "okrsync.yaml").write_text(json.dumps({"okrs": ["okrs-*.yaml"], "connections": connections}))
    for begin in range(0, count, 100):
        objectives = [_objective(first, min(first + 5, count)) for first in range(begin, min(begin + 100, count), 5)]
        content = {"cycle": cycle, "objectives": objectives}
        (folder / f"okrs-{begin // 100:02d}.yaml").write_text(json.dumps(content, indent=1))


def _objective(first: int, end: int) -> dict[str, Any]:
    results = [
        {
            "id": _name(number),
            "title": f"Key result {number}",
            "measure": {"type": "completion", "by": "points" if number % 3 == 0 else "count"},
            "links": [{"connection": "github", "labels": [f"label-{number}"]}],
        }
        for number in range(first, end)
    ]
    return {"id": f"objective-{first}", "title": f"Objective {first}", "owner": "ana", "key_results": results}


if __name__ == "__main__":
    main()
