"""Carry-over: the next cycle's OKR files, made from this one's, so that nothing that goes on is typed again.

Ids are unique across all files, because tickets, check-ins and scores go by them: what is carried over gets the new
cycle's id as its ending in the place of the old one's: ``checkout-1`` becomes ``checkout-1-2027-q1``, and a quarter
later ``checkout-1-2027-q2``, and ``carried_from`` tells what it was. Values start where they ended; days of the old
cycle (``due``, ``plan``) go; the new cycle is a draft until people have agreed on it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec

from okrsync.errors import ConfigError
from okrsync.model.closing import Carried, CarryOver, Decision, Standing
from okrsync.model.okr import KEY_RESULT_ID, Count, Cycle, Maintain, Placed
from okrsync.practice.closing import find_cycle
from okrsync.practice.desk import Desk
from okrsync.practice.nextfiles import Following, NextFiles, unread, what_stands
from okrsync.practice.nextpage import Moving
from okrsync.practice.okrfiles import put
from okrsync.practice.readings import final_reading, last_moment
from okrsync.views import find
from okrsync.wording import AN_ID

LONGEST_ID = 40

Renamed = Mapping[str, str]
"""Old id -> new id."""


class Next(msgspec.Struct, frozen=True):
    """The cycle to come; ``targets`` are new ones by key result, in its unit."""

    id: str
    start: date
    end: date
    targets: Mapping[str, float] = {}


def carry_over(desk: Desk, id: str, following: Next, chosen: Collection[str] = ()) -> CarryOver:
    """Write the next cycle's files beside this one's, or add to those that stand there what they do not have.

    Carried are the key results whose closing says ``continue``, or ``chosen`` ones. What stands is not changed, and
    nothing is carried twice, whatever its id is by now: ``carried_from`` tells. Raises ConfigError when nothing goes
    on, when a chosen one has reached its target and gets no new one, or when the result would not pass the check.
    """
    cycle = find_cycle(desk, id)
    _refuse_span(cycle, following)
    there = what_stands(desk, following, lambda name: new_id(name, cycle, following, ()))
    following = msgspec.structs.replace(following, id=there.id)
    stood = _stood(desk, cycle, following, there)
    _refuse_targets(desk, cycle, following)
    going, left = _going(desk, cycle, following, {one.before for one in stood}, chosen)
    if not going and not stood:
        closed = desk.store.closings.latest(cycle.id) is not None
        hint = "Decide `continue` at the closing (--decide KR=continue), or name them with --kr."
        why = "goes on" if closed else "goes on: it is not closed yet"
        raise ConfigError(f"No key result of the cycle {cycle.id} {why}.", hint=hint)
    objectives, key_results = _renamed(desk, cycle, going, following, there)
    moving = {
        one.key_result.id: Moving(key_results[one.key_result.id], _start(desk, one), _target(one, following))
        for one in going
    }
    texts = NextFiles(desk, cycle, there, objectives, moving).texts()
    put(texts.created, texts.changed, texts.before)
    return CarryOver(
        files=tuple(map(str, texts.created)),
        carried=tuple(Carried(old, new.id, new.start) for old, new in moving.items()),
        left=tuple(left.items()),
        unread=tuple(unread(desk, list(texts.created))),
        added=tuple(map(str, texts.changed)),
        stood=stood,
        draft=there.draft,
    )


def new_id(old: str, cycle: Cycle, following: Next, taken: Collection[str]) -> str:
    """An id for the next cycle: the old one with the new cycle's in the place of the old cycle's, or added to it."""
    ending = re.compile(rf"[._-]?{re.escape(cycle.id)}$", re.IGNORECASE)
    added = f"-{following.id.lower()}"
    base = ending.sub("", old) or old
    known = {one.casefold() for one in taken}
    for again in ("", *(f"-{number}" for number in range(2, 1000))):
        made = base[: LONGEST_ID - len(added) - len(again)].rstrip("._-") + added + again
        if made.casefold() not in known:
            return made
    raise ConfigError(f"There is no free id for {old} in {following.id}.", hint="Choose another id for the cycle.")


def _refuse_span(cycle: Cycle, following: Next) -> None:
    if not re.fullmatch(KEY_RESULT_ID, following.id):
        raise ConfigError(f"--to: {following.id!r} cannot be an id.", hint=f"Write it as in 2027-Q1; {AN_ID}.")
    if following.id.casefold() == cycle.id.casefold():
        raise ConfigError(f"{following.id} is the cycle to carry over from.", hint="--to names the next one.")
    if following.end <= following.start:
        raise ConfigError(f"{following.id} would end before it begins.", hint="--start and --end are its days.")
    if following.start <= cycle.start:
        raise ConfigError(f"{following.id} would not be after {cycle.id}.", hint=f"{cycle.id} began on {cycle.start}.")


def _refuse_targets(desk: Desk, cycle: Cycle, following: Next) -> None:
    """New targets of what has none."""
    for name in following.targets:
        placed = _of(desk, cycle, name)
        if placed.key_result.way is None:
            what = "must hold" if isinstance(placed.key_result.measure, Maintain) else "is a yes or a no"
            raise ConfigError(
                f"{placed.key_result.id} {what} and has no target.",
                hint=f"Name it with --kr {placed.key_result.id} instead.",
            )


def _stood(desk: Desk, cycle: Cycle, following: Next, there: Following) -> tuple[Standing, ...]:
    """What goes on already. Raises ConfigError for a new target, which nobody would see there."""
    found = []
    for placed in desk.okrs.placed:
        new = there.key_results.get(placed.key_result.id.casefold())
        if placed.cycle.id != cycle.id or new is None:
            continue
        found.append(Standing(placed.key_result.id, new.key_result.id, new.file))
        wanted, stands = _target(placed, following), getattr(new.key_result.measure, "target", None)
        if wanted is not None and wanted != stands:
            raise ConfigError(
                f"{placed.key_result.id} goes on already as {new.key_result.id} in {new.file}, line {new.line}.",
                hint="Change its target there. Nothing was written.",
            )
    return tuple(found)


def _going(
    desk: Desk, cycle: Cycle, following: Next, stood: Collection[str], chosen: Collection[str]
) -> tuple[list[Placed], dict[str, str]]:
    """The key results that go on, and why others do not. Raises ConfigError for chosen ones that cannot."""
    closing = desk.store.closings.latest(cycle.id)
    decided = closing.scores() if closing else {}
    asked = {_of(desk, cycle, name).key_result.id for name in (*chosen, *following.targets)}
    going, left = [], {}
    for placed in desk.okrs.placed:
        name = placed.key_result.id
        if name in stood:
            continue
        decision = decided[name].retrospective.decision if name in decided else None
        if placed.cycle.id != cycle.id or not (name in asked or (not chosen and decision is Decision.CONTINUE)):
            if placed.cycle.id == cycle.id:
                left[name] = decision.value if decision else "nobody decided"
            continue
        if reached := _reached(desk, placed, following):
            if name in asked:
                raise ConfigError(f"{name} {reached}.", hint=f"--target {name}=VALUE gives it a new one.")
            left[name] = f"{reached}; --target {name}=VALUE carries it on"
            continue
        going.append(placed)
    return going, left


def _of(desk: Desk, cycle: Cycle, name: str) -> Placed:
    placed = find(desk.okrs, name)
    if placed.cycle.id != cycle.id:
        raise ConfigError(f"{placed.key_result.id} is of the cycle {placed.cycle.id}.", hint=f"Not of {cycle.id}.")
    return placed


def _reached(desk: Desk, placed: Placed, following: Next) -> str:
    """Why it has no way to go on, or ""."""
    target, start = _target(placed, following), _start(desk, placed)
    way = placed.key_result.way
    if way is None:
        return ""
    begin = way[0] if start is None else start
    goal = way[1] if target is None else target
    rising = way[1] > way[0]
    if target is None and (begin >= goal if rising else begin <= goal):
        return f"ended at {begin:g} and its target is {goal:g}"
    return f"would start at its target {goal:g}" if begin == goal else ""


def _target(placed: Placed, following: Next) -> float | None:
    by_id = {name.casefold(): value for name, value in following.targets.items()}
    return by_id.get(placed.key_result.id.casefold())


def _start(desk: Desk, placed: Placed) -> float | None:
    """The final value: as frozen, or as it ends. None for what begins anew with each cycle, or has no start."""
    key_result = placed.key_result
    if key_result.way is None:
        return None
    if isinstance(key_result.metric, Count) and key_result.metric.of == "created":
        return None
    closing = desk.store.closings.latest(placed.cycle.id)
    frozen = {one.id: one.sample for one in closing.key_results()} if closing else {}
    sample = frozen.get(key_result.id) or final_reading(desk, placed, last_moment(placed.cycle, desk.now))
    return None if sample is None or sample.value is None else float(f"{sample.value:.6g}")


def _renamed(
    desk: Desk, cycle: Cycle, going: list[Placed], following: Next, there: Following
) -> tuple[Renamed, Renamed]:
    """New ids of objectives, with those above them in the same cycle, and of key results."""
    here = {one.id: one for one, theirs in desk.okrs.objectives if theirs.id == cycle.id}
    wanted: dict[str, None] = {}
    for placed in going:
        above: str | None = placed.objective.id
        while above in here and above not in wanted:
            wanted[above] = None
            above = here[above].parent
    stand = {name: there.objectives[name.casefold()].id for name in wanted if name.casefold() in there.objectives}
    objectives = [name for name in here if name in wanted and name not in stand]
    key_results = [one.key_result.id for one in going]
    return (
        {**stand, **_new_ids(objectives, [one.id for one, _ in desk.okrs.objectives], cycle, following)},
        _new_ids(key_results, [one.key_result.id for one in desk.okrs.placed], cycle, following),
    )


def _new_ids(names: Sequence[str], used: Sequence[str], cycle: Cycle, following: Next) -> Renamed:
    """No two of them alike, and none like one that is used."""
    made: dict[str, str] = {}
    for name in names:
        made[name] = new_id(name, cycle, following, [*used, *made.values()])
    return made
