"""Views: where key results stand and why, read from the store; nothing is fetched and nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from okrsync.assess import Assessor
from okrsync.connector import Finding, Level
from okrsync.errors import ConfigError
from okrsync.mapping import Mapper, Surroundings
from okrsync.measure import contributions
from okrsync.method.standings import Standings, stand
from okrsync.method.timeline import linked_at
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import GoalState, Milestones, Okrs, Placed
from okrsync.model.sample import Contribution, Linked, Sample
from okrsync.model.status import Explanation, KeyResultStatus, ObjectiveStatus
from okrsync.model.verdict import Preset, Verdict
from okrsync.model.work import Item, State
from okrsync.near import did_you_mean
from okrsync.store import Store
from okrsync.store.scopes import ConnectionState

WEEK = timedelta(days=7)

FedBy = Mapping[str, set[str]]
"""Key result -> the connections whose items are linked to it."""


def standings(
    store: Store,
    okrs: Okrs,
    at: datetime,
    preset: Preset,
    probabilities: Mapping[str, float] | None = None,
    *,
    past: bool = False,
) -> Standings:
    """How everything stands by the latest readings, or in the ``past`` by those of then, as of an aware time.

    Opens no ``store.reading()`` itself. ``probabilities`` are the forecast's, where anybody asked for them.
    """
    samples, said = store.history.latest_samples(at if past else None), store.checkins.all()
    if past:
        return stand(okrs, samples, said, at, preset)
    return stand(okrs, samples, said, at, preset, lambda placed: work_done(store, placed), probabilities)


def work_done(store: Store, placed: Placed) -> float | None:
    """The share of a key result's linked items that is done, cancelled ones left out; None where there are none."""
    items = [item for item, _ in store.links.parts(placed.key_result.id) if not item.dropped]
    return sum(item.state is State.DONE for item in items) / len(items) if items else None


def status(
    store: Store,
    okrs: Okrs,
    now: datetime,
    preset: Preset = Preset.VIVA,
    probabilities: Mapping[str, float] | None = None,
    *,
    past: bool = False,
) -> tuple[ObjectiveStatus, ...]:
    """Every objective with its key results, in file order; in the ``past``, as they were ``now``."""
    with store.reading():
        known = _known(store, now)
        row = _past_row if past else _row
        found = standings(store, okrs, now, preset, probabilities, past=past)
        return tuple(
            ObjectiveStatus(
                objective=objective.id,
                title=objective.title,
                owner=objective.owner,
                team=objective.team,
                kind=objective.kind,
                cycle=cycle.id,
                state=objective.state if objective.state is not GoalState.ACTIVE else cycle.state,
                progress=found.objectives[objective.id].progress,
                key_results=tuple(
                    row(store, placed, now, known, found.verdicts[placed.key_result.id])
                    for placed in okrs.placed
                    if placed.objective.id == objective.id
                ),
                verdict=found.objectives[objective.id].verdict,
                worst=found.objectives[objective.id].worst,
            )
            for objective, cycle in okrs.objectives
        )


def find(okrs: Okrs, key_result: str) -> Placed:
    """The key result with this id. Raises ConfigError naming the nearest one."""
    by_id = {name.casefold(): placed for name, placed in okrs.by_id().items()}
    if found := by_id.get(key_result.casefold()):
        return found
    for objective, _ in okrs.objectives:
        if objective.id.casefold() == key_result.casefold():
            names = ", ".join(one.id for one in objective.key_results) or "none"
            hint = f"Its key results: {names}. `okrsync explain {objective.id}` tells how they add up."
            raise ConfigError(f"{objective.id} is an objective, not a key result.", hint=hint)
    hint = did_you_mean(key_result, okrs.by_id(), "`okrsync status` lists all key results.")
    raise ConfigError(f"There is no key result {key_result!r}.", hint=hint)


def explain(store: Store, okrs: Okrs, key_result: str, now: datetime, judged: Verdict | None = None) -> Explanation:
    """Every item linked to a key result, what it adds, and what was left out and why.

    ``judged`` is the verdict on it.
    """
    placed = find(okrs, key_result)
    with store.reading():
        assessor = Assessor(store, okrs, store.scopes.connections(), now)
        lost = store.items.unreachable(placed.key_result.id)
        evidence = assessor.evidence(placed, _mapper(assessor, placed), lost)
        sample = store.history.sample(placed.key_result.id)
        parts = list(store.links.parts(placed.key_result.id))
        fed = {item.connection for item, _ in parts}
        row = _row(store, placed, now, _known_of(store, placed.key_result.id, now, fed, len(parts)), judged)
        found = list(contributions(placed, parts, evidence, sample)) if sample else []
        return explanation(placed, row, parts, found, lost, said_value(store, placed, sample, now))


def explanation(
    placed: Placed,
    row: KeyResultStatus,
    parts: Sequence[tuple[Item, Linked]],
    found: Sequence[Contribution],
    lost: Collection[tuple[str, str]],
    said: CheckIn | None = None,
) -> Explanation:
    """What was found, by what becomes of it: counted or left out, unreachable, or supporting only."""
    supporting = {(item.connection, item.id) for item, linked in parts if linked.supports}

    def part(wanted: Callable[[tuple[str, str]], bool]) -> tuple[Contribution, ...]:
        return tuple(one for one in found if wanted((one.connection, one.item)))

    return Explanation(
        status=row,
        objective=placed.objective.title,
        cycle=placed.cycle.id,
        rule=row.sample.rule if row.sample else "",
        contributions=part(lambda key: key not in supporting and key not in lost),
        unreachable=part(lambda key: key in lost),
        supports=part(lambda key: key in supporting and key not in lost),
        said=said,
    )


