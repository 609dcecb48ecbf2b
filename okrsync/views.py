"""Views: where key results stand and why, read from the store; nothing is fetched and nothing changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from okrsync.assess import Assessor
from okrsync.connector import Finding, Level
from okrsync.errors import ConfigError
from okrsync.measure import contributions, progress_of
from okrsync.model.okr import Boolean, Life, Maintain, Okrs, Placed
from okrsync.model.run import Explanation, KeyResultStatus, ObjectiveStatus
from okrsync.model.sample import Contribution
from okrsync.store import Store

WEEK = timedelta(days=7)

FedBy = Mapping[str, set[str]]
"""Key result -> the connections whose items are linked to it."""


def status(store: Store, okrs: Okrs, now: datetime) -> tuple[ObjectiveStatus, ...]:
    """Every objective with its key results, in file order."""
    with store.reading():
        samples, fed = store.history.latest_samples(), store.links.connections_by_key_result()
        progress = {
            objective.id: progress_of(objective, samples, okrs.children_of(objective.id), okrs.children_of)
            for objective, _ in okrs.objectives
        }
        return tuple(
            ObjectiveStatus(
                objective=objective.id,
                title=objective.title,
                owner=objective.owner,
                team=objective.team,
                kind=objective.kind,
                cycle=cycle.id,
                state=objective.state if objective.state is not Life.ACTIVE else cycle.state,
                progress=progress[objective.id],
                key_results=tuple(
                    _row(store, placed, now, fed) for placed in okrs.placed if placed.objective.id == objective.id
                ),
            )
            for objective, cycle in okrs.objectives
        )


def find(okrs: Okrs, key_result: str) -> Placed:
    """The key result with this id. Raises ConfigError naming the nearest one."""
    by_id = {name.casefold(): placed for name, placed in okrs.by_id().items()}
    if found := by_id.get(key_result.casefold()):
        return found
    near = difflib.get_close_matches(key_result.casefold(), by_id, n=1)
    hint = f"Did you mean {by_id[near[0]].key_result.id}?" if near else "`okrsync status` lists all key results."
    raise ConfigError(f"There is no key result {key_result!r}.", hint=hint)


def explain(store: Store, okrs: Okrs, key_result: str, now: datetime) -> Explanation:
    """Every item linked to a key result, what it adds, and what was left out and why."""
    placed = find(okrs, key_result)
    with store.reading():
        assessor = Assessor(store, okrs, store.scopes.connections(), now)
        evidence = assessor.evidence(placed, assessor.mapper())
        sample = store.history.sample(placed.key_result.id)
        parts = store.links.parts(placed.key_result.id)
        found = list(contributions(placed, parts, evidence, sample)) if sample else []
        supporting = {
            (item.connection, item.id) for item, linked in store.links.parts(placed.key_result.id) if linked.supports
        }
        lost = store.items.unreachable(placed.key_result.id)
        row = _row(store, placed, now, store.links.connections_by_key_result())

    def part(keys: Iterable[tuple[str, str]]) -> tuple[Contribution, ...]:
        chosen = set(keys)
        return tuple(one for one in found if (one.connection, one.item) in chosen)

    everything = {(one.connection, one.item) for one in found}
    return Explanation(
        status=row,
        objective=placed.objective.title,
        cycle=placed.cycle.id,
        rule=sample.rule if sample else "",
        contributions=part(everything - supporting - lost.keys()),
        unreachable=part(lost.keys()),
        supports=part(supporting - lost.keys()),
    )


def problems(store: Store, okrs: Okrs, now: datetime) -> tuple[Finding, ...]:
    """What the last reading showed to be wrong: links that reach nothing, circles of parents, names nobody has."""
    with store.reading():
        found = Assessor(store, okrs, store.scopes.connections(), now).mapper().problems
        dangling = store.links.dangling()
    lost = (
        Finding(
            Level.WARNING,
            one.key,
            f"says OKR: {one.names}, {one.reason}",
            f"Correct the line in {one.url} or the OKR files.",
        )
        for one in dangling
    )
    return (*found, *lost)


def _row(store: Store, placed: Placed, now: datetime, fed: FedBy) -> KeyResultStatus:
    key_result, measure = placed.key_result, placed.key_result.measure
    pulled_at, stale = _freshness(store, placed, fed)
    return KeyResultStatus(
        key_result=key_result.id,
        title=key_result.title,
        owner=key_result.owner or placed.objective.owner,
        unit=key_result.unit or getattr(measure, "unit", ""),
        measure=measure.type,
        start=0.0 if isinstance(measure, Boolean | Maintain) else measure.start,
        target=1.0 if isinstance(measure, Boolean | Maintain) else measure.target,
        state=key_result.state,
        sample=store.history.sample(key_result.id),
        week_ago=store.history.sample(key_result.id, at=now - WEEK),
        pulled_at=pulled_at,
        stale=stale,
        items=store.links.count(key_result.id),
    )


def _freshness(store: Store, placed: Placed, fed: FedBy) -> tuple[datetime | None, bool]:
    """When the oldest connection that feeds a key result was last read completely, and whether one failed since."""
    named = {link.connection for link in placed.key_result.links}
    feeding = named | {one for one in fed.get(placed.key_result.id, ()) if store.scopes.known(one)}
    states = [store.scopes.state(connection) for connection in sorted(feeding)]
    ages = [state.succeeded_at for state in states if state.succeeded_at is not None]
    return (min(ages) if len(ages) == len(states) and ages else None), any(state.error for state in states)
