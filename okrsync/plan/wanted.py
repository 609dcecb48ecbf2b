"""Wanted: what every ticket should show, and which labels are ours to take away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from okrsync.connector import WriteBack
from okrsync.marker import Namespace
from okrsync.model.change import Note, NoteLine, PutLink, ShownNote
from okrsync.model.okr import Placed
from okrsync.model.run import LeftAlone
from okrsync.model.sample import Linked, Sample
from okrsync.model.ticket import Ticket
from okrsync.model.verdict import Pace
from okrsync.model.work import Item, State
from okrsync.plan.words import counts, pace, page_url, tenth

REASONS_SHOWN = 3


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
    that this installation has or ever had, ``over`` those of the files that are out of their time, ``private`` those
    that tickets must not show whatever their time. ``paces`` are what may be said of a key result's status, the right
    one first and then those that it is close to.
    """

    placed: Mapping[str, Placed]
    samples: Mapping[str, Sample]
    targets: Mapping[str, Target]
    known: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()
    paces: Mapping[str, Sequence[Pace]] = {}
    private: frozenset[str] = frozenset()

    def ours(self, ticket: Ticket, label: str) -> bool:
        """Whether a label on a ticket is ours: our key result's, or named by our note, and claimed by no other."""
        showing, namespace = ticket.showing, self.targets[ticket.item.connection].namespace
        if not namespace.owns(label) or _among(label, showing.claimed):
            return False
        return self.knows(namespace, label) or (showing.note is not None and _among(label, showing.note.labels))

    def knows(self, namespace: Namespace, label: str) -> bool:
        """Whether a label of the namespace names a key result of ours; others are another installation's."""
        return namespace.owns(label) and namespace.key_result(label).casefold() in self.known

    def shows_the_past(self, ticket: Ticket) -> bool:
        """Whether all its labels of ours are of key results that are over, and still in the OKR files to say so."""
        namespace = self.targets[ticket.item.connection].namespace
        named = [namespace.key_result(label) for label in ticket.item.labels if self.ours(ticket, label)]
        return bool(named) and all(name.casefold() in self.over for name in named)

    def betrays(self, ticket: Ticket) -> bool:
        """Whether it shows a key result that is private by now; then even a closed ticket does not stay as it is."""
        if not self.private:
            return False
        namespace, showing = self.targets[ticket.item.connection].namespace, ticket.showing
        note = showing.note
        labels = [*ticket.item.labels, *(note.labels if note else ())]
        named = {namespace.key_result(label).casefold() for label in labels if self.ours(ticket, label)}
        told = (*showing.links, *(note.tenths if note else ()), *(note.statuses if note else ()))
        return not self.private.isdisjoint(named | {one.casefold() for one in told})

    def wanted(self, ticket: Ticket) -> Wanted | LeftAlone | None:
        """What the ticket should show; None or a reason when it stays as it is."""
        target = self.targets.get(ticket.item.connection)
        if target is None or ticket.unreachable:
            return None
        if reason := obstacle(ticket, target):
            return LeftAlone(ticket.item.ref, reason) if self._live(ticket) else None
        live = self._live(ticket)
        if _ignored(ticket.item, target.namespace):
            return Wanted()
        closed = target.write_back.on == "open" and ticket.item.state is State.DONE
        if closed and not self.betrays(ticket) and (live or self.shows_the_past(ticket)):
            return None
        if not live:
            return Wanted()
        return Wanted(
            labels=tuple(target.namespace.label(one.key_result) for one in live) if target.write_back.label else (),
            note=self.note(ticket, live, target) if target.write_back.note else None,
            links=self._links(ticket.item, live, target),
        )

    def _live(self, ticket: Ticket) -> list[Linked]:
        placed = self.placed
        return [one for one in ticket.linked if one.key_result in placed and shows(placed[one.key_result])]

    def note(self, ticket: Ticket, live: Sequence[Linked], target: Target) -> Note:
        """The note that a ticket should have; what it shows now decides whether small moves are told (hysteresis)."""
        shown = ticket.showing.note
        return Note(
            lines=tuple(self._line(ticket.item, one, shown, target) for one in live),
            ignore_label=target.namespace.ignore,
        )

    def _line(self, item: Item, linked: Linked, shown: ShownNote | None, target: Target) -> NoteLine:
        placed = self.placed[linked.key_result]
        sample = self.samples.get(linked.key_result)
        tenths, statuses = (shown.tenths, shown.statuses) if shown else ({}, {})
        going = pace(self.paces.get(linked.key_result, ()), statuses.get(linked.key_result, ""))
        return NoteLine(
            key_result=linked.key_result,
            title=placed.key_result.title,
            objective=placed.objective.title,
            tenth=tenth(sample.progress if sample else None, tenths.get(linked.key_result)),
            counts=counts(placed, item, linked),
            reasons=linked.reasons[:REASONS_SHOWN],
            url=page_url(target.dashboard_url, linked.key_result),
            status=going.status if going else "",
            pace=going.words if going else "",
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


def shows(placed: Placed) -> bool:
    """Whether tickets may show a key result: it is live, and everybody who reads the tickets may know of it."""
    return placed.live and placed.objective.visibility == "all"


def obstacle(ticket: Ticket, target: Target) -> str:
    """Why a ticket takes no writes now, or ""."""
    return closed(ticket, target) or ticket.showing.blocked


def closed(ticket: Ticket, target: Target) -> str:
    """Why a ticket takes writes from nobody, or "". What refused us once may take them now."""
    if ticket.item.scope in target.archived:
        return "its repository or project is archived"
    return "" if ticket.item.writable else "it is locked"


def _ignored(item: Item, namespace: Namespace) -> bool:
    return any(label.lower() == namespace.ignore.lower() for label in item.labels)


def _among(label: str, labels: Iterable[str]) -> bool:
    return label.casefold() in {one.casefold() for one in labels}
