"""Worked: what was in progress or delivered, and what counted for which key result, at any moment.

Everything that the figures of a team need to know of a hundred thousand items, so packed that a moment is told in
some milliseconds. Times are microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from okrsync.method.begun import Link, Pair, Stretch, Work
from okrsync.method.figures import Period, productivity
from okrsync.model.figures import Productivity

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1) // INSTANT
ALWAYS, NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max


class Worked:
    """The work that is known; links to other items are left out."""

    def __init__(self, work: Iterable[Work], links: Iterable[Link]) -> None:
        self._pack_work(work)
        self._pack_links(links)

    def at(self, moment: datetime) -> Then:
        """What was so at an aware time."""
        return Then(self, moment)

    def _pack_work(self, work: Iterable[Work]) -> None:
        self.keys: list[Pair] = []
        scopes, created, leaves = list[int](), list[int](), list[bool]()
        known: dict[Pair, int] = {}
        rows: list[tuple[int, int, int, bool, int, int]] = []
        for place, one in enumerate(work):
            self.keys.append(one.key)
            scopes.append(known.setdefault(one.scope, len(known)))
            created.append(_instant(one.created, ALWAYS))
            leaves.append(one.leaf)
            rows.extend(_row(place, stretch) for stretch in one.stretches)
        self.scopes = list(known)
        self.scope, self.created, self.leaf = np.array(scopes, int), np.array(created, np.int64), np.array(leaves, bool)
        item, begin, end, doing, started, closed = np.array(rows, np.int64).reshape(-1, 6).T.copy()
        self.item, self.begin, self.end, self.doing = item, begin, end, doing.astype(bool)
        self.started, self.closed = started, closed

    def _pack_links(self, links: Iterable[Link]) -> None:
        places = {key: place for place, key in enumerate(self.keys)}
        self.names: dict[str, int] = {}
        rows = [
            (
                self.names.setdefault(one.key_result, len(self.names)),
                places[one.item],
                _instant(one.since, ALWAYS),
                _instant(one.until, NEVER),
            )
            for one in links
            if one.item in places
        ]
        self.who, self.what, since, self.until = np.array(rows, np.int64).reshape(-1, 4).T.copy()
        self.since = np.maximum(since, self.created[self.what])


Places = NDArray[np.int64]
"""Some items, or some of their stretches."""

Mark = NDArray[np.bool_]
"""Something that is true of some items."""


class Then:
    """What was worked on at a moment, and what it counted for."""

    def __init__(self, worked: Worked, moment: datetime) -> None:
        at = _instant(moment, ALWAYS)
        self._worked = worked
        held = np.flatnonzero((worked.begin <= at) & (at < worked.end))
        self._stretch = np.full(len(worked.keys), -1)
        self._stretch[worked.item[held]] = held
        linked = (worked.since <= at) & (at < worked.until)
        self._who, self._what = worked.who[linked], worked.what[linked]

    def productivity(self, names: Iterable[str], period: Period) -> Productivity:
        """Of the work that counted for these key results at the end of the period."""
        worked, begun = self._worked, self._begun(names)
        finished, doing = self._finished(begun, period), np.extract(worked.doing[begun], begun)
        took = finished[worked.started[finished] <= worked.closed[finished]]
        aged = doing[worked.started[doing] != NEVER]
        return productivity(
            period,
            finished=len(finished),
            times=_days(worked.closed[took] - worked.started[took]),
            doing=len(doing),
            ages=_days(_instant(period.end, NEVER) - worked.started[aged]),
        )

    def finished(self, names: Iterable[str], period: Period) -> list[Pair]:
        """The items that productivity counts as finished."""
        return self.keys(self._worked.item[self._finished(self._begun(names), period)])

    def doing(self, names: Iterable[str]) -> list[Pair]:
        """The items that productivity counts as in progress."""
        begun = self._begun(names)
        return self.keys(self._worked.item[begun[self._worked.doing[begun]]])

    def aligned(self, names: Iterable[str], running: Mark) -> tuple[Places, Places]:
        """The leaves in progress where these key results have work: what counts for something running, and the rest."""
        around = self._around(names)
        linked = running[around]
        return np.extract(linked, around), np.extract(~linked, around)

    def mark(self, names: Iterable[str]) -> Mark:
        """Of each item, whether it counts for any of these key results."""
        marked = np.zeros(len(self._worked.keys), bool)
        marked[self._counted(names)] = True
        return marked

    def _begun(self, names: Iterable[str]) -> Places:
        """The stretches of what counted for these, each item once."""
        return np.extract(self.mark(names) & (self._stretch >= 0), self._stretch)

    def _finished(self, begun: Places, period: Period) -> Places:
        worked = self._worked
        start, end = _instant(period.start, ALWAYS), _instant(period.end, NEVER)
        closed = worked.closed[begun]
        return np.extract(~worked.doing[begun] & (start <= closed) & (closed < end), begun)

    def _counted(self, names: Iterable[str]) -> Places:
        chosen = np.zeros(len(self._worked.names), bool)
        chosen[[self._worked.names[name] for name in names if name in self._worked.names]] = True
        return np.extract(chosen[self._who], self._what)

    def _around(self, names: Iterable[str]) -> Places:
        """The leaves in progress in the repositories and projects of what counted for these, in whichever role."""
        chosen = np.zeros(len(self._worked.scopes), bool)
        chosen[self._worked.scope[self._counted(names)]] = True
        return np.extract(chosen[self._worked.scope[self._active]], self._active)

    @cached_property
    def _active(self) -> Places:
        worked = self._worked
        held = np.flatnonzero((self._stretch >= 0) & worked.leaf)
        return np.extract(worked.doing[self._stretch[held]], held)

    def keys(self, items: Places) -> list[Pair]:
        """The connections and ids of some items."""
        return [self._worked.keys[place] for place in items.tolist()]


def _row(place: int, stretch: Stretch) -> tuple[int, int, int, bool, int, int]:
    begun = stretch.begun
    return (
        place,
        _instant(stretch.begin, ALWAYS),
        _instant(stretch.end, NEVER),
        begun.doing,
        _instant(begun.started, NEVER),
        _instant(begun.closed, NEVER),
    )


def _instant(at: datetime | None, otherwise: int) -> int:
    if at is None:
        return int(otherwise)
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _days(some: Places) -> list[float]:
    found: list[float] = np.sort(some / DAY).tolist()
    return found
