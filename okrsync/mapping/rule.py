"""A link, compiled: where to look it up, what else to verify, and the sentence a ticket's reader gets.

Every selector of a link becomes a condition with a check and, where an index can find it, an anchor. The most
selective condition becomes the anchor of the rule, the others its checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from enum import Enum, auto

from okrsync.mapping.facts import Facts, wearing
from okrsync.mapping.hierarchy import Hierarchy
from okrsync.mapping.surroundings import Memberships, Names
from okrsync.model.okr import Link, Placed, Role
from okrsync.model.work import Item

TEXT_SHOWN = 60
EVERY_ITEM = frozenset({""})
"""The key under which the rules lie that no index can narrow."""

Check = Callable[[Facts], bool]


class Anchor(Enum):
    """What an index looks an item up by."""

    NAME = auto()
    MEMBER = auto()
    ANCESTOR = auto()
    MILESTONE = auto()
    LABEL = auto()
    ASSIGNEE = auto()
    TYPE = auto()
    REFERENCE = auto()
    ANYTHING = auto()


@dataclass(frozen=True, slots=True)
class Condition:
    """One selector: ``keys`` find candidates by ``anchor``; unless that is ``exact``, ``check`` has to verify them."""

    anchor: Anchor
    keys: frozenset[str]
    check: Check
    phrase: str = ""
    exact: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """``position`` is that of its key result; ``scopes`` None means every scope, ``connection`` None every connection.

    ``roots`` are the names of the epic or parent asked for, which gets ``root_reason`` instead of ``reason``.
    """

    position: int
    key_result: str
    connection: str | None
    scopes: frozenset[str] | None
    weight: float
    supports: bool
    subtasks: bool
    anchor: Anchor
    keys: frozenset[str]
    checks: tuple[Check, ...]
    reason: str
    root_reason: str = ""
    roots: frozenset[str] = frozenset()

    def holds(self, facts: Facts) -> bool:
        """Whether the conditions beside the anchor are met."""
        for check in self.checks:  # noqa: SIM110 - twice as fast as all()
            if not check(facts):
                return False
        return True

    def why(self, facts: Facts) -> str:
        """Why an item counts, in words: that it is a root itself, or what it was found by."""
        return self.root_reason if self.roots and not self.roots.isdisjoint(facts.names) else self.reason


class Compiler:
    """Turns links into rules against the names that are known now."""

    def __init__(self, memberships: Memberships, names: Names, hierarchy: Hierarchy) -> None:
        self._memberships = memberships
        self.names = names
        self.hierarchy = hierarchy

    def rule(self, position: int, placed: Placed, link: Link, *, subtasks: bool) -> Rule:
        """A link as a rule; ``position`` is its place in the key result, ``subtasks`` whether those count."""
        conditions = list(self._conditions(placed, link)) or [_anything()]
        first, *others = conditions
        verified = others if first.exact else conditions
        phrases = [one.phrase for one in conditions if one.phrase]
        beside = [one.phrase for one in conditions if one.phrase and one.anchor is not Anchor.ANCESTOR]
        return Rule(
            position=position,
            key_result=placed.key_result.id,
            connection=link.connection,
            scopes=self.names.scope_ids(link),
            weight=link.weight,
            supports=link.role is Role.SUPPORTS,
            subtasks=subtasks,
            anchor=first.anchor,
            keys=first.keys,
            checks=tuple(one.check for one in verified),
            reason=_sentence(phrases, link),
            root_reason=_sentence(beside, link) if beside else f"is {_kind(link)}{link.ancestor}",
            roots=self.roots(link),
        )

    def root(self, link: Link) -> Item | None:
        """The epic or parent a link names, if something is known below it."""
        return None if link.ancestor is None else self.hierarchy.find(link.connection, full_key(link.ancestor, link))

    def roots(self, link: Link) -> frozenset[str]:
        """How that epic or parent may be referred to: as written, by its case-folded key, by its id where known."""
        if link.ancestor is None:
            return frozenset()
        written, node = full_key(link.ancestor, link), self.root(link)
        return frozenset({written, written.casefold()} | ({node.id} if node else set()))

    def _conditions(self, placed: Placed, link: Link) -> Iterator[Condition]:
        """The most selective first."""
        if link.items:
            yield _listed(link)
        if link.query is not None:
            members = self._memberships.get((link.connection, link.query), frozenset())
            phrase = f"matches query {_shorten(link.query)}"
            yield Condition(Anchor.MEMBER, frozenset({link.query}), lambda facts: facts.item.id in members, phrase)
        if link.ancestor is not None:
            yield self._under(link)
        if link.milestone_title is not None:
            yield self._in_milestone(link)
        if link.labels is not None and (link.labels.all or link.labels.any):
            yield _labelled(link)
        if link.assignee is not None:
            wanted = link.assignee.casefold()
            yield Condition(
                Anchor.ASSIGNEE,
                frozenset({wanted}),
                lambda facts: wanted in facts.assignees,
                f"assigned to {link.assignee}",
            )
        if link.type is not None:
            kind = link.type.casefold()
            yield Condition(Anchor.TYPE, frozenset({kind}), lambda facts: kind in facts.types, f"of type {link.type}")
        if link.created_since is not None:
            since = datetime.combine(link.created_since, time.min, placed.cycle.zone)
            phrase = f"created since {link.created_since}"
            yield Condition(Anchor.ANYTHING, EVERY_ITEM, lambda facts: facts.item.created >= since, phrase, exact=False)

    def _under(self, link: Link) -> Condition:
        roots, node = self.roots(link), self.root(link)
        name = named(node) if node else link.ancestor
        return Condition(
            Anchor.ANCESTOR,
            roots,
            lambda facts: not roots.isdisjoint(facts.above) or not roots.isdisjoint(facts.names),
            f"under {_kind(link)}{name}",
        )

    def _in_milestone(self, link: Link) -> Condition:
        found = self.names.milestones_of(link)
        ids = frozenset(one.id for one in found)
        title = found[0].title if found else link.milestone_title
        phrase = f"in {'milestone' if link.milestone else 'version'} {title}"
        return Condition(Anchor.MILESTONE, ids, lambda facts: not ids.isdisjoint(facts.item.milestones), phrase)


def reference(position: int, placed: Placed, *, subtasks: bool, before: str = "") -> Rule:
    """The rule that a ticket itself writes: a line ``OKR: id`` in its description.

    ``before`` is an id that the key result had in an earlier cycle, and that the line may name as well.
    """
    name = placed.key_result.id
    told = f"its description says OKR: {before or name}"
    return Rule(
        position=position,
        key_result=name,
        connection=None,
        scopes=None,
        weight=1.0,
        supports=False,
        subtasks=subtasks,
        anchor=Anchor.REFERENCE,
        keys=frozenset({(before or name).casefold()}),
        checks=(),
        reason=f"{told}, carried over to {name}" if before else told,
    )


def named(item: Item) -> str:
    """``SHOP-120 (Payment in one step)``."""
    return f"{item.key} ({_shorten(item.title)})" if item.title.strip() else item.key


def _anything() -> Condition:
    return Condition(Anchor.ANYTHING, EVERY_ITEM, lambda _: True)


def _listed(link: Link) -> Condition:
    wanted = frozenset(name for key in link.items for name in (key, full_key(key, link).casefold()))
    return Condition(
        Anchor.NAME, wanted, lambda facts: not wanted.isdisjoint(facts.names), "named by the key result itself"
    )


def _labelled(link: Link) -> Condition:
    labels = link.labels
    assert labels is not None
    keys, worn = labels.all[:1] or labels.any, wearing(labels)
    parts = [f"has label {', '.join(labels.all)}"] if labels.all else []
    if labels.any:
        parts.append(f"has {'one of the labels' if len(labels.any) > 1 else 'label'} {', '.join(labels.any)}")
    return Condition(
        Anchor.LABEL,
        frozenset(key.casefold() for key in keys),
        lambda facts: worn(facts.labels),
        " and ".join(parts),
        exact=len(labels.all) + bool(labels.any) == 1,
    )


def full_key(key: str, link: Link) -> str:
    """``#12`` beside a repository is short for ``owner/name#12``."""
    return f"{link.scope_name}{key}" if key.startswith("#") and link.scope_name else key


def _kind(link: Link) -> str:
    return "epic " if link.epic else ""


def _sentence(phrases: list[str], link: Link) -> str:
    """The conditions in words; the place is named where nothing else tells it."""
    tells_place = link.items or link.query or link.ancestor or link.milestone_title
    if link.scope_name and not tells_place:
        phrases = [*phrases, f"in {'repository' if link.repository else 'project'} {link.scope_name}"]
    return ", ".join(phrases)


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1].rstrip() + "…"
