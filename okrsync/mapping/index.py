"""Finds the few rules that could match an item, by its names, memberships, ancestors, milestones, labels.

A rule lies on one shelf only, that of its most selective selector. Rules of a repository or project lie apart
from those of any other, so that the scope never has to be verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from okrsync.mapping.facts import Facts
from okrsync.mapping.rule import EVERY_ITEM, Anchor, Rule
from okrsync.mapping.surroundings import Memberships

Shelf = dict[str, dict[str | None, list[Rule]]]
"""Key -> scope id (None: any scope) -> rules."""

Keys = Callable[[Facts], Iterable[str]]

KEYS: dict[Anchor, Keys] = {
    Anchor.NAME: lambda facts: facts.names,
    Anchor.ANCESTOR: lambda facts: (*facts.names, *facts.above) if facts.above else facts.names,
    Anchor.MILESTONE: lambda facts: facts.item.milestones,
    Anchor.LABEL: lambda facts: facts.labels,
    Anchor.ASSIGNEE: lambda facts: facts.assignees,
    Anchor.TYPE: lambda facts: facts.types,
    Anchor.ANYTHING: lambda _: EVERY_ITEM,
}


class Index:
    """Built once, then asked for every item."""

    def __init__(self, rules: Iterable[Rule], memberships: Memberships) -> None:
        self._references: dict[str, list[Rule]] = defaultdict(list)
        shelves: dict[str, dict[Anchor, Shelf]] = defaultdict(dict)
        for rule in rules:
            if rule.connection is None:
                for key in rule.keys:
                    self._references[key].append(rule)
            else:
                _place(rule, shelves[rule.connection].setdefault(rule.anchor, {}))
        self._lookups: dict[str, list[tuple[Keys, Shelf]]] = {
            connection: [(_keys(anchor, connection, shelf, memberships), shelf) for anchor, shelf in found.items()]
            for connection, found in shelves.items()
        }

    def matching(self, facts: Facts) -> dict[Rule, str]:
        """The rules whose conditions an item itself meets, each with its reason."""
        found: dict[Rule, str] = {}
        for keys, shelf in self._lookups.get(facts.item.connection, ()):
            for key in keys(facts):
                if key in shelf:
                    _hit(shelf[key], facts, found)
        for name in facts.item.references:
            for rule in self._references.get(name.casefold(), ()):
                found[rule] = rule.reason
        return found


def _hit(rules: Mapping[str | None, list[Rule]], facts: Facts, found: dict[Rule, str]) -> None:
    for place in (facts.item.scope, None):
        for rule in rules.get(place, ()):
            if rule not in found and rule.holds(facts):
                found[rule] = rule.why(facts)


def _place(rule: Rule, shelf: Shelf) -> None:
    for key in rule.keys:
        for scope in (None,) if rule.scopes is None else rule.scopes:
            shelf.setdefault(key, {}).setdefault(scope, []).append(rule)


def _keys(anchor: Anchor, connection: str, shelf: Shelf, memberships: Memberships) -> Keys:
    if anchor is not Anchor.MEMBER:
        return KEYS[anchor]
    matched = _invert(connection, shelf, memberships)
    return lambda facts: matched.get(facts.item.id, ())


def _invert(connection: str, queries: Iterable[str], memberships: Memberships) -> dict[str, tuple[str, ...]]:
    """Item id -> the queries it matches. Items that match the same ones share one tuple, which keeps this small."""
    matched: dict[str, tuple[str, ...]] = {}
    for query in queries:
        longer: dict[tuple[str, ...], tuple[str, ...]] = {}
        for item in memberships.get((connection, query), ()):
            before = matched.get(item, ())
            matched[item] = longer.setdefault(before, (*before, query))
    return matched
