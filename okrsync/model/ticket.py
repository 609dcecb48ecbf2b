"""A ticket as a plan sees it: the item, what it counts for, and what it shows of ours."""

from __future__ import annotations

from datetime import datetime

import msgspec

from okrsync.model.change import ShownNote
from okrsync.model.sample import Linked
from okrsync.model.work import Item


class Showing(msgspec.Struct, frozen=True):
    """What the store knows of a ticket's note and remote links; its labels are those of the item.

    ``known`` is False until the note was looked for, and while a write is under way. ``surplus`` are notes of ours
    too many. ``claimed`` are labels that other installations' notes name as theirs. ``links`` maps key results to the
    fingerprint of the remote link shown. ``blocked`` is why the ticket cannot be written to. ``as_of`` is the item's
    latest update that was known when the ticket was last looked at; whatever came later, the look did not see.
    """

    known: bool = False
    under_way: bool = False
    note: ShownNote | None = None
    surplus: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    links: dict[str, str] = {}
    blocked: str = ""
    as_of: datetime | None = None


class Ticket(msgspec.Struct, frozen=True):
    """An item that is linked, or that shows something of ours. ``unreachable`` is "" or the reason."""

    item: Item
    linked: tuple[Linked, ...] = ()
    showing: Showing = Showing()
    unreachable: str = ""
