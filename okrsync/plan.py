"""Plan: compare what tickets should show with what they show. Pure.

The note changes only when a reader would notice: its key results, a tenth of progress (with hysteresis), what the
ticket counts. Closed tickets keep what they show while ``on: open``; a ticket that counts for nothing any more, or
wears the ignore label, loses it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from okrsync import marker
from okrsync.connector import WriteBack
from okrsync.guard import unsafe
from okrsync.marker import Namespace
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    Note,
    NoteLine,
    PutLink,
    PutNote,
    RemoveLabel,
    UndefineLabel,
    connection_of,
)
from okrsync.model.okr import Completion, Placed
from okrsync.model.run import LeftAlone, Plan
from okrsync.model.sample import Linked, Sample
from okrsync.model.ticket import Ticket
from okrsync.model.work import Item, LabelDefinition, State

HYSTERESIS = 0.07
"""A shown tenth stays while progress is within this of it, so that a number at the edge does not flicker."""

LABEL_COLOR = "c5def5"
DESCRIPTION_LENGTH = 100
REASONS_SHOWN = 3
_IGNORES = "okrsync leaves a ticket with this label alone"


Definition = tuple[str, str, str]
"""A label of a scope: connection, scope id, case-folded name."""


class Target(msgspec.Struct, frozen=True):
    """How one connection is written to. ``archived`` holds the ids of scopes that take no writes."""

    namespace: Namespace
    write_back: WriteBack
    defines_labels: bool = False
    remote_link: bool = False
    dashboard_url: str = ""
    archived: frozenset[str] = frozenset()


class Wanted(msgspec.Struct, frozen=True):
    """What a ticket should show: own labels, the note, remote links by key result."""

    labels: tuple[str, ...] = ()
    note: Note | None = None
    links: tuple[PutLink, ...] = ()


class Planner(msgspec.Struct, frozen=True):
    """Knows what every ticket should show, and which labels are ours to take away.

    ``targets`` holds only the connections that may be written to. ``known`` are the case-folded ids of all key results
    that this installation has or ever had.
    """

    placed: Mapping[str, Placed]
    samples: Mapping[str, Sample]
    targets: dict[str, Target]
    known: frozenset[str] = frozenset()

    def ours(self, ticket: Ticket, label: str) -> bool:
        """Whether a label on a ticket is ours: our key result's, or named by our note, and claimed by no other."""
        showing, namespace = ticket.showing, self.targets[ticket.item.connection].namespace
        if not namespace.owns(label) or _among(label, showing.claimed):
            return False
        return self.knows(namespace, label) or (showing.note is not None and _among(label, showing.note.labels))

    def knows(self, namespace: Namespace, label: str) -> bool:
        """Whether a label of the namespace names a key result of ours; others are another installation's."""
        return namespace.owns(label) and namespace.key_result(label).casefold() in self.known

    def wanted(self, ticket: Ticket) -> Wanted | LeftAlone | None:
        """What the ticket should show; None or a reason when it stays as it is."""
        target = self.targets.get(ticket.item.connection)
        if target is None or ticket.unreachable:
            return None
        if obstacle := _obstacle(ticket, target):
            return LeftAlone(ticket.item.ref, obstacle) if self._live(ticket) else None
        live = self._live(ticket)
        if not live or _ignored(ticket.item, target.namespace):
            return Wanted()
        if target.write_back.on == "open" and ticket.item.state is State.DONE:
            return None
        return Wanted(
            labels=tuple(target.namespace.label(one.key_result) for one in live) if target.write_back.label else (),
            note=self.note(ticket, live, target) if target.write_back.note else None,
            links=self._links(ticket.item, live, target),
        )

    def _live(self, ticket: Ticket) -> list[Linked]:
        placed = self.placed
        return [one for one in ticket.linked if one.key_result in placed and placed[one.key_result].live]

    def note(self, ticket: Ticket, live: Sequence[Linked], target: Target) -> Note:
        shown = ticket.showing.note.tenths if ticket.showing.note else {}
        return Note(
            lines=tuple(self._line(ticket.item, one, shown.get(one.key_result), target) for one in live),
            ignore_label=target.namespace.ignore,
        )

    def _line(self, item: Item, linked: Linked, shown: int | None, target: Target) -> NoteLine:
        placed = self.placed[linked.key_result]
        sample = self.samples.get(linked.key_result)
        return NoteLine(
            key_result=linked.key_result,
            title=placed.key_result.title,
            objective=placed.objective.title,
            tenth=tenth(sample.progress if sample else None, shown),
            counts=counts(placed, item, linked),
            reasons=linked.reasons[:REASONS_SHOWN],
            url=page_url(target.dashboard_url, linked.key_result),
        )

    def _links(self, item: Item, live: Sequence[Linked], target: Target) -> tuple[PutLink, ...]:
        if not (target.remote_link and target.dashboard_url):
            return ()
        return tuple(
            PutLink(
                item.ref,
                one.key_result,
                self.placed[one.key_result].key_result.title,
                page_url(target.dashboard_url, one.key_result),
            )
            for one in live
        )