def said_value(store: Store, placed: Placed, sample: Sample | None, at: datetime) -> CheckIn | None:
    """The check-in that a reading took its value from; None where tickets give it, or nobody said one."""
    if sample is None or not placed.key_result.by_people:
        return None
    said = [one for one in store.checkins.of(placed.key_result.id) if one.value is not None and one.at <= at]
    by_then = [one for one in said if one.at <= sample.at]
    return by_then[-1] if by_then else None


def _mapper(assessor: Assessor, placed: Placed) -> Mapper:
    """Only milestones and versions look at what is around the items, which takes long to gather."""
    milestones = isinstance(placed.key_result.metric, Milestones)
    return assessor.mapper(placed) if milestones else Mapper((placed,), Surroundings())


def problems(store: Store, okrs: Okrs, now: datetime, complete: Collection[str]) -> tuple[Finding, ...]:
    """What the last reading showed to be wrong: links that reach nothing, circles of parents, names nobody has.

    ``complete`` are the connections that were read completely; of the links of others nothing is said.
    """
    with store.reading():
        assessor = Assessor(store, okrs, complete, now)
        found = assessor.problems(assessor.mapper())
        dangling = store.links.dangling()
    lost = (
        Finding(
            Level.WARNING,
            one.key,
            f"says OKR: {one.names}, {one.reason}",
            f"Write OKR: {one.counts_for} in {one.url}."
            if one.counts_for
            else f"Correct the line in {one.url} or the OKR files.",
        )
        for one in dangling
    )
    return (*found, *lost)


class _Known(msgspec.Struct, frozen=True):
    """What the rows of all key results need, read once: readings of now and of a week ago, items, connections."""

    latest: Mapping[str, Sample]
    week_ago: Mapping[str, Sample]
    items: Mapping[str, int]
    fed: FedBy
    states: Mapping[str, ConnectionState]
    scoped: Collection[str]


def _known(store: Store, now: datetime) -> _Known:
    return _Known(
        latest=_any_case(store.history.latest_samples()),
        week_ago=_any_case(store.history.latest_samples(now - WEEK)),
        items=store.links.counts(),
        fed=store.links.connections_by_key_result(),
        states=store.scopes.states(),
        scoped=store.scopes.scoped(),
    )


def _known_of(store: Store, key_result: str, now: datetime, fed: set[str], items: int) -> _Known:
    """What the row of a single key result needs, which is fed by some connections."""
    latest, week_ago = store.history.sample(key_result), store.history.sample(key_result, now - WEEK)
    return _Known(
        latest={key_result.casefold(): latest} if latest else {},
        week_ago={key_result.casefold(): week_ago} if week_ago else {},
        items={key_result: items},
        fed={key_result: fed},
        states=store.scopes.states(),
        scoped=store.scopes.scoped(),
    )


def _any_case(samples: Mapping[str, Sample]) -> dict[str, Sample]:
    return {name.casefold(): sample for name, sample in samples.items()}


def _row(store: Store, placed: Placed, now: datetime, known: _Known, judged: Verdict | None) -> KeyResultStatus:
    key_result, measure = placed.key_result, placed.key_result.measure
    start, target = key_result.way or (0.0, 1.0)
    pulled_at, stale = _freshness(placed, known)
    return KeyResultStatus(
        key_result=key_result.id,
        title=key_result.title,
        owner=placed.owner,
        unit=key_result.value_unit,
        measure=measure.type,
        start=start,
        target=target,
        state=key_result.state,
        sample=known.latest.get(key_result.id.casefold()),
        week_ago=known.week_ago.get(key_result.id.casefold()),
        pulled_at=pulled_at,
        stale=stale,
        items=known.items.get(key_result.id, 0),
        verdict=judged,
    )


def _past_row(store: Store, placed: Placed, at: datetime, known: _Known, judged: Verdict | None) -> KeyResultStatus:
    """As it was, with start and target as far as the reading of then knows them."""
    sample = store.history.sample(placed.key_result.id, at)
    items = sum(linked_at(life, at) for life in store.lives.of(placed.key_result.id))
    return as_it_was(_row(store, placed, at, known, judged), sample, items)


def row_of(
    store: Store, placed: Placed, at: datetime, sample: Sample | None, judged: Verdict | None, items: int
) -> KeyResultStatus:
    """The row of a key result by a reading of the past."""
    known = _known_of(store, placed.key_result.id, at, set(), items)
    return as_it_was(_row(store, placed, at, known, judged), sample, items)


def as_it_was(row: KeyResultStatus, sample: Sample | None, items: int) -> KeyResultStatus:
    """A row with another day's reading in it, and how many ``items`` were linked then; the rest stays as it is."""
    return msgspec.structs.replace(
        row,
        sample=sample,
        start=row.start if sample is None or sample.start is None else sample.start,
        target=row.target if sample is None or sample.target is None else sample.target,
        pulled_at=sample.at if sample else None,
        stale=False,
        items=items,
    )


def _freshness(placed: Placed, known: _Known) -> tuple[datetime | None, bool]:
    """When the oldest connection that feeds a key result was last read completely, and whether one failed since."""
    named = {link.connection for link in placed.key_result.links}
    feeding = named | {one for one in known.fed.get(placed.key_result.id, ()) if one in known.scoped}
    states = [known.states.get(connection, ConnectionState()) for connection in sorted(feeding)]
    ages = [state.succeeded_at for state in states if state.succeeded_at is not None]
    return (min(ages) if len(ages) == len(states) and ages else None), any(state.error for state in states)
