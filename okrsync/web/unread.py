"""Connections whose last reading failed or is still to come, for the pages that show what was read from them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from okrsync.practice.desk import Desk
from okrsync.store.scopes import ConnectionState
from okrsync.web.privacy import Discretion


class Unread(msgspec.Struct, frozen=True):
    """``error`` is what went wrong, "" before the first reading; ``succeeded`` is when it was last read completely."""

    name: str
    error: str
    succeeded: datetime | None


def unread(desk: Desk, told: Discretion) -> list[Unread]:
    """In the order of the configuration, in words that this visitor may read."""
    with desk.store.reading():
        states = desk.store.scopes.states()
    known = ((name, states.get(name, ConnectionState())) for name in desk.settings.connections)
    return [Unread(name, told.said(one.error), one.succeeded_at) for name, one in known if not one.complete]
