"""The lives of linked items: who counted for which key result from when to when, and what was true of them.

Everything a past day is measured from comes from here; ``okrsync/method/timeline.py`` tells what it amounts to.
Rows by the hundred thousand go through the driver as plain SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection

from okrsync.model.life import Life, Moment
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Outcome, State
from okrsync.store.rows import CHUNK, as_json, decode_item

_ASKED = "(SELECT value FROM json_each(?))"
_LINKED = f"""
SELECT l.key_result, l.connection, l.item, l.weight, l.supports, l.reasons, l.since, NULL, i.unreachable, i.body
FROM links l CROSS JOIN items i ON i.connection = l.connection AND i.id = l.item WHERE l.key_result IN {_ASKED}
UNION ALL
SELECT p.key_result, p.connection, p.item, p.weight, p.supports, '[]', p.since, p.until, i.unreachable, i.body
FROM past_links p CROSS JOIN items i ON i.connection = p.connection AND i.id = p.item WHERE p.key_result IN {_ASKED}
"""
_MOMENTS = f"""
SELECT t.connection, t.item, t.at, t.state, t.word, t.outcome, t.points, t.numbers, t.unreachable, t.rebuilt,
    t.labels, t.type, t.closed
FROM (
    SELECT connection, item FROM links WHERE key_result IN {_ASKED}
    UNION SELECT connection, item FROM past_links WHERE key_result IN {_ASKED}
) concerned CROSS JOIN transitions t ON t.connection = concerned.connection AND t.item = concerned.item
ORDER BY concerned.connection, concerned.item
"""
"""Of one item they come as they were noted; to sort hundreds of thousands of rows by time would take long."""

_decode_words = lru_cache(maxsize=10_000)(msgspec.json.Decoder(tuple[str, ...] | None).decode)
"""Labels and reasons are few, and repeat on item after item."""
_decode_numbers = msgspec.json.Decoder(dict[str, float]).decode
_STATES = {state.value: state for state in State}
_OUTCOMES: dict[str | None, Outcome | None] = {None: None, **{outcome.value: outcome for outcome in Outcome}}
_NO_NUMBERS: dict[str, float] = {}

ItemKey = tuple[str, str]
"""(connection, item id)."""


class Lives:
    """The cabinet of what was true of linked items, and when."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, key_result: str) -> list[Life]:
        """Every item that is or was linked to a key result; one that came back has a life for each time."""
        return self.all([key_result])[key_result]

    def all(self, key_results: Iterable[str]) -> dict[str, list[Life]]:
        """The lives of many key results in two queries, ordered by connection, item and time; none is an empty list."""
        asked = list(key_results)
        moments = self._moments(asked)
        lives: dict[str, list[Life]] = {one: [] for one in asked}
        known: dict[ItemKey, Item] = {}
        names = as_json(asked)
        for row in self._db.exec_driver_sql(_LINKED, (names, names)).yield_per(CHUNK):
            life = _life(row, known, moments)
            lives[life.linked.key_result].append(life)
        return {key_result: list(_in_turn(found)) for key_result, found in lives.items()}

    def _moments(self, key_results: Sequence[str]) -> dict[ItemKey, tuple[Moment, ...]]:
        names = as_json(key_results)
        found: dict[ItemKey, list[Moment]] = defaultdict(list)
        for row in self._db.exec_driver_sql(_MOMENTS, (names, names)).yield_per(CHUNK):
            found[row[0], row[1]].append(moment_of(*row[2:]))
        return {key: tuple(sorted(moments, key=_at)) for key, moments in found.items()}


def _life(row: Any, known: dict[ItemKey, Item], moments: dict[ItemKey, tuple[Moment, ...]]) -> Life:
    """An item that several key results share is decoded once."""
    key_result, connection, name, weight, supports, reasons, since, until, unreachable, body = row
    key = (connection, name)
    item = known.get(key)
    if item is None:
        item = known[key] = decode_item(body)
    return Life(
        item,
        Linked(key_result, connection, name, weight, bool(supports), _decode_words(reasons) or ()),
        moments.get(key, ()),
        _time(since),
        _time(until),
        unreachable or "",
    )


def moment_of(
    at: str,
    state: str,
    word: str,
    outcome: str | None,
    points: float | None,
    numbers: str,
    unreachable: str,
    rebuilt: int,
    labels: str | None,
    type: str | None,
    closed: str | None,
) -> Moment:
    """A row of ``transitions`` as a moment, column by column."""
    return Moment(
        datetime.fromisoformat(at),
        _STATES[state],
        word,
        _OUTCOMES[outcome],
        points,
        _decode_numbers(numbers) if numbers and numbers != "{}" else _NO_NUMBERS,
        unreachable,
        bool(rebuilt),
        _decode_words(labels) if labels else None,
        type,
        _time(closed),
    )


def _at(moment: Moment) -> datetime:
    return moment.at


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _in_turn(lives: list[Life]) -> Iterator[Life]:
    """In order of time for each item; one that was linked before does not count since its creation once more."""
    lives.sort(key=lambda life: (life.linked.connection, life.linked.item, life.until is None, life.until))
    before: Life | None = None
    for life in lives:
        if before is not None and life.since is None and _same_item(before, life):
            life = msgspec.structs.replace(life, since=before.until)
        yield life
        before = life


def _same_item(one: Life, other: Life) -> bool:
    return (one.linked.connection, one.linked.item) == (other.linked.connection, other.linked.item)
