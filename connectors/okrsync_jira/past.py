"""Changelogs into what was true of an issue, and when. Pure: no network, no clock.

A changelog tells steps, so a field that never changed is what it is today, and one that did was before its first step
what that step says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite

from okrsync.model.life import Moment
from okrsync.model.work import Item, State
from okrsync_jira.fields import Fields
from okrsync_jira.shapes import Category, ChangedField, ChangeLine, StatusInfo
from okrsync_jira.translate import Translator, state_of

STATUS, RESOLUTION, POINTS = "status", "resolution", "points"
_MILLISECONDS = 100_000_000_000
"""Epoch times from here on are milliseconds: as seconds they would lie in the year 5138."""


class Statuses:
    """Which state each status means today, by id; by name where a status is gone or belongs to one project only."""

    def __init__(self, told: Iterable[StatusInfo], items: Iterable[Item]) -> None:
        self._by_id: dict[str, State] = {}
        self._by_name = {item.word.casefold(): item.state for item in items}
        for status in told:
            state = state_of(status.statusCategory or Category())
            self._by_id[status.id] = state
            self._by_name.setdefault(status.name.casefold(), state)

    def state(self, id_: str | None, name: str | None) -> State:
        """Which state a status means, by its id, or by its name where the id is gone; UNKNOWN where neither exists."""
        return self._by_id.get(id_ or "") or self._by_name.get((name or "").casefold(), State.UNKNOWN)


@dataclass
class _Then:
    """What is true of an issue at one moment of its past. ``resolved`` tells whether a resolution ever changed."""

    item: Item
    state: State
    word: str
    resolution: str | None = None
    resolved: bool = False
    points: float | None = None
    numbers: dict[str, float] = field(default_factory=dict)


class Past:
    """Reads changelogs of one site. ``names`` are those of the extra number fields, by id."""

    def __init__(
        self, fields: Fields, statuses: Statuses, translator: Translator, names: Mapping[str, str] | None = None
    ) -> None:
        self._statuses = statuses
        self._translator = translator
        self._numbers = {id_: name for name, id_ in fields.numbers.items()}
        self._places = {STATUS: STATUS, RESOLUTION: RESOLUTION, **{id_: id_ for id_ in self._numbers}}
        self._places |= {name: id_ for id_, name in (names or {}).items() if id_ in self._numbers}
        self._points = fields.points
        if fields.points:
            self._places |= {fields.points: POINTS, fields.points_name: POINTS}

    @property
    def fields(self) -> list[str]:
        """Ids of the fields whose changes matter."""
        return [STATUS, RESOLUTION, *([self._points] if self._points else ()), *self._numbers]

    def moments(self, item: Item, lines: Iterable[ChangeLine]) -> tuple[Moment, ...]:
        """What was true of an item since its creation; every moment differs from the one before."""
        told = [(_when(line), steps) for line in sorted(lines, key=_place) if (steps := self._steps(line))]
        then = self._at_first(item, [step for _, steps in told for step in steps])
        moments = [self._moment(then, item.created)]
        for at, steps in told:
            for place, step in steps:
                self._apply(then, place, step)
            moment = self._moment(then, max(at, moments[-1].at))
            if _differ(moments[-1], moment):
                moments.append(moment)
        return tuple(moments)

    def _steps(self, line: ChangeLine) -> list[tuple[str, ChangedField]]:
        found = ((self._places.get(step.id or step.field), step) for step in line.items)
        return [(place, step) for place, step in found if place and not _a_namesake(place, step)]

    def _at_first(self, item: Item, steps: Sequence[tuple[str, ChangedField]]) -> _Then:
        """Today's values, with the steps undone from the last to the first."""
        then = _Then(item, item.state, item.word, points=item.points, numbers=dict(item.numbers))
        then.resolved = any(place == RESOLUTION for place, _ in steps)
        for place, step in reversed(steps):
            self._apply(then, place, step, undo=True)
        return then

    def _apply(self, then: _Then, place: str, step: ChangedField, *, undo: bool = False) -> None:
        id_, text = (step.before_id, step.before) if undo else (step.after_id, step.after)
        if place == STATUS:
            then.state, then.word = self._statuses.state(id_, text), text or ""
        elif place == RESOLUTION:
            then.resolution = text
        elif place == POINTS:
            then.points = _number(text)
        elif (value := _number(text)) is None:
            then.numbers.pop(self._numbers[place], None)
        else:
            then.numbers[self._numbers[place]] = value

    def _moment(self, then: _Then, at: datetime) -> Moment:
        known = then.item.outcome if not then.resolved else None
        outcome = known or self._translator.outcome(then.resolution)
        return Moment(
            at=at,
            state=then.state,
            word=then.word,
            outcome=outcome if then.state is State.DONE else None,
            points=then.points,
            numbers=dict(then.numbers),
            rebuilt=True,
        )


def _differ(one: Moment, other: Moment) -> bool:
    return (one.state, one.word, one.outcome, one.points, one.numbers) != (
        other.state,
        other.word,
        other.outcome,
        other.points,
        other.numbers,
    )


def _a_namesake(place: str, step: ChangedField) -> bool:
    """A custom field that somebody called Status."""
    return place in (STATUS, RESOLUTION) and not step.id and step.fieldtype == "custom"


def _place(line: ChangeLine) -> tuple[datetime, int]:
    """Lines of one moment in the order of their ids."""
    return _when(line), int(line.id) if str(line.id).isdecimal() else 0


def _when(line: ChangeLine) -> datetime:
    if isinstance(line.created, int):
        return datetime.fromtimestamp(line.created / (1000 if line.created >= _MILLISECONDS else 1), UTC)
    return line.created.astimezone(UTC)


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is None or isfinite(value) else None
