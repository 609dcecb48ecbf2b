"""Reminders: who is told what, and never twice.

The intent is stored before a message is sent. What surely did not arrive is tried again at the daemon's next tick of
the same day; what may have arrived is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import msgspec
from pydantic import SecretStr

from okrsync.errors import ConfigError
from okrsync.method.reminders import rings
from okrsync.model.message import Message, Outcome, Sent
from okrsync.model.roles import PracticeRole
from okrsync.practice.desk import Desk
from okrsync.practice.digest import Digester, in_roles, people_in
from okrsync.practice.post import Post
from okrsync.report.digest import digest_message, owners_message

EVERYBODY = "everybody"
"""Whom the common address reaches."""


class Reminder(msgspec.Struct, frozen=True):
    """One message to one address. ``role``, ``subject`` and ``who`` tell whether it was sent already."""

    role: PracticeRole
    subject: str
    who: str
    address: SecretStr
    message: Message


def remind(desk: Desk, post: Post) -> Iterator[Sent]:
    """Send what is to be sent now, one by one; for a daemon's every tick. Does nothing where no address is known."""
    if reachable(desk):
        for role in PracticeRole:
            yield from _send(desk, post, _reminders(desk, role, scheduled=True))


def dispatch(desk: Desk, post: Post, roles: Sequence[PracticeRole], who: str | None = None) -> tuple[Sent, ...]:
    """Send the digests of these roles whatever the day, to nobody twice on one.

    Raises ConfigError when there is no address, or ``who`` has none of the roles.
    """
    if not reachable(desk):
        hint = "Set OKRSYNC_NOTIFY to an Apprise address, or name variables under people: in okrsync.yaml."
        raise ConfigError("Nobody can be reached: there is no address to send to.", hint=hint)
    if who is not None:
        roles = in_roles(desk, roles, who)
    return tuple(
        sent for role in roles for sent in _send(desk, post, _reminders(desk, role, scheduled=False, only=who))
    )


def reachable(desk: Desk) -> bool:
    """Whether there is any address to send to."""
    return desk.settings.notify is not None or bool(desk.settings.addresses)


def _send(desk: Desk, post: Post, reminders: Iterable[Reminder]) -> Iterator[Sent]:
    """A process that dies in between leaves the intent, so that nobody is told twice."""
    cabinet = desk.store.reminders
    for one in reminders:
        with desk.store.transaction():
            number = cabinet.intend(one.role, one.subject, one.who, desk.now)
        if number is None:
            continue
        delivery = post(one.address, one.message)
        with desk.store.transaction():
            cabinet.end(number, delivery.outcome)
        yield Sent(one.role, one.who, delivery)


def _reminders(desk: Desk, role: PracticeRole, *, scheduled: bool, only: str | None = None) -> Iterator[Reminder]:
    """The messages to a role that were not sent yet, those with nothing in them left out."""
    for zone, (day, cycles) in _zones(desk, role, scheduled=scheduled).items():
        part = _part(desk, cycles)
        people = [one for one in people_in(part, role) if only is None or (one or "").casefold() == only.casefold()]
        if role is PracticeRole.OWNER:
            yield from _to_owners(desk, part, people, f"{day} {zone}")
        else:
            yield from _to_each(desk, role, people, f"{day}")


def _to_owners(desk: Desk, part: Desk, people: Iterable[str | None], subject: str) -> Iterator[Reminder]:
    """Each owner at their own address; all others in one message to the common one, which everybody reads."""
    role, common = PracticeRole.OWNER, desk.settings.notify
    whole, public, together = Digester(part), Digester(part, public=True), []
    for who in people:
        own = _own_address(desk, who)
        if not (own or common) or _told(desk, role, subject, who if own and who else EVERYBODY):
            continue
        digest = (whole if own else public).of(role, who)
        if digest.empty:
            continue
        if own:
            yield Reminder(role, subject, who or EVERYBODY, own, digest_message(digest))
        else:
            together.append(digest)
    if together and common:
        yield Reminder(role, subject, EVERYBODY, common, owners_message(together))


def _to_each(desk: Desk, role: PracticeRole, people: Iterable[str | None], subject: str) -> Iterator[Reminder]:
    whole, public = Digester(desk), Digester(desk, public=True)
    for who in people:
        own = _own_address(desk, who)
        address = own or desk.settings.notify
        if not who or not address or _told(desk, role, subject, who):
            continue
        digest = (whole if own else public).of(role, who)
        if not digest.empty:
            yield Reminder(role, subject, who, address, digest_message(digest))


def _told(desk: Desk, role: PracticeRole, subject: str, who: str) -> bool:
    """Whether it was sent, or may have been; asked first, since a digest takes a while to make."""
    return desk.store.reminders.outcome(role, subject, who) not in (None, Outcome.FAILED)


def _own_address(desk: Desk, who: str | None) -> SecretStr | None:
    by_name = {name.casefold(): address for name, address in desk.settings.addresses.items()}
    return by_name.get((who or "").casefold())


def _zones(desk: Desk, role: PracticeRole, *, scheduled: bool) -> dict[str, tuple[date, set[str]]]:
    """By time zone, the day there and the cycles that are to be told about."""
    found: dict[str, tuple[date, set[str]]] = {}
    for _, cycle in desk.okrs.objectives:
        local = desk.now.astimezone(cycle.zone).date()
        if scheduled and not rings(cycle, role, desk.settings.checkins.rhythm, desk.now):
            continue
        found.setdefault(cycle.timezone, (local, set()))[1].add(cycle.id)
    return found


def _part(desk: Desk, cycles: set[str]) -> Desk:
    """The same desk with these cycles only."""
    placed = tuple(one for one in desk.okrs.placed if one.cycle.id in cycles)
    objectives = tuple(one for one in desk.okrs.objectives if one[1].id in cycles)
    return replace(desk, okrs=desk.okrs.model_copy(update={"placed": placed, "objectives": objectives}))
