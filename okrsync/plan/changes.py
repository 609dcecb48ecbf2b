"""The smallest changes that make tickets show what they should, in order of value, and what they cost."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from okrsync import marker
from okrsync.guard import unsafe
from okrsync.model.change import (
    AddLabel,
    Change,
    DeleteLink,
    DeleteNote,
    PutLink,
    PutNote,
    RemoveLabel,
    UndefineLabel,
    connection_of,
)
from okrsync.model.run import LeftAlone, Plan
from okrsync.model.ticket import Showing, Ticket
from okrsync.model.work import State
from okrsync.plan.definitions import (
    Defined,
    Definition,
    claims,
    definitions_of,
    needed_definitions,
    private_definitions,
)
from okrsync.plan.wanted import Planner, Wanted, closed

REMOVALS = RemoveLabel | DeleteNote | DeleteLink | UndefineLabel
"""What the guard counts. Leaving a cycle that is over in the files is no accident and does not count, and neither does
what the files made private."""


def needs_a_look(ticket: Ticket, wanted: Wanted | LeftAlone | None, planner: Planner, *, afresh: bool) -> bool:
    """Whether the ticket's note must be looked for before anything is planned for it.

    A ticket that has no comments, and to which no note was ever sent, needs no look. One that is to lose a label needs
    one where a comment may be the note of another installation, which claims it, and one that is to get its first note
    where a comment may be that very note, written by a run that this store is older than; both show as an update of the
    ticket, so one look at each of its states is enough, however often the plan is made. ``afresh`` trusts nothing
    remembered.
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
    if ticket.item.comments == (showing.note is not None) or showing.as_of == ticket.item.updated:
        return False
    first = wanted.note is not None and showing.note is None
    return first or any(_surplus_labels(ticket, wanted, planner))


def make_plan(
    tickets: Iterable[Ticket],
    planner: Planner,
    defined: Defined,
    cost: Callable[[Change], int],
) -> Plan:
    """Every change that makes the tickets show what they should, most valuable first, and what it costs."""
    changes: list[tuple[tuple[int, bool, float], Change]] = []
    left_alone: list[LeftAlone] = []
    claimed: set[Definition] = set()
    owned = removals = 0
    for ticket in tickets:
        claimed |= claims(ticket)
        wanted = planner.wanted(ticket)
        if wanted is None:
            continue
        if isinstance(wanted, LeftAlone):
            left_alone.append(wanted)
            continue
        found = list(_changes(ticket, wanted, planner))
        changes += ((_value(change, ticket), change) for change in found)
        if not planner.shows_the_past(ticket) and not planner.betrays(ticket):
            owned += _owned(ticket, planner)
            removals += sum(isinstance(change, REMOVALS) for change in found)
    ordered = [change for _, change in sorted(changes, key=lambda pair: pair[0])]
    needed = tuple(needed_definitions(ordered, planner, defined, claimed))
    everything = (*needed, *ordered, *private_definitions(planner, defined, claimed))
    return Plan(
        changes=everything,
        cost=_priced(everything, cost),
        left_alone=tuple(left_alone),
        removals=removals,
        owned=owned,
        unsafe=unsafe(removals, owned),
    )


def clean_plan(
    tickets: Iterable[Ticket],
    planner: Planner,
    defined: Defined,
    cost: Callable[[Change], int],
) -> Plan:
    """Every change that removes whatever is ours, and nothing else; people's ignore labels stay.

    A ticket that refused an earlier write is tried again: who cleans wants all of it gone.
    """
    changes: list[Change] = []
    left_alone: list[LeftAlone] = []
    claimed: set[Definition] = set()
    named: set[Definition] = set()
    for ticket in tickets:
        target = planner.targets.get(ticket.item.connection)
        if target is None or ticket.unreachable:
            continue
        claimed |= claims(ticket)
        named |= definitions_of(ticket, ticket.showing.note.labels if ticket.showing.note else ())
        found = list(_changes(ticket, Wanted(), planner))
        if found and (reason := closed(ticket, target)):
            left_alone.append(LeftAlone(ticket.item.ref, reason))
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
    removals = sum(isinstance(change, REMOVALS) for change in changes)
    return Plan(tuple(changes), _priced(changes, cost), tuple(left_alone), removals, owned=removals)


def _priced(changes: Iterable[Change], cost: Callable[[Change], int]) -> dict[str, int]:
    spent: Counter[str] = Counter()
    for change in changes:
        spent[connection_of(change)] += cost(change)
    return dict(spent)


def _owned(ticket: Ticket, planner: Planner) -> int:
    labels = sum(planner.ours(ticket, label) for label in ticket.item.labels)
    return labels + (ticket.showing.note is not None) + len(ticket.showing.links)


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


def _value(change: Change, ticket: Ticket) -> tuple[int, bool, float]:
    """The rank of a change, of which the lowest comes first; open and recently updated tickets first within it."""
    return _rank(change, ticket.showing), ticket.item.state is State.DONE, -ticket.item.updated.timestamp()


def _rank(change: Change, showing: Showing) -> int:
    """New links, then changed statuses, then what is to go, then refreshed numbers and words."""
    if isinstance(change, AddLabel):
        return 0
    if isinstance(change, PutLink):
        return 3 if change.key_result in showing.links else 0
    if not isinstance(change, PutNote):
        return 2
    if change.note_id is None or showing.note is None:
        return 0
    return 3 if marker.mark("", change.note).statuses == showing.note.statuses else 1


def link_fingerprint(link: PutLink) -> str:
    """What is remembered of a remote link that was put: it changes with what people would see, and only then."""
    return hashlib.sha256(f"{link.title}\n{link.url}".encode()).hexdigest()[:16]