def needs_a_look(ticket: Ticket, wanted: Wanted | LeftAlone | None, planner: Planner, *, afresh: bool) -> bool:
    """Whether the ticket's note must be looked for before anything is planned for it.

    A ticket that has no comments, and to which no note was ever sent, needs no look. One that is to lose a label needs
    one where a comment may be the note of another installation, which claims it. ``afresh`` trusts nothing remembered.
    """
    if not isinstance(wanted, Wanted):
        return False
    showing = ticket.showing
    if showing.under_way:
        return True
    if ticket.item.comments == 0 and showing.note is None:
        return False
    namespace = planner.targets[ticket.item.connection].namespace
    ours = wanted.note is not None or any(namespace.owns(label) for label in ticket.item.labels)
    if afresh or (ours and not showing.known):
        return True
    return any(_surplus_labels(ticket, wanted, planner)) and ticket.item.comments != (showing.note is not None)


def make_plan(
    tickets: Iterable[Ticket],
    planner: Planner,
    defined: Mapping[tuple[str, str], Sequence[LabelDefinition]],
    cost: Callable[[Change], int],
) -> Plan:
    """Every change that makes the tickets show what they should, most valuable first, and what it costs."""
    changes: list[tuple[tuple[int, bool, float], Change]] = []
    left_alone: list[LeftAlone] = []
    claimed: set[Definition] = set()
    owned = 0
    for ticket in tickets:
        claimed |= _claims(ticket)
        wanted = planner.wanted(ticket)
        if wanted is None:
            continue
        if isinstance(wanted, LeftAlone):
            left_alone.append(wanted)
            continue
        owned += _owned(ticket, planner)
        changes += ((_value(change, ticket.item), change) for change in _changes(ticket, wanted, planner))
    ordered = [change for _, change in sorted(changes, key=lambda pair: pair[0])]
    return _plan([*_definitions(ordered, planner, defined, claimed), *ordered], left_alone, owned, cost)


def clean_plan(
    tickets: Iterable[Ticket],
    planner: Planner,
    defined: Mapping[tuple[str, str], Sequence[LabelDefinition]],
    cost: Callable[[Change], int],
) -> Plan:
    """Every change that removes whatever is ours, and nothing else; people's ignore labels stay."""
    changes: list[Change] = []
    left_alone: list[LeftAlone] = []
    claimed: set[Definition] = set()
    named: set[Definition] = set()
    for ticket in tickets:
        target = planner.targets.get(ticket.item.connection)
        if target is None or ticket.unreachable:
            continue
        claimed |= _claims(ticket)
        named |= _definitions_of(ticket, ticket.showing.note.labels if ticket.showing.note else ())
        found = list(_changes(ticket, Wanted(), planner))
        if found and (obstacle := _obstacle(ticket, target)):
            left_alone.append(LeftAlone(ticket.item.ref, obstacle))
        else:
            changes += found
    changes += (
        UndefineLabel(connection, scope, label.name)
        for (connection, scope), labels in defined.items()
        if connection in planner.targets and scope not in planner.targets[connection].archived
        for label in labels
        if (connection, scope, label.name.casefold()) not in claimed
        and (
            planner.knows(planner.targets[connection].namespace, label.name)
            or (connection, scope, label.name.casefold()) in named
        )
    )
    return msgspec.structs.replace(_plan(changes, left_alone, len(changes), cost), unsafe=False)


