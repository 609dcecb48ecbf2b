"""Milestones, versions and epics as things to be counted themselves."""

from __future__ import annotations

from collections.abc import Iterator

from okrsync.mapping.hierarchy import Hierarchy
from okrsync.mapping.rule import Compiler, full_key
from okrsync.model.okr import Link, Milestones, Placed, Role
from okrsync.model.target import Target
from okrsync.model.work import Milestone


def targets(placed: Placed, compiler: Compiler) -> tuple[Target, ...]:
    """Each once with the largest weight of its links, ordered by connection, kind and id."""
    if not isinstance(placed.key_result.metric, Milestones):
        return ()
    found: dict[tuple[str, str, str], Target] = {}
    for link in placed.key_result.links:
        if link.role is Role.CONTRIBUTES:
            for target in _named_by(link, compiler):
                key = (target.connection, target.kind, target.id)
                if key not in found or found[key].weight < target.weight:
                    found[key] = target
    return tuple(found[key] for key in sorted(found))


def _named_by(link: Link, compiler: Compiler) -> Iterator[Target]:
    """The milestones of a link, else its epic: within an epic, a milestone is the narrower thing to finish."""
    if link.milestone_title is not None:
        for milestone in compiler.names.milestones_of(link):
            yield _milestone(milestone, link, compiler.hierarchy)
    elif link.ancestor is not None:
        yield _epic(link, link.ancestor, compiler)


def _milestone(milestone: Milestone, link: Link, hierarchy: Hierarchy) -> Target:
    inner = [
        item
        for item in hierarchy.nodes.values()
        if item.connection == milestone.connection and milestone.id in item.milestones
    ]
    return Target(
        connection=milestone.connection,
        kind="milestone",
        id=milestone.id,
        key="milestone" if link.milestone else "version",
        title=milestone.title,
        url=milestone.url,
        weight=link.weight,
        state=milestone.state,
        below=hierarchy.below(milestone.connection, inner),
    )


def _epic(link: Link, ancestor: str, compiler: Compiler) -> Target:
    node = compiler.root(link)
    if node is None:
        key, below = full_key(ancestor, link), compiler.roots(link)
        return Target(link.connection, "epic", key, key, weight=link.weight, below=below)
    return Target(
        connection=node.connection,
        kind="epic",
        id=node.id,
        key=node.key,
        title=node.title,
        url=node.url,
        weight=link.weight,
        state=node.state,
        outcome=node.outcome,
        below=compiler.hierarchy.below(node.connection, [node]),
    )
