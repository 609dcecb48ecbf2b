"""Replay: what a key result would have measured at any past moment, from what was true of its work then.

Measured as the OKR files say today; where they said something else then, the samples of that time tell it.
"""

from __future__ import annotations

from datetime import datetime

from okrsync.assess import lock_of
from okrsync.measure import Evidence, measure
from okrsync.method.definition import stamped
from okrsync.method.timeline import parts_at
from okrsync.model.okr import Placed
from okrsync.model.sample import Sample
from okrsync.store import Store


def replay(store: Store, placed: Placed, at: datetime) -> Sample:
    """The sample of ``at``.

    Milestones and versions have no past: a measure of type ``milestones`` has no value here.
    """
    parts, unreachable = parts_at(store.lives.of(placed.key_result.id), at)
    return stamped(measure(placed, parts, evidence_at(store, placed, at, unreachable)), placed)


def evidence_at(
    store: Store, placed: Placed, at: datetime, unreachable: dict[tuple[str, str], str] | None = None
) -> Evidence:
    """What a reading needs beside the items, as it was then."""
    key_result, history = placed.key_result.id, store.history
    lock = lock_of(placed.cycle)
    locked = history.sample(key_result, at=lock) or history.first_sample(key_result) if at >= lock else None
    return Evidence(
        at=at,
        checkin=store.checkins.value(key_result, at=at),
        baseline=locked.scope if locked else None,
        unreachable=unreachable or {},
    )
