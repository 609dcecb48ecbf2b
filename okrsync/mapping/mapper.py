"""The mapper: an item in, its key results and the reasons out.

An item matches a link through itself or through an ancestor. What an inner node matches is worked out once and
handed down to everything below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from okrsync.connector import Finding
from okrsync.mapping.facts import Facts
from okrsync.mapping.heirs import Heirs, heirs_of
from okrsync.mapping.hierarchy import Hierarchy, Node
from okrsync.mapping.index import Index
from okrsync.mapping.known import Known, asked
from okrsync.mapping.problems import problems
from okrsync.mapping.rule import Compiler, Rule, named, reference
from okrsync.mapping.surroundings import Names, Surroundings
from okrsync.mapping.targets import targets
from okrsync.model.okr import GoalState, Phase, Placed
from okrsync.model.run import Dangling
from okrsync.model.sample import Linked
from okrsync.model.target import Target
from okrsync.model.work import Item
from okrsync.near import nearest


class Above:
    """What the nodes above an item hand down: references to them, and the rules they match, nearest reason first."""

    __slots__ = ("inherited", "references")

    def __init__(self, references: frozenset[str], inherited: dict[Rule, str]) -> None:
        self.references = references
        self.inherited = inherited


NOTHING_ABOVE = Above(frozenset(), {})


class Mapper:
    """Maps items to the live ones among ``placed``; the others are known, so that a reference to them is explained.

    Sub-tasks follow one rule per key result: if any of its links says ``subtasks: true``, its leaves are
    sub-tasks and a ticket with sub-tasks is an inner node; else sub-tasks are not there. So a parent is
    never counted beside its children. ``heirs`` are those among ``placed`` unless given.
    """

    def __init__(self, placed: Sequence[Placed], surroundings: Surroundings, heirs: Heirs | None = None) -> None:
        self._heirs = heirs_of(placed) if heirs is None else heirs
        self._placed = {one.key_result.id.casefold(): one for one in placed}
        self._surroundings = surroundings
        self._hierarchy = Hierarchy(surroundings)
        self._compiler = Compiler(surroundings.memberships, Names(surroundings), self._hierarchy)
        self._live = [one for one in placed if one.live]
        self._fine = {one.key_result.id for one in self._live if _counts_subtasks(one)}
        self._index = Index(self._rules(self._live), surroundings.memberships)
        self._above: dict[Node, Above] = {}

    def _rules(self, live: Sequence[Placed]) -> Iterator[Rule]:
        before: dict[str, list[str]] = {}
        for old, heir in self._heirs.items():
            before.setdefault(heir, []).append(self._written(old))
        for position, placed in enumerate(live):
            fine = placed.key_result.id in self._fine
            yield reference(position, placed, subtasks=fine)
            for old in before.get(placed.key_result.id, ()):
                yield reference(position, placed, subtasks=fine, before=old)
            for link in placed.key_result.links:
                yield self._compiler.rule(position, placed, link, subtasks=fine)

    def links(self, item: Item) -> list[Linked]:
        """The key results a leaf counts for or supports, in the order of the files; none for an inner node."""
        node = (item.connection, item.id)
        if node in self._surroundings.parents or (item.subtask and not self._fine):
            return []
        above = self._above_leaf(item)
        matched = self._index.matching(Facts(item, above.references))
        if above.inherited:
            matched = {**above.inherited, **matched}
        if item.subtask:
            matched = {rule: reason for rule, reason in matched.items() if rule.subtasks}
        elif self._fine and node in self._surroundings.split:
            matched = {rule: reason for rule, reason in matched.items() if not rule.subtasks}
        return _linked(item, matched) if matched else []

    def _above_leaf(self, item: Item) -> Above:
        if item.parent is None:
            return NOTHING_ABOVE
        reference = (item.connection, item.parent)
        above = self._above.get(reference)
        if above is None:
            above = self._above[reference] = self._handed_down(item)
        return above

    def _handed_down(self, item: Item) -> Above:
        """What is above an item; nodes are worked out from the top, each once."""
        chain = []
        for node in self._hierarchy.chain(item):
            chain.append(node)
            if (node.connection, node.id) in self._above:
                break
        for node in reversed(chain):
            if (node.connection, node.id) not in self._above:
                self._above[node.connection, node.id] = self._seen_from_below(node)
        return self._above[chain[0].connection, chain[0].id] if chain else self._unread(item)

    def _seen_from_below(self, node: Item) -> Above:
        parent = self._hierarchy.above(node)
        higher = self._above[parent.connection, parent.id] if parent else self._unread(node)
        own = self._index.matching(Facts(node, higher.references))
        through = {rule: f"through {named(node)}: {reason}" for rule, reason in own.items()}
        return Above(higher.references | {node.id}, {**higher.inherited, **through})

    def _unread(self, item: Item) -> Above:
        """Above an item whose parent, if it has one, nobody has read: only the reference is known."""
        parent = self._hierarchy.parent_of(item)
        return NOTHING_ABOVE if parent is None else Above(frozenset({parent, parent.casefold()}), {})

    def dangling(self, item: Item) -> list[Dangling]:
        """The ``OKR:`` references of an item that lead nowhere, with the reason and, for unknown ids, the nearest.

        Also those that name what is over and count for what it was carried over to.
        """
        found = []
        for name in item.references:
            reason = self._why_not(name, item)
            if reason:
                heir = self._heirs.get(name.casefold(), "")
                found.append(Dangling(item.key, item.url, name, reason, "" if self._is_too_small(item, heir) else heir))
        return found

    def _why_not(self, name: str, item: Item) -> str:
        placed = self._placed.get(name.casefold())
        if heir := self._heirs.get(name.casefold()):
            if self._is_too_small(item, heir):
                return _too_small(heir)
            over = _why_not_live(placed) if placed else f"there is no key result {name} any more"
            return f"{over}; it was carried over to {heir} and counts for that"
        if placed is None and " " in name:
            return "which is not understood; write ids with commas between them"
        if placed is None:
            return f"there is no key result {name}{self._nearest(name)}"
        if not placed.live:
            return _why_not_live(placed)
        return _too_small(placed.key_result.id) if self._is_too_small(item, placed.key_result.id) else ""

    def _is_too_small(self, item: Item, key_result: str) -> bool:
        return item.subtask and key_result not in self._fine

    def _written(self, before: str) -> str:
        """An id of an earlier cycle as the files write it, where they still know it."""
        return self._placed[before].key_result.id if before in self._placed else before

    def _nearest(self, name: str) -> str:
        live = [placed.key_result.id for placed in self._placed.values() if placed.live]
        near = nearest(name, live)
        return f"; did you mean {near}?" if near else ""

    def targets(self, placed: Placed) -> tuple[Target, ...]:
        """The milestones, versions and epics a ``milestones`` key result counts; none for other measures."""
        return targets(placed, self._compiler)

    def asked(self) -> dict[str, set[str]]:
        """The tickets that ``problems`` wants to know about, by connection."""
        return asked((link for one in self._live for link in one.key_result.links), self._compiler.names.scopes)

    def problems(self, known: Known) -> tuple[Finding, ...]:
        """Circles in the hierarchy (errors), and selectors of live key results that mean nothing known (warnings)."""
        return tuple(problems(self._live, self._compiler, known))


def _counts_subtasks(placed: Placed) -> bool:
    return any(link.subtasks for link in placed.key_result.links)


def _linked(item: Item, matched: dict[Rule, str]) -> list[Linked]:
    if len(matched) == 1:
        return [_alone(item, *matched.items())]
    by_position: dict[int, list[Rule]] = {}
    for rule in matched:
        by_position.setdefault(rule.position, []).append(rule)
    return [_once(item, by_position[position], matched) for position in sorted(by_position)]


def _alone(item: Item, match: tuple[Rule, str]) -> Linked:
    rule, reason = match
    return Linked(rule.key_result, item.connection, item.id, rule.weight, rule.supports, (reason,))


def _once(item: Item, rules: list[Rule], matched: dict[Rule, str]) -> Linked:
    """Contributing wins over supporting, then the largest weight; reasons in the same order whatever the links'."""
    first = rules[0]
    if len(rules) == 1:
        return _alone(item, (first, matched[first]))
    deciding = [rule for rule in rules if not rule.supports] or rules
    return Linked(
        key_result=first.key_result,
        connection=item.connection,
        item=item.id,
        weight=max(rule.weight for rule in deciding),
        supports=deciding[0].supports,
        reasons=tuple(sorted({matched[rule] for rule in rules})),
    )


def _too_small(key_result: str) -> str:
    return f"sub-tasks do not count for {key_result}; write it on the ticket above"


def _why_not_live(placed: Placed) -> str:
    name, cycle, objective = placed.key_result.id, placed.cycle, placed.objective
    if cycle.state not in (Phase.ACTIVE, Phase.GRADING):
        return f"{name} belongs to cycle {cycle.id}, which is {_said(cycle.state)}"
    if objective.state is not GoalState.ACTIVE:
        return f"{name} belongs to objective {objective.id}, which is {_said(objective.state)}"
    return f"{name} is {_said(placed.key_result.state)}"


def _said(state: GoalState | Phase) -> str:
    return "still a draft" if state in (GoalState.DRAFT, Phase.DRAFT) else state.value
