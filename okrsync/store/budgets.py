"""What each tracker said last of its limit, so that the next run keeps the reserve from its first request on."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.budget import UNTOLD, Budget
from okrsync.store import tables


class Budgets:
    """The cabinet of what is left to spend."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, connection: str, budget: Budget) -> None:
        """Remember a tracker's last word; one that said nothing changes nothing."""
        if budget == UNTOLD:
            return
        values = msgspec.structs.asdict(budget)
        self._db.execute(
            insert(tables.budgets)
            .values(connection=connection, **values)
            .on_conflict_do_update(index_elements=["connection"], set_=values)
        )

    def known(self) -> dict[str, Budget]:
        """By connection."""
        table = tables.budgets
        rows = self._db.execute(select(table.c.connection, table.c.remaining, table.c.limit, table.c.resets_at))
        return {name: Budget(*told) for name, *told in rows}