def _plan(changes: list[Change], left_alone: list[LeftAlone], owned: int, cost: Callable[[Change], int]) -> Plan:
    spent: Counter[str] = Counter()
    for change in changes:
        spent[connection_of(change)] += cost(change)
    removals = sum(isinstance(change, RemoveLabel | DeleteNote | DeleteLink | UndefineLabel) for change in changes)
    return Plan(
        changes=tuple(changes),
        cost=dict(spent),
        left_alone=tuple(left_alone),
        removals=removals,
        owned=owned,
        unsafe=unsafe(removals, owned),
    )


def _obstacle(ticket: Ticket, target: Target) -> str:
    if ticket.item.scope in target.archived:
        return "its repository or project is archived"
    if not ticket.item.writable:
        return "it is locked"
    return ticket.showing.blocked


def _ignored(item: Item, namespace: Namespace) -> bool:
    return any(label.lower() == namespace.ignore.lower() for label in item.labels)


def _owned(ticket: Ticket, planner: Planner) -> int:
    labels = sum(planner.ours(ticket, label) for label in ticket.item.labels)
    return labels + (ticket.showing.note is not None) + len(ticket.showing.links)


def _among(label: str, labels: Iterable[str]) -> bool:
    return label.casefold() in {one.casefold() for one in labels}


def _definitions_of(ticket: Ticket, labels: Iterable[str]) -> set[Definition]:
    return {(ticket.item.connection, ticket.item.scope, label.casefold()) for label in labels}


def _claims(ticket: Ticket) -> set[Definition]:
    """The label definitions that another installation uses on this ticket."""
    return _definitions_of(ticket, ticket.showing.claimed)


def _surplus_labels(ticket: Ticket, wanted: Wanted, planner: Planner) -> Iterator[str]:
    kept = {label.casefold() for label in wanted.labels}
    return (label for label in ticket.item.labels if label.casefold() not in kept and planner.ours(ticket, label))


def _changes(ticket: Ticket, wanted: Wanted, planner: Planner) -> Iterator[Change]:
    ref, showing = ticket.item.ref, ticket.showing
    worn = {label.casefold() for label in ticket.item.labels}
    for label in wanted.labels:
        if label.casefold() not in worn:
            yield AddLabel(ref, label)
    for label in _surplus_labels(ticket, wanted, planner):
        yield RemoveLabel(ref, label)
    if wanted.note is None:
        if showing.note is not None:
            yield DeleteNote(ref, showing.note.id)
    elif showing.note is None or showing.note.digest != marker.digest(wanted.note):
        yield PutNote(ref, wanted.note, showing.note.id if showing.note else None)
    for note_id in showing.surplus:
        yield DeleteNote(ref, note_id)
    for link in wanted.links:
        if showing.links.get(link.key_result) != link_fingerprint(link):
            yield link
    for key_result in sorted(showing.links.keys() - {link.key_result for link in wanted.links}):
        yield DeleteLink(ref, key_result)


def _value(change: Change, item: Item) -> tuple[int, bool, float]:
    """New links first, then removals, then refreshed notes; open and recently updated tickets first."""
    if isinstance(change, AddLabel | PutLink) or (isinstance(change, PutNote) and change.note_id is None):
        rank = 0
    else:
        rank = 2 if isinstance(change, PutNote) else 1
    return rank, item.state is State.DONE, -item.updated.timestamp()


