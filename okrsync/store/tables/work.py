"""What the trackers hold, as last read: a cache that a full pull brings back."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, text

from okrsync.store.tables.columns import UtcTime, metadata

connections = Table(
    "connections",
    metadata,
    Column("connection", String, primary_key=True),
    Column("succeeded_at", UtcTime),
    Column("error", Text, nullable=False, default=""),
)

scopes = Table(
    "scopes",
    metadata,
    Column("connection", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("data", JSON, nullable=False),
    Column("position", Integer, nullable=False),
    Column("cursor", UtcTime),
    Column("fingerprint", String),
    Column("pulled_at", UtcTime),
    Column("census_at", UtcTime),
)

items = Table(
    "items",
    metadata,
    Column("connection", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("scope", String, nullable=False),
    Column("key", String, nullable=False),
    Column("parent", String),
    Column("subtask", Boolean, nullable=False),
    Column("labelled", Boolean, nullable=False),
    Column("waits_for", Integer, nullable=False),
    Column("unreachable", Text),
    Column("body", LargeBinary, nullable=False),
    Index("items_by_key", "connection", "key"),
    Index("items_by_parent", "connection", "parent", sqlite_where=text("parent IS NOT NULL")),
    Index("items_waiting", "connection", "waits_for"),
)
"""``waits_for`` is the round of mapping that an item was marked for last, counted for each connection."""

mapped = Table(
    "mapped",
    metadata,
    Column("connection", String, primary_key=True),
    Column("rounds", Integer, nullable=False),
)
"""How many rounds of mapping are done. What waits for the next one is dirty: so a round ends without touching items."""

milestones = Table(
    "milestones",
    metadata,
    Column("connection", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    Column("connection", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("color", String, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("connection", String, primary_key=True),
    Column("query", Text, primary_key=True),
    Column("ids", JSON, nullable=False),
    Column("refused", Boolean, nullable=False),
)

words = Table(
    "words",
    metadata,
    Column("connection", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("word", String, primary_key=True),
)
"""The types, labels and assignees that items had when they were mapped."""

budgets = Table(
    "budgets",
    metadata,
    Column("connection", String, primary_key=True),
    Column("remaining", Integer),
    Column("limit", Integer),
    Column("resets_at", UtcTime),
)
