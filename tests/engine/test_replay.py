"""The past, replayed: measured from what was true then, every earlier sync reads exactly what it read.

A scripted tracker: items come, go, change and come back between syncs, and links are matched by a label.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fake_connector import FakeTracker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from okr_builders import NOON, item, placed

from okrsync.connector import Meter
from okrsync.house import House, Line, RunRequest
from okrsync.marker import Namespace
from okrsync.model.okr import Okrs
from okrsync.model.sample import Sample
from okrsync.model.work import Item, Outcome, Page, Scope, State
from okrsync.practice.replay import replay
from okrsync.store import Store
from okrsync.sync import run

LINK = {"labels": ["counts"]}
HEAVY = {"labels": ["heavy"], "weight": 2.5}
HELPING = {"labels": ["helps"], "role": "supports"}
MEASURES: dict[str, dict[str, Any]] = {
    "count": {"type": "completion", "in_progress_credit": 0.25},
    "points": {"type": "completion", "by": "points"},
    "open": {"type": "count", "of": "open", "start": 5, "target": 0},
    "sum": {"type": "sum", "field": "effort", "of": "all", "target": 100},
    "ratio": {"type": "ratio", "of": {"labels": ["bug"], "state": "done"}, "over": {"type": "task"}, "target": 1},
    "lead": {"type": "duration", "of": "lead", "start": 9, "target": 1, "percentile": 50},
    "cycle": {"type": "duration", "of": "cycle", "start": 9, "target": 1, "percentile": 50},
    "share": {"type": "completion", "denominator": "baseline"},
}
KEY_RESULTS = tuple(placed(LINK, HEAVY, HELPING, id=name, measure=measure) for name, measure in MEASURES.items())
FIRST = 14
"""Items at the beginning: enough for a percentile."""

STEPS = (
    "todo", "doing", "done", "done", "cancelled", "reopened", "estimated", "field", "effort", "linked", "unlinked",
    "heavy", "helps", "bug", "bug", "story", "renamed", "deleted", "back", "created", "sync", "sync", "census", "full",
)  # fmt: skip


class Tracker:
    """A project whose tickets change as the script says; every change but that of a field moves the ticket's time."""

    def __init__(self, store: Store) -> None:
        self.now, self.store = NOON, store
        self.fake = FakeTracker(scopes=(Scope("100", "SHOP"),), fingerprint="fields 1")
        self.items: dict[str, Item] = {}
        self.gone: dict[str, Item] = {}
        self.names = count(1)
        for _ in range(FIRST):
            self.create()
        self.house = House(
            store=store,
            okrs=Okrs(placed=KEY_RESULTS),
            lines={"jira": Line("jira", self.fake.connect, Meter(), Namespace(), None, reads="jira")},
            now=lambda: self.now,
        )

    def create(self) -> None:
        name = str(next(self.names))
        number = int(name)
        self.items[name] = item(
            name,
            created=self.now - timedelta(days=number % 5, hours=1),
            updated=self.now,
            labels=(("counts",) if number % 3 else ()) + (("bug",) if number % 2 else ()),
            points=float(number % 4) or None,
        )
        if number % 4 == 0:
            self.finish(name, Outcome.DELIVERED)

    def change(self, name: str, **changed: Any) -> None:
        self.items[name] = msgspec.structs.replace(self.items[name], updated=self.now, **changed)

    def label(self, name: str, label: str, *, on: bool) -> None:
        worn = {*self.items[name].labels} - {label} | ({label} if on else set())
        self.change(name, labels=tuple(sorted(worn)))

    def act(self, step: str, number: int) -> None:
        """At once after what came before, so also at the very instant of a sync, or some minutes later."""
        self.now += timedelta(minutes=number // 2)
        name = sorted(self.items, key=int)[number % len(self.items)]
        acts: dict[str, Callable[[], object]] = {
            "todo": lambda: self.change(name, state=State.TODO, outcome=None, closed=None),
            "doing": lambda: self.change(name, state=State.DOING, outcome=None, started=self.now, closed=None),
            "done": lambda: self.finish(name, Outcome.DELIVERED),
            "cancelled": lambda: self.finish(name, Outcome.CANCELLED),
            "reopened": lambda: self.change(name, state=State.TODO, outcome=None, closed=None),
            "estimated": lambda: self.change(name, points=float(number)),
            "field": lambda: self.items.update({name: msgspec.structs.replace(self.items[name], points=number / 4)}),
            "effort": lambda: self.change(name, numbers={"effort": number / 2}),
            "linked": lambda: self.label(name, "counts", on=True),
            "unlinked": lambda: self.label(name, "counts", on=False),
            "heavy": lambda: self.label(name, "heavy", on=number % 3 == 0),
            "helps": lambda: self.label(name, "helps", on=number % 3 == 0),
            "bug": lambda: self.label(name, "bug", on=number % 3 == 0),
            "story": lambda: self.change(name, type="Story"),
            "renamed": lambda: self.change(name, title=f"New name {number}"),
            "deleted": lambda: self.gone.update({name: self.items.pop(name)}) if len(self.items) > FIRST else None,
            "back": lambda: self.items.update([self.gone.popitem()]) if self.gone else None,
            "created": self.create,
        }
        acts[step]()

    def finish(self, name: str, outcome: Outcome) -> None:
        """Closed now, and touched once more a little later."""
        self.change(name, state=State.DONE, outcome=outcome, closed=self.now)
        self.now += timedelta(minutes=2)
        self.change(name)

    def sync(self, kind: str) -> tuple[datetime, dict[str, Sample]]:
        self.now += timedelta(minutes=3)
        self.fake.pages = {"100": [Page(items=tuple(self.items.values()))]}
        self.fake.existing, self.fake.gone = {"100": set(self.items)}, dict.fromkeys(self.gone, "deleted")
        run(self.house, RunRequest(full=kind == "full", census=kind == "census", force=True), "sync")
        return self.now, self.store.history.latest_samples()


@pytest.fixture(scope="module")
def empty() -> Any:
    folder = Path(tempfile.mkdtemp(prefix="replay-"))
    path = folder / "empty.db"
    Store(f"sqlite:///{path}").close()
    yield path
    shutil.rmtree(folder)


scripts = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 40)), min_size=1, max_size=40)


@given(scripts)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_replaying_an_earlier_sync_reads_what_it_read(empty: Path, script: list[tuple[str, int]]) -> None:
    path = empty.parent / "okrsync.db"
    shutil.copy(empty, path)
    with Store(f"sqlite:///{path}") as store:
        tracker = Tracker(store)
        seen = [tracker.sync("full")]
        for step, number in script:
            if step in ("sync", "census", "full"):
                seen.append(tracker.sync(step))
            else:
                tracker.act(step, number)
        seen.append(tracker.sync("census"))
        for at, samples in seen:
            for one in KEY_RESULTS:
                assert _reading(replay(store, one, at)) == _reading(samples[one.key_result.id]), (one.key_result.id, at)


def _reading(sample: Sample) -> Sample:
    """Without what a replay does not tell: when exactly it was taken, and what had changed in the files."""
    return msgspec.structs.replace(sample, at=NOON, changed=(), before=None)
