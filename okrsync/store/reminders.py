"""What people were reminded of, so that nobody is told twice.

The intent is kept before a message is sent, how it went after. A message without an end may have arrived: it is not
sent again. Only one that surely did not arrive is.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.message import Outcome
from okrsync.store import tables


class Reminders:
    """The cabinet of messages: one for each kind, subject (a day, say) and person."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def intend(self, kind: str, subject: str, who: str, at: datetime) -> int | None:
        """Note that a message is about to be sent; None when it may have arrived already.

        Must be called in a transaction of its own, which is over before anything is sent.
        """
        table = tables.reminders
        about = (table.c.kind == kind, table.c.subject == subject, table.c.who == who)
        known = self._db.execute(select(table.c.id, table.c.outcome).where(*about)).first()
        if known is None:
            made = self._db.execute(
                insert(table).values(kind=kind, subject=subject, who=who, at=at, outcome=Outcome.UNKNOWN)
            )
            assert made.inserted_primary_key is not None
            return int(made.inserted_primary_key[0])
        if known.outcome != Outcome.FAILED:
            return None
        self._db.execute(update(table).where(table.c.id == known.id).values(at=at, outcome=Outcome.UNKNOWN))
        return int(known.id)

    def end(self, reminder: int, outcome: Outcome) -> None:
        """Note what became of a message that was begun."""
        self._db.execute(update(tables.reminders).where(tables.reminders.c.id == reminder).values(outcome=outcome))

    def outcome(self, kind: str, subject: str, who: str) -> Outcome | None:
        """How it went, None when it was never tried."""
        table = tables.reminders
        found = self._db.execute(
            select(table.c.outcome).where(table.c.kind == kind, table.c.subject == subject, table.c.who == who)
        ).scalar()
        return Outcome(found) if found else None
