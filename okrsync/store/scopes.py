"""Connections, scopes, cursors, and what a scope defines: milestones, labels, query memberships."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.change import DefineLabel, UndefineLabel
from okrsync.model.work import LabelDefinition, Milestone, Scope
from okrsync.store import tables
from okrsync.store.items import Items

UNSEEN = "unseen:"
"""Prefix of the id of a label that we defined and have not seen in a list yet."""

NOT_CONFIGURED = "its repository or project is no longer configured"


class Cursor(msgspec.Struct, frozen=True):
    """Where the next pull of a scope begins: ``since`` is None before the first complete pull."""

    since: datetime | None = None
    fingerprint: str | None = None
    pulled_at: datetime | None = None
    census_at: datetime | None = None

    def census_due(self, now: datetime, every: timedelta) -> bool:
        """Whether the ids that exist were last counted ``every`` ago or longer, or never."""
        return self.census_at is None or now - self.census_at >= every


class ConnectionState(msgspec.Struct, frozen=True):
    """How the last read of a connection ended: ``error`` is "" after a complete one."""

    succeeded_at: datetime | None = None
    error: str = ""

    @property
    def complete(self) -> bool:
        """Whether the last read came to its end."""
        return self.succeeded_at is not None and not self.error


class Scopes:
    """The cabinet of what is read, and how far."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def known(self, connection: str) -> tuple[Scope, ...]:
        """A connection's scopes as they were resolved last, in the order of the configuration."""
        table = tables.scopes
        rows = self._db.execute(select(table).where(table.c.connection == connection).order_by(table.c.position))
        return tuple(Scope(row.id, row.name, row.archived, row.data) for row in rows)

    def connections(self) -> tuple[str, ...]:
        """Every connection that was ever read or has scopes."""
        read, scoped = select(tables.connections.c.connection), select(tables.scopes.c.connection)
        return tuple(sorted(self._db.execute(read.union(scoped)).scalars()))

    def keep(self, connection: str, scopes: Sequence[Scope], now: datetime | None = None) -> None:
        """Remember exactly these; a scope that is no longer configured is forgotten, and its items are out of reach.

        ``now`` is since when they are, where their past is to tell it.
        """
        for position, scope in enumerate(scopes):
            values = {"name": scope.name, "archived": scope.archived, "data": scope.data, "position": position}
            self._db.execute(
                insert(tables.scopes)
                .values(connection=connection, id=scope.id, **values)
                .on_conflict_do_update(index_elements=["connection", "id"], set_=values)
            )
        keep = [scope.id for scope in scopes]
        for known in self.known(connection):
            if known.id not in keep:
                self._forget(connection, known.id, now)

    def learn(self, connection: str, scope: Scope) -> None:
        """Keep what a connector learned about a scope while pulling it."""
        table = tables.scopes
        self._db.execute(
            update(table).where(table.c.connection == connection, table.c.id == scope.id).values(data=scope.data)
        )

    def _forget(self, connection: str, scope: str, now: datetime | None) -> None:
        for table in (tables.milestones, tables.labels):
            self._db.execute(delete(table).where(table.c.connection == connection, table.c.scope == scope))
        self._db.execute(
            delete(tables.scopes).where(tables.scopes.c.connection == connection, tables.scopes.c.id == scope)
        )
        Items(self._db).leave(connection, scope, NOT_CONFIGURED, now)

    def cursor(self, connection: str, scope: str) -> Cursor:
        """How far a scope was read; an empty cursor for one that never was."""
        table = tables.scopes
        row = self._db.execute(
            select(table.c.cursor, table.c.fingerprint, table.c.pulled_at, table.c.census_at).where(
                table.c.connection == connection, table.c.id == scope
            )
        ).first()
        return Cursor(*row) if row else Cursor()

    def promote(self, connection: str, scope: str, cursor: Cursor) -> None:
        """Move the cursor; only a complete pull may call this."""
        table = tables.scopes
        self._db.execute(
            update(table)
            .where(table.c.connection == connection, table.c.id == scope)
            .values(
                cursor=cursor.since,
                fingerprint=cursor.fingerprint,
                pulled_at=cursor.pulled_at,
                census_at=cursor.census_at,
            )
        )

    def set_state(self, connection: str, state: ConnectionState) -> None:
        """Note how a connection's read ended, or that it began and has not ended."""
        values = {"succeeded_at": state.succeeded_at, "error": state.error}
        self._db.execute(
            insert(tables.connections)
            .values(connection=connection, **values)
            .on_conflict_do_update(index_elements=["connection"], set_=values)
        )

    def state(self, connection: str) -> ConnectionState:
        """How a connection's last read ended; an empty state where there was none."""
        table = tables.connections
        row = self._db.execute(
            select(table.c.succeeded_at, table.c.error).where(table.c.connection == connection)
        ).first()
        return ConnectionState(*row) if row else ConnectionState()

    def states(self) -> dict[str, ConnectionState]:
        """How the last read of each connection ended."""
        table = tables.connections
        rows = self._db.execute(select(table.c.connection, table.c.succeeded_at, table.c.error))
        return {name: ConnectionState(succeeded_at, error) for name, succeeded_at, error in rows}

    def scoped(self) -> set[str]:
        """The connections that have anything to read."""
        return set(self._db.execute(select(tables.scopes.c.connection).distinct()).scalars())

    def names(self) -> dict[tuple[str, str], str]:
        """Connection and id of every scope -> its name."""
        table = tables.scopes
        rows = self._db.execute(select(table.c.connection, table.c.id, table.c.name))
        return {(connection, scope): name for connection, scope, name in rows}

    def keep_milestones(self, connection: str, scope: str, found: Iterable[Milestone]) -> None:
        """Replace a scope's milestones or versions by this complete list."""
        table = tables.milestones
        self._db.execute(delete(table).where(table.c.connection == connection, table.c.scope == scope))
        rows = [
            {"connection": connection, "scope": scope, "id": one.id, "body": msgspec.json.encode(one)} for one in found
        ]
        if rows:
            self._db.execute(insert(table), rows)

    def milestones(self) -> tuple[Milestone, ...]:
        """Of all connections, in a stable order."""
        table = tables.milestones
        rows = self._db.execute(select(table.c.body).order_by(table.c.connection, table.c.scope, table.c.id))
        return tuple(msgspec.json.decode(row.body, type=Milestone) for row in rows)

    def keep_labels(self, connection: str, scope: str, found: Sequence[LabelDefinition]) -> dict[str, str | None]:
        """Replace a scope's labels by this complete list; returns old name -> new name (None: deleted)."""
        table = tables.labels
        before = {one.id: one.name for one in self.labels(connection, scope)}
        self._db.execute(delete(table).where(table.c.connection == connection, table.c.scope == scope))
        rows = [{"connection": connection, "scope": scope, **msgspec.structs.asdict(one)} for one in found]
        if rows:
            self._db.execute(insert(table), rows)
        now = {one.id: one.name for one in found}
        present = set(now.values())
        return {
            name: now.get(key)
            for key, name in before.items()
            if now.get(key) != name and not (key.startswith(UNSEEN) and name in present)
        }

    def labels(self, connection: str, scope: str) -> tuple[LabelDefinition, ...]:
        """The labels that exist in a scope, as far as is known."""
        table = tables.labels
        rows = self._db.execute(
            select(table.c.id, table.c.name, table.c.description, table.c.color).where(
                table.c.connection == connection, table.c.scope == scope
            )
        )
        return tuple(LabelDefinition(*row) for row in rows)

    def define_label(self, change: DefineLabel) -> None:
        """Note a definition that we made or described; of a new one the next complete list brings the tracker's id."""
        table, described = tables.labels, {"description": change.description, "color": change.color}
        here = (table.c.connection == change.connection) & (table.c.scope == change.scope)
        if self._db.execute(update(table).where(here, table.c.name == change.label).values(described)).rowcount == 0:
            names = {"connection": change.connection, "scope": change.scope, "name": change.label}
            self._db.execute(insert(table).values(id=f"{UNSEEN}{change.label}", **names, **described))

    def undefine_label(self, change: UndefineLabel) -> None:
        """A definition of ours was taken away."""
        table = tables.labels
        self._db.execute(
            delete(table).where(
                table.c.connection == change.connection, table.c.scope == change.scope, table.c.name == change.label
            )
        )

    def keep_membership(self, connection: str, query: str, ids: frozenset[str]) -> frozenset[str]:
        """Remember which items a query matches; returns the ids that came or went."""
        before = self.membership(connection, query)
        values = {"ids": sorted(ids), "refused": False}
        self._db.execute(
            insert(tables.memberships)
            .values(connection=connection, query=query, **values)
            .on_conflict_do_update(index_elements=["connection", "query"], set_=values)
        )
        return ids ^ (before or frozenset())

    def refuse_query(self, connection: str, query: str) -> None:
        """The tracker did not understand a query: what it matched before stays, and nothing is concluded from it."""
        table = tables.memberships
        self._db.execute(
            update(table).where(table.c.connection == connection, table.c.query == query).values(refused=True)
        )

    def answered(self, connection: str, query: str) -> bool:
        """Whether a query was answered when it was asked last."""
        table = tables.memberships
        refused = self._db.execute(
            select(table.c.refused).where(table.c.connection == connection, table.c.query == query)
        ).scalar()
        return refused is False

    def membership(self, connection: str, query: str) -> frozenset[str] | None:
        """Ids of the items that a query matches; None while nobody has asked."""
        table = tables.memberships
        found = self._db.execute(
            select(table.c.ids).where(table.c.connection == connection, table.c.query == query)
        ).scalar()
        return None if found is None else frozenset(found)
