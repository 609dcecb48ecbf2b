"""Killed by SIGKILL at any instant: the next run ends where an undisturbed one does, and nothing was written twice."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from installation import Installation
from kill_harness import (
    Remains,
    Trap,
    Weather,
    deletions,
    difference,
    ended,
    kill_after,
    notes_created,
    order,
    remains,
    settle,
    start,
    unanswered,
)
from small_team import small_team, work_on

from okrsync.app import RunRequest
from okrsync.model.run import RunReport

pytestmark = pytest.mark.real_time

INSTANTS = 200
IN_EVERY_RUN = 4
"""Every so many-th of the instants is tried each time; `make soak` tries them all."""

PARTS = 4
"""Into so many tests a series of kills is divided, so that several processors can share it."""


@dataclass(frozen=True)
class Undisturbed:
    """What each of three runs left that nobody killed, and the seconds that the first of them takes."""

    sync: Remains
    later: Remains
    clean: Remains
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    with small_team(tmp_path_factory.mktemp("warm") / "acme") as acme:
        assert ended(start(order(acme))), "the first process pays for the ones after it"
    with small_team(tmp_path_factory.mktemp("undisturbed") / "acme") as acme:
        process, began = start(order(acme)), time.perf_counter()
        assert ended(process)
        seconds, first = time.perf_counter() - began, remains(acme)
        work_on(acme.sandbox)
        acme.run()
        later = remains(acme)
    with small_team(tmp_path_factory.mktemp("cleaned") / "acme") as acme:
        acme.run()
        acme.run("clean")
        return Undisturbed(first, later, remains(acme), seconds)


def repaired(acme: Installation, kind: str = "sync") -> Remains:
    """What is left after the next run, which must be a good one."""
    settle(acme.sandbox)
    acme.sandbox.latency = 0
    with acme.open() as app:
        act: Callable[[RunRequest], RunReport] = getattr(app, kind)
        assert act(RunRequest()).exit_code == 0
    return remains(acme)


def assert_nothing_was_done_twice(acme: Installation) -> None:
    notes = acme.notes(mark="checkout-")
    assert set(notes.values()) == {1}
    assert notes_created(acme) == len(notes), "a note was posted twice and taken back"
    assert not deletions(acme)


@pytest.mark.parametrize(
    "instant",
    [pytest.param(one, marks=[pytest.mark.soak] if one % IN_EVERY_RUN else []) for one in range(INSTANTS)],
)
def test_killed_at_a_random_instant_while_answers_get_lost(
    tmp_path: Path, undisturbed: Undisturbed, instant: int
) -> None:
    luck = Random(instant)
    share = (instant + luck.random()) / INSTANTS
    with small_team(tmp_path / "acme", Weather(luck)) as acme:
        kill_after(start(order(acme)), share * undisturbed.seconds)
        assert difference(repaired(acme), undisturbed.sync) == {}
        assert_nothing_was_done_twice(acme)


@pytest.mark.parametrize("seed", range(4))
def test_killed_again_and_again(tmp_path: Path, undisturbed: Undisturbed, seed: int) -> None:
    luck = Random(seed)
    with small_team(tmp_path / "acme") as acme:
        for _ in range(4):
            kill_after(start(order(acme)), luck.random() * undisturbed.seconds)
            settle(acme.sandbox)
        assert difference(repaired(acme), undisturbed.sync) == {}
        assert_nothing_was_done_twice(acme)
        assert acme.run().plan.changes == ()
        assert acme.sandbox.log.writes() == []


@pytest.mark.parametrize("lost", [False, True], ids=["carried-out-unheard", "lost-on-its-way"])
@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_every_single_write(tmp_path: Path, undisturbed: Undisturbed, part: int, lost: bool) -> None:
    for nth in itertools.count(part + 1, PARTS):
        with small_team(tmp_path / f"{nth}", trap := Trap(lost=lost)) as acme:
            if not die_at_write(acme, trap, nth):
                break
            assert unanswered(acme) == 1, "what was begun is known"
            assert difference(repaired(acme), undisturbed.sync) == {}
            assert_nothing_was_done_twice(acme)
    assert nth > 10


def test_killed_at_every_write_of_a_later_sync(tmp_path: Path, undisturbed: Undisturbed) -> None:
    for nth in itertools.count(1):
        with small_team(tmp_path / f"{nth}", trap := Trap(lost=nth % 2 == 0)) as acme:
            acme.run()
            work_on(acme.sandbox)
            if not die_at_write(acme, trap, nth):
                break
            assert difference(repaired(acme), undisturbed.later) == {}
    assert nth > 4


@pytest.mark.parametrize("lost", [False, True], ids=["carried-out-unheard", "lost-on-its-way"])
def test_killed_at_every_other_write_of_a_clean(tmp_path: Path, undisturbed: Undisturbed, lost: bool) -> None:
    for nth in itertools.count(1 + lost, 2):
        with small_team(tmp_path / f"{nth}", trap := Trap(lost=lost)) as acme:
            acme.run()
            if not die_at_write(acme, trap, nth, "clean"):
                break
            assert difference(repaired(acme, "clean"), undisturbed.clean) == {}
    assert nth > 10


@pytest.mark.parametrize("commit", [1, 2, 3, 5, 8, 10, 12, 14, 16, 18, 20, 22])
def test_killed_before_the_store_keeps_what_was_read(tmp_path: Path, undisturbed: Undisturbed, commit: int) -> None:
    with small_team(tmp_path / "acme") as acme:
        assert not ended(start(order(acme, commits=commit)))
        assert difference(repaired(acme), undisturbed.sync) == {}
        assert_nothing_was_done_twice(acme)


def die_at_write(acme: Installation, trap: Trap, nth: int, kind: str = "sync") -> bool:
    """Kill a run when its n-th write arrives; False when it has fewer and ended by itself."""
    return not ended(start(order(acme, kind), trap, nth))
