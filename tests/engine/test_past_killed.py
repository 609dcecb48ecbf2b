"""A backfill that dies at any of its commits: the next one goes on, and ends as if nothing had happened."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from installation import Installation, install
from kill_harness import ask, ended, order, start

from okrsync.practice.backfill import backfill
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.world import build_world

KEPT = (
    "SELECT connection, item, at, state, word, outcome, points, numbers, rebuilt FROM transitions "
    "ORDER BY connection, item, at, id",
    "SELECT connection, item, upto FROM backfilled ORDER BY connection, item",
    "SELECT key_result, at, value, scope, done, rule FROM samples ORDER BY key_result, at, id",
    "SELECT connection, id, body FROM items ORDER BY connection, id",
)


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    with Sandbox() as sandbox:
        build_world(sandbox, weeks=3)
        made = install(tmp_path / "acme", sandbox)
        made.run(write_back=False)
        yield made


def kept(acme: Installation) -> list[object]:
    return [ask(acme, query) for query in KEPT]


def complete(acme: Installation) -> int:
    """A backfill from here to the end; how many items it still had to ask for."""
    with acme.open() as app:
        report = backfill(app.house())
    assert report.exit_code == 0
    return sum(one.items for one in report.connections)


def test_killed_at_any_commit_it_goes_on_and_ends_as_if_it_had_not_been(acme: Installation, tmp_path: Path) -> None:
    begin = tmp_path / "begin.db"
    shutil.copy(acme.store, begin)
    everything = complete(acme)
    undisturbed = kept(acme)
    left: list[int] = []
    commits = 1
    while True:
        acme.forget()
        shutil.copy(begin, acme.store)
        if ended(start(order(acme, "backfill", commits))):
            break
        left.append(complete(acme))
        assert kept(acme) == undisturbed, commits
        commits += 1
    assert commits > 10
    assert left[0] == everything
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
