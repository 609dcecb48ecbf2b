"""What is wrong with how links and work meet: circles of parents, and names that mean nothing known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from string import digits

from okrsync.connector import Finding, Level
from okrsync.mapping.hierarchy import Hierarchy
from okrsync.mapping.known import Known, respelt
from okrsync.mapping.rule import Compiler, full_key
from okrsync.model.okr import KeyResult, Labels, Link, Placed, Ratio, Role
from okrsync.model.work import Kind
from okrsync.near import nearest
from okrsync.words import listed

_KINDS = {kind.value: kind.value for kind in Kind}

Problem = tuple[str, str | None]
"""What is wrong, and the name that was probably meant."""


def problems(live: Sequence[Placed], compiler: Compiler, known: Known) -> Iterator[Finding]:
    """Nothing is said about the links of a connection that was not read completely."""
    yield from _circles(compiler.hierarchy)
    typos = Typos(live, compiler, known)
    for placed in live:
        yield from _told(placed, placed.measured_at, typos.of_measure(placed.key_result))
        for position, link in enumerate(placed.key_result.links):
            yield from _told(placed, placed.where(position), typos.of(link))


def _told(placed: Placed, where: str, found: Iterable[Problem]) -> Iterator[Finding]:
    place = f"{where}: " if where else ""
    for message, meant in dict.fromkeys(found):
        hint = f"Did you mean {meant!r}?" if meant else ""
        yield Finding(Level.WARNING, placed.key_result.id, f"{place}{message}", hint)


def _circles(hierarchy: Hierarchy) -> Iterator[Finding]:
    for cycle in hierarchy.cycles:
        keys = [item.key for item in cycle]
        yield Finding(
            Level.ERROR,
            cycle[0].connection,
            f"The parents of {', '.join(keys)} form a circle; they are taken to have no parent.",
            f"Remove the parent of one of them, of {keys[0]} say.",
        )


class Typos:
    """Looks for names that mean nothing. What was worked out for one link is not worked out again for another."""

    def __init__(self, live: Sequence[Placed], compiler: Compiler, known: Known) -> None:
        self._names = compiler.names
        self._compiler = compiler
        self._known = known
        self._ids = tuple(placed.key_result.id.casefold() for placed in live)
        self._words = cache(self._spoken)
        self._meant = cache(self._nearest)
        self._numbered = cache(self._by_number)

    def of(self, link: Link) -> Iterator[Problem]:
        if link.connection not in self._known.words:
            return
        yield from self._places(link)
        yield from self._listed(link)
        yield from self._above(link)
        yield from self._facts([link.connection], link.type, link.labels, link.assignee)

    def of_measure(self, key_result: KeyResult) -> Iterator[Problem]:
        """The filters of a ratio choose among all that is linked: nothing is wrong with what one connection knows."""
        metric = key_result.metric
        if isinstance(metric, Ratio):
            linked = {link.connection: None for link in key_result.links if link.role is Role.CONTRIBUTES}
            for wanted in (metric.of, metric.over):
                yield from self._facts(linked, wanted.type, wanted.labels)

    def _places(self, link: Link) -> Iterator[Problem]:
        names, connection = self._names, link.connection
        if link.scope_name is not None and not names.scope_ids(link):
            what = "repository" if link.repository else "project"
            message = f"{connection} has no {what} {link.scope_name!r}."
            yield message, nearest(link.scope_name, names.scopes(connection))
        elif link.milestone_title is not None and not names.milestones_of(link):
            what = "milestone" if link.milestone else "version"
            place = f" in {link.scope_name}" if link.scope_name else ""
            message = f"{connection} has no {what} {link.milestone_title!r}{place}."
            yield message, nearest(link.milestone_title, names.titles(connection))

    def _listed(self, link: Link) -> Iterator[Problem]:
        connection, there = link.connection, self._known.items.get(link.connection, frozenset())
        for key in (full_key(one, link) for one in link.items):
            if key.casefold() not in there:
                meant = respelt(key, self._names.scopes(connection))
                yield f"{connection} has no ticket {key!r}.", meant if meant and meant.casefold() in there else None

    def _above(self, link: Link) -> Iterator[Problem]:
        """An epic may be in a project that is not read, and its stories in one that is."""
        connection, parents = link.connection, self._known.parents.get(link.connection, frozenset())
        if link.ancestor is None or self._compiler.root(link) is not None:
            return
        key = full_key(link.ancestor, link)
        if key.casefold() in self._known.items.get(connection, frozenset()):
            yield f"{link.ancestor!r} has nothing below it in {connection}: it counts by itself.", None
        elif key.casefold() not in parents:
            message = f"Nothing is known below {link.ancestor!r} in {connection}: wrong key, or not broken down yet."
            yield message, nearest(key, self._alike(connection, key))

    def _facts(
        self, connections: Collection[str], type: str | None, labels: Labels | None, assignee: str | None = None
    ) -> Iterator[Problem]:
        """Words that none of these connections uses; nothing is said where one was not read, or holds no ticket."""
        if not connections or not all(self._heard(one) for one in connections):
            return
        wanted = [("types", "is of type", type), ("assignees", "is assigned to", assignee)]
        wanted += [("labels", "has the label", one) for one in ((*labels.all, *labels.any) if labels else ())]
        for kind, does, word in wanted:
            if word is not None and not any(word.casefold() in self._words(one, kind) for one in connections):
                near = [meant for one in connections if (meant := self._meant(one, kind, word))]
                yield f"No ticket in {listed([*connections], 'or')} {does} {word!r}.", nearest(word, near)

    def _heard(self, connection: str) -> bool:
        words = self._known.words.get(connection)
        return words is not None and bool(words.types)

    def _spoken(self, connection: str, kind: str) -> dict[str, str]:
        """The words of a kind as trackers write them, by how they are compared."""
        words = {word.casefold(): word for word in sorted(getattr(self._known.words[connection], kind))}
        return {**_KINDS, **words} if kind == "types" else words

    def _nearest(self, connection: str, kind: str, word: str) -> str | None:
        """Our own labels end with the id of a key result; nobody means one of those."""
        words = self._words(connection, kind)
        ours = self._ids if kind == "labels" else ()
        return nearest(word, (shown for folded, shown in words.items() if not folded.endswith(ours)))

    def _alike(self, connection: str, key: str) -> list[str]:
        """Keys differ in their numbers: nobody means SHOP-121 who writes SHOP-120, but SHPO-120 or a digit more."""
        written, keys = _number(key), self._numbered(connection)
        numbers = [written, written[:-1], *(f"{written}{digit}" for digit in digits)]
        return [one for number in numbers for one in keys.get(number, ())]

    def _by_number(self, connection: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for item in self._compiler.hierarchy.nodes.values():
            if item.connection == connection:
                found[_number(item.key)].append(item.key)
        return found


def _number(key: str) -> str:
    """The digits at its end."""
    return key[len(key.rstrip(digits)) :]
