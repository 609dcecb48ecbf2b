"""What must hold across OKR files: ids, cycles, parents and days.

Pydantic sees one value at a time; here are the rules that need to see more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones

from okrsync.connector import ConnectionOptions, Plugin
from okrsync.errors import Problem
from okrsync.marker import Namespace
from okrsync.model.okr import Cycle, KeyResult, Objective, OkrFile
from okrsync.okrfile.ignores import ignore_problems
from okrsync.okrfile.links import Tracker, id_problems, link_problems
from okrsync.okrfile.measures import measure_problems
from okrsync.okrfile.salvage import inside, touches
from okrsync.wording import suggest
from okrsync.yamlfile import Document, Place

Finding = tuple[Place, str]


class Surroundings(Protocol):
    """What OKR files are read with: the part of ``Settings`` that matters here."""

    @property
    def okr_files(self) -> tuple[Path, ...]: ...

    @property
    def connections(self) -> Mapping[str, ConnectionOptions]: ...

    def namespace_for(self, connection: str) -> Namespace: ...


@dataclass(frozen=True, slots=True)
class Source:
    """An OKR file, as far as it can be understood; ``replaced`` are the places that do not hold what was written."""

    document: Document
    content: OkrFile
    replaced: frozenset[Place] = frozenset()

    def known(self, place: Place) -> bool:
        """Does it hold what was written?"""
        return not inside(place, self.replaced)

    def whole(self, place: Place) -> bool:
        """Is all of it as it was written?"""
        return not touches(place, self.replaced)

    def objectives(self) -> Iterator[tuple[Place, Objective]]:
        """Each with its place in the file."""
        for position, objective in enumerate(self.content.objectives):
            yield ("objectives", position), objective

    def key_results(self) -> Iterator[tuple[Place, Objective, KeyResult]]:
        """Each with its place in the file and its objective."""
        for place, objective in self.objectives():
            for position, key_result in enumerate(objective.key_results):
                yield (*place, "key_results", position), objective, key_result


def problems_across(
    sources: Sequence[Source], surroundings: Surroundings, plugins: Mapping[str, Plugin], *, complete: bool = True
) -> list[Problem]:
    """Everything that is wrong between readable files; parents are looked for only when all files are among them."""
    trackers = {
        name: Tracker(name, options, plugins[name], surroundings.namespace_for(name))
        for name, options in surroundings.connections.items()
    }
    problems = [*_repeated_ids(sources), *_cycles_that_differ(sources)]
    if complete and all(source.known((*place, "id")) for source in sources for place, _ in source.objectives()):
        problems += _parents(sources)
    for source in sources:
        problems += [source.document.problem(*one) for one in _within(source, trackers) if source.whole(one[0])]
    return problems


def _within(source: Source, trackers: Mapping[str, Tracker]) -> Iterator[Finding]:
    cycle = source.content.cycle
    yield from _time_zone(cycle)
    yield from ignore_problems(source.content)
    for place, _, key_result in source.key_results():
        if source.whole(("cycle",)):
            yield from ((place + inner, message) for inner, message in _days(key_result, cycle))
        yield from ((place + inner, message) for inner, message in id_problems(key_result.id, trackers))
        if source.whole((*place, "links")):
            yield from ((place + inner, message) for inner, message in measure_problems(key_result, trackers))
        for position, link in enumerate(key_result.links):
            yield from (
                ((*place, "links", position, *inner), message) for inner, message in link_problems(link, trackers)
            )


def _repeated_ids(sources: Sequence[Source]) -> Iterator[Problem]:
    """Trackers take labels that differ only in case for the same, so ids that do are the same, too."""
    seen: dict[tuple[str, str], str] = {}
    for source in sources:
        named = [("objective", place, objective.id) for place, objective in source.objectives()]
        named += [("key result", place, key_result.id) for place, _, key_result in source.key_results()]
        for what, place, name in named:
            if not source.known((*place, "id")):
                continue
            here = f"{source.document.file}:{source.document.line((*place, 'id'))}"
            first = seen.setdefault((what, name.lower()), here)
            if first != here:
                yield source.document.problem((*place, "id"), f"the {what} `{name}` exists already, at {first}")


def _cycles_that_differ(sources: Sequence[Source]) -> Iterator[Problem]:
    first: dict[str, Source] = {}
    for source in sources:
        if not source.whole(("cycle",)):
            continue
        cycle, other = source.content.cycle, first.setdefault(source.content.cycle.id, source)
        for name in ("start", "end", "timezone"):
            here, there = getattr(cycle, name), getattr(other.content.cycle, name)
            if here != there:
                where = f"{other.document.file}:{other.document.line(('cycle', name))}"
                message = f"is {here} for the cycle `{cycle.id}`, but {there} at {where}; one cycle, one span"
                yield source.document.problem(("cycle", name), message)


def _parents(sources: Sequence[Source]) -> Iterator[Problem]:
    parents = {objective.id: objective.parent for source in sources for _, objective in source.objectives()}
    reported: set[str] = set()
    for source in sources:
        for place, objective in source.objectives():
            if objective.parent is None:
                continue
            where = (*place, "parent")
            if objective.parent not in parents:
                message = f"no objective is called `{objective.parent}`{suggest(objective.parent, parents)}"
                yield source.document.problem(where, message)
            elif (ring := _ring(objective.id, parents)) and not reported & set(ring):
                reported |= set(ring)
                way = " → ".join(f"`{name}`" for name in (*ring, ring[0]))
                yield source.document.problem(where, f"an objective cannot be above itself: {way}")


def _ring(start: str, parents: Mapping[str, str | None]) -> list[str]:
    """The way from an objective up to itself; empty when it ends elsewhere."""
    way = [start]
    while (above := parents.get(way[-1])) is not None and above not in way:
        way.append(above)
    return way if above == start else []


def _time_zone(cycle: Cycle) -> Iterator[Finding]:
    if cycle.timezone == "UTC":
        return
    try:
        ZoneInfo(cycle.timezone)
    except (KeyError, ValueError, OSError):
        yield (
            ("cycle", "timezone"),
            f"`{cycle.timezone}` is no time zone{suggest(cycle.timezone, available_timezones())}",
        )


def _days(key_result: KeyResult, cycle: Cycle) -> Iterator[Finding]:
    span = f"the cycle {cycle.id} ({cycle.start} to {cycle.end})"
    if key_result.due and not cycle.start <= key_result.due <= cycle.end:
        yield ("due",), f"{key_result.due} is outside {span}"
    for position, point in enumerate(key_result.plan):
        if not cycle.start <= point.date <= cycle.end:
            yield ("plan", position, "date"), f"{point.date} is outside {span}"
        elif position and point.date <= key_result.plan[position - 1].date:
            yield ("plan", position, "date"), f"{point.date} must be after the date before it"
