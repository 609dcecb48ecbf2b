"""The definitions of our labels: created before a ticket wears one, described, and left to whoever else uses them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from okrsync.model.change import AddLabel, Change, DefineLabel, PutNote, UndefineLabel
from okrsync.model.ticket import Ticket
from okrsync.model.work import LabelDefinition
from okrsync.plan.wanted import Planner, Target, shows
from okrsync.plan.words import description

LABEL_COLOR = "c5def5"
IGNORES = "okrsync leaves a ticket with this label alone"

Definition = tuple[str, str, str]
"""A label of a scope: connection, scope id, case-folded name."""

Defined = Mapping[tuple[str, str], Sequence[LabelDefinition]]
"""(Connection, scope id) -> the labels defined there."""


def definitions_of(ticket: Ticket, labels: Iterable[str]) -> set[Definition]:
    """Labels of a ticket as definitions of its scope."""
    return {(ticket.item.connection, ticket.item.scope, label.casefold()) for label in labels}


def claims(ticket: Ticket) -> set[Definition]:
    """The label definitions that another installation uses on this ticket."""
    return definitions_of(ticket, ticket.showing.claimed)


def needed_definitions(
    changes: Sequence[Change], planner: Planner, defined: Defined, claimed: Collection[Definition]
) -> Iterator[DefineLabel]:
    """The labels that must be created before tickets can wear them, and those whose description is old.

    One that another installation uses too keeps its description, or the two would take turns.
    """
    described = {connection: _described(planner, target) for connection, target in planner.targets.items()}
    for (connection, scope), labels in _needed(changes, planner, defined, described).items():
        have = {one.name.casefold() for one in defined.get((connection, scope), ())}
        texts = {planner.targets[connection].namespace.ignore: IGNORES, **described[connection]}
        for label in labels:
            if label.casefold() not in have:
                yield DefineLabel(connection, scope, label, texts[label], LABEL_COLOR)
    for connection, scope, present in _writable(planner, defined):
        for one in present:
            text = described[connection].get(one.name)
            shared = (connection, scope, one.name.casefold()) in claimed
            if text is not None and one.description != text and not shared:
                yield DefineLabel(connection, scope, one.name, text, LABEL_COLOR, exists=True)


def private_definitions(planner: Planner, defined: Defined, claimed: Collection[Definition]) -> Iterator[UndefineLabel]:
    """The labels of key results that became private: their descriptions say what those are about."""
    for connection, scope, present in _writable(planner, defined):
        namespace = planner.targets[connection].namespace
        for one in present:
            named = namespace.key_result(one.name).casefold()
            if named in planner.private and (connection, scope, one.name.casefold()) not in claimed:
                yield UndefineLabel(connection, scope, one.name)


def _needed(
    changes: Sequence[Change], planner: Planner, defined: Defined, described: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], dict[str, None]]:
    """Labels by scope: those about to be worn, and the one that silences, wherever one of ours is defined."""
    needed: dict[tuple[str, str], dict[str, None]] = {}
    for change in changes:
        if isinstance(change, AddLabel | PutNote) and planner.targets[change.ref.connection].defines_labels:
            ignore = planner.targets[change.ref.connection].namespace.ignore
            labels = needed.setdefault((change.ref.connection, change.ref.scope), {ignore: None})
            if isinstance(change, AddLabel):
                labels[change.label] = None
    for connection, scope, present in _writable(planner, defined):
        if any(one.name in described[connection] for one in present):
            needed.setdefault((connection, scope), {})[planner.targets[connection].namespace.ignore] = None
    return needed


def _writable(planner: Planner, defined: Defined) -> Iterator[tuple[str, str, Sequence[LabelDefinition]]]:
    for (connection, scope), present in defined.items():
        target = planner.targets.get(connection)
        if target is not None and target.defines_labels and scope not in target.archived:
            yield connection, scope, present


def _described(planner: Planner, target: Target) -> dict[str, str]:
    """Label of a live key result -> what its definition should say."""
    live = (placed for placed in planner.placed.values() if shows(placed))
    return {target.namespace.label(placed.key_result.id): description(placed, target.dashboard_url) for placed in live}
