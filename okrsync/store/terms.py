"""What the OKR files asked, from a moment on. A row is added when they ask something else; none is ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from okrsync.store import tables


class Terms:
    """The cabinet of past terms; a subject is an objective or a key result, its terms are text."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, told: Mapping[str, str], now: datetime) -> None:
        """From now on these hold, as far as they differ from those of before."""
        before = self.at(now)
        news = [{"subject": one, "since": now, "body": text} for one, text in told.items() if before.get(one) != text]
        if news:
            self._db.execute(insert(tables.terms), news)

    def at(self, at: datetime) -> dict[str, str]:
        """Those that held at a time; before anybody looked, the first that are known."""
        table, found = tables.terms, dict[str, str]()
        for row in self._db.execute(select(table).order_by(table.c.since, table.c.id)):
            if row.since <= at or row.subject not in found:
                found[row.subject] = row.body
        return found