def _definitions(
    changes: Sequence[Change],
    planner: Planner,
    defined: Mapping[tuple[str, str], Sequence[LabelDefinition]],
    claimed: Collection[Definition],
) -> Iterator[DefineLabel]:
    """The labels that must be created before tickets can wear them, and those whose description is old.

    One that another installation uses too keeps its description, or the two would take turns.
    """
    needed: dict[tuple[str, str], dict[str, str]] = {}
    descriptions = {key: _description(placed) for key, placed in planner.placed.items() if placed.live}
    for change in changes:
        if not isinstance(change, AddLabel | PutNote) or not planner.targets[change.ref.connection].defines_labels:
            continue
        namespace = planner.targets[change.ref.connection].namespace
        labels = needed.setdefault((change.ref.connection, change.ref.scope), {})
        labels[namespace.ignore] = _IGNORES
        if isinstance(change, AddLabel):
            labels[change.label] = ""
    for (connection, scope), present in defined.items():
        target = planner.targets.get(connection)
        if target is None or not target.defines_labels or scope in target.archived:
            continue
        if any(one.name in _by_label(target, descriptions) for one in present):
            needed.setdefault((connection, scope), {}).setdefault(target.namespace.ignore, _IGNORES)
    for (connection, scope), labels in needed.items():
        have = {one.name.casefold(): one for one in defined.get((connection, scope), ())}
        by_label = _by_label(planner.targets[connection], descriptions)
        for label, text in labels.items():
            if label.casefold() not in have:
                yield DefineLabel(connection, scope, label, text or by_label.get(label, ""), LABEL_COLOR)
    for (connection, scope), present in defined.items():
        if connection not in planner.targets or scope in planner.targets[connection].archived:
            continue
        by_label = _by_label(planner.targets[connection], descriptions)
        for one in present:
            shared = (connection, scope, one.name.casefold()) in claimed
            if one.name in by_label and one.description != by_label[one.name] and not shared:
                yield DefineLabel(connection, scope, one.name, by_label[one.name], LABEL_COLOR, exists=True)


def _by_label(target: Target, descriptions: Mapping[str, str]) -> dict[str, str]:
    return {
        target.namespace.label(key_result): _shorten(
            f"{page_url(target.dashboard_url, key_result)} {text}".strip(), DESCRIPTION_LENGTH
        )
        for key_result, text in descriptions.items()
    }


def _description(placed: Placed) -> str:
    return f"Key result: {' '.join(placed.key_result.title.split())}"


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def tenth(progress: float | None, shown: int | None = None) -> int | None:
    """Progress as the tenth a note shows: 10 only when reached, and a shown tenth stays while it is near.

    >>> tenth(0.36), tenth(0.36, shown=3), tenth(0.38, shown=3), tenth(0.99), tenth(1.0)
    (4, 3, 4, 9, 10)
    """
    if progress is None:
        return None
    if progress >= 1:
        return 10
    if shown is not None and shown < 10 and abs(progress - shown / 10) <= HYSTERESIS:
        return shown
    return min(9, int(progress * 10 + 0.5))


def counts(placed: Placed, item: Item, linked: Linked) -> str:
    """What the ticket itself adds, in words that stay true while others' tickets change."""
    if linked.supports:
        return "supports it, not counted"
    if item.dropped:
        return f"{item.outcome}, not counted"
    measure = placed.key_result.measure
    if isinstance(measure, Completion) and measure.by == "points":
        amount = "not estimated" if item.points is None else f"{item.points:g} point{'' if item.points == 1 else 's'}"
    else:
        amount = "1 item"
    return amount if linked.weight == 1 else f"{amount}, weight {linked.weight:g}"


def page_url(dashboard_url: str, key_result: str) -> str:
    return f"{dashboard_url.rstrip('/')}/key-results/{key_result}" if dashboard_url else ""


def link_fingerprint(link: PutLink) -> str:
    return hashlib.sha256(f"{link.title}\n{link.url}".encode()).hexdigest()[:16]
