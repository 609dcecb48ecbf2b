"""Maps 100,000 items to 1,000 key results and prints one line: ``python -m benchmarks.bench_mapping [ITEMS]``.

The items are spread over 20 repositories, with epics and stories above two thirds of them; the links are of every kind
that people write, half of the key results having two.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from okrsync.mapping import Mapper, Surroundings
from okrsync.model.okr import Completion, Cycle, KeyResult, Link, Objective, Placed
from okrsync.model.work import Item, Kind, Milestone, State

ITEMS = 100_000
KEY_RESULTS = 1_000
SCOPES = 20
EPICS = 1_500
STORIES = 6_000
MILESTONES = 800
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    dice = random.Random(20261001)
    items = list(_items(dice, count))
    surroundings, placed = _surroundings(dice, items), _placed(dice)
    gc.collect()
    begin = time.process_time()
    mapper = Mapper(placed, surroundings)
    ready = time.process_time()
    links = sum(len(mapper.links(item)) for item in items)
    spent = time.process_time() - begin
    print(
        f"mapping {count:,} items x {KEY_RESULTS:,} key results: {spent:.2f} s of CPU "
        f"({ready - begin:.2f} s to index, {spent / count * 1e6:.1f} us an item, {links:,} links); at most 2 s wanted"
    )


def _item(dice: random.Random, number: int, *, parent: str | None, type_: str) -> Item:
    scope = number % SCOPES
    return Item(
        connection="work",
        scope=str(scope),
        id=f"I{number}",
        key=f"acme/repo-{scope}#{number}",
        url=f"https://tracker.example/{number}",
        title=f"Piece of work {number}",
        created=BEGIN - timedelta(hours=number % 2_000),
        updated=BEGIN,
        kind=Kind.PULL_REQUEST if number % 5 == 0 else Kind.ISSUE,
        type=type_,
        state=dice.choice(list(State)),
        labels=tuple(dice.sample([f"Label {n}" for n in range(300)], dice.randrange(4))),
        assignees=(f"person-{dice.randrange(400)}",),
        milestones=(f"M{dice.randrange(MILESTONES)}",) if dice.random() < 0.5 else (),
        parent=parent,
        references=(f"KR-{dice.randrange(KEY_RESULTS)}",) if dice.random() < 0.02 else (),
    )


def _items(dice: random.Random, count: int) -> Iterator[Item]:
    """Epics first, then stories below them, then leaves, two thirds of them below a story."""
    for number in range(count):
        if number < EPICS:
            yield _item(dice, number, parent=None, type_="Epic")
        elif number < EPICS + STORIES:
            yield _item(dice, number, parent=f"I{dice.randrange(EPICS)}", type_="Story")
        else:
            parent = f"I{EPICS + dice.randrange(STORIES)}" if dice.random() < 2 / 3 else None
            yield _item(dice, number, parent=parent, type_=dice.choice(["Bug", "Task", "Feature"]))


def _surroundings(dice: random.Random, items: list[Item]) -> Surroundings:
    named = {item.parent for item in items}
    milestones = [
        Milestone(connection="work", scope=str(n % SCOPES), id=f"M{n}", title=f"Release {n}") for n in range(MILESTONES)
    ]
    ids = [item.id for item in items]
    return Surroundings(
        milestones=milestones,
        scopes={("work", str(scope)): f"acme/repo-{scope}" for scope in range(SCOPES)},
        parents={(item.connection, item.id): item for item in items if item.id in named},
        memberships={("work", f"query {n}"): frozenset(dice.sample(ids, len(ids) // 500)) for n in range(100)},
    )


def _link(dice: random.Random, number: int) -> dict[str, Any]:
    scope = number % SCOPES
    kinds: list[dict[str, Any]] = [
        {"milestone": f"Release {number % MILESTONES}"},
        {"repository": f"acme/repo-{scope}", "labels": [f"label {number % 300}"]},
        {"epic": f"acme/repo-{number % SCOPES}#{number}"},
        {"labels": {"all": [f"label {number % 300}"], "any": ["label 1", "label 2", "label 3"]}},
        {"repository": f"acme/repo-{scope}", "type": "Bug", "created_since": date(2026, 9, 20)},
        {"query": f"query {number % 100}"},
        {"assignee": f"person-{number % 400}", "type": "Pull Request"},
        {"items": [f"acme/repo-{scope}#{scope + SCOPES * dice.randrange(4_000)}" for _ in range(5)]},
    ]
    return kinds[dice.randrange(len(kinds))]


def _placed(dice: random.Random) -> list[Placed]:
    cycle = Cycle(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31))
    objective = Objective(id="everything", title="Everything")
    return [
        Placed(
            key_result=KeyResult(
                id=f"KR-{number}",
                title=f"Key result {number}",
                measure=Completion(type="completion"),
                links=tuple(Link(connection="work", **_link(dice, number + n)) for n in range(1 + number % 2)),
            ),
            objective=objective,
            cycle=cycle,
        )
        for number in range(KEY_RESULTS)
    ]


if __name__ == "__main__":
    main()
