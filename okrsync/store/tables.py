"""The tables. What they hold is a cache of the trackers plus our own history; only the history is precious.

Items, milestones and reports are kept whole in a ``body`` (JSON bytes), beside the columns that queries need.
Times are ISO 8601 text in UTC, so that they sort.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

from okrsync.errors import StoreError

metadata = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept as ISO 8601 text in UTC with microseconds."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        try:
            return None if value is None else datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise StoreError(
                f"The store holds a damaged time: {value!r}.",
                hint="`okrsync store check` tells more, and `okrsync store restore FILE` brings back a backup.",
            ) from None


AnyCase = String(collation="NOCASE")
"""An id whose case does not matter, as it does not matter in the OKR files."""

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

links = Table(
    "links",
    metadata,
    Column("connection", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("key_result", String, primary_key=True),
    Column("weight", Float, nullable=False),
    Column("supports", Boolean, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("since", UtcTime),
    Index("links_by_key_result", "key_result", "connection", "item"),
)

past_links = Table(
    "past_links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("connection", String, nullable=False),
    Column("item", String, nullable=False),
    Column("key_result", String, nullable=False),
    Column("weight", Float, nullable=False),
    Column("supports", Boolean, nullable=False),
    Column("since", UtcTime),
    Column("until", UtcTime, nullable=False),
    Index("past_links_by_key_result", "key_result"),
)

dangling = Table(
    "dangling",
    metadata,
    Column("connection", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("names", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("subject", String, primary_key=True),
    Column("value", String, nullable=False),
)

samples = Table(
    "samples",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_result", AnyCase, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("value", Float),
    Column("raw", Float),
    Column("numerator", Float),
    Column("denominator", Float),
    Column("scope", Float, nullable=False),
    Column("done", Float, nullable=False),
    Column("excluded", Integer, nullable=False),
    Column("unestimated", Integer, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("rule", String, nullable=False),
    Column("start", Float),
    Column("target", Float),
    Column("weight", Float),
    Column("definition", String, nullable=False, default=""),
    Column("changed", JSON, nullable=False, default=list),
    Column("before", Float),
    Column("rebuilt", Boolean, nullable=False, default=False),
    Index("samples_by_time", "key_result", "at"),
)

checkins = Table(
    "checkins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_result", AnyCase, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("who", String, nullable=False),
    Column("value", Float),
    Column("note", Text, nullable=False),
    Column("confidence", Integer),
    Column("blocker", Text, nullable=False, default=""),
    Column("next", Text, nullable=False, default=""),
    Column("status", String),
    Column("reason", Text, nullable=False, default=""),
    Column("expires", UtcTime),
    Index("checkins_by_time", "key_result", "at"),
)

terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("body", Text, nullable=False),
)

shown = Table(
    "shown",
    metadata,
    Column("connection", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("note_id", String),
    Column("known", Boolean, nullable=False),
    Column("under_way", Boolean, nullable=False),
    Column("digest", String, nullable=False),
    Column("tenths", JSON, nullable=False),
    Column("statuses", JSON, nullable=False),
    Column("surplus", JSON, nullable=False),
    Column("named", JSON, nullable=False),
    Column("claimed", JSON, nullable=False),
    Column("links", JSON, nullable=False),
    Column("blocked", Text, nullable=False),
)

transitions = Table(
    "transitions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("connection", String, nullable=False),
    Column("item", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("state", String, nullable=False),
    Column("word", String, nullable=False),
    Column("outcome", String),
    Column("points", Float),
    Column("numbers", JSON, nullable=False, default=dict),
    Column("unreachable", Text, nullable=False, default=""),
    Column("rebuilt", Boolean, nullable=False, default=False),
    Column("labels", JSON),
    Column("type", String),
    Column("closed", UtcTime),
    Index("transitions_by_item", "connection", "item"),
)

backfilled = Table(
    "backfilled",
    metadata,
    Column("connection", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("upto", UtcTime, nullable=False),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("who", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("outcome", String, nullable=False),
)

scores = Table(
    "scores",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("closing", Integer, nullable=False),
    Column("cycle", AnyCase, nullable=False),
    Column("key_result", AnyCase, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("scores_by_closing", "closing"),
)

closings = Table(
    "closings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cycle", AnyCase, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

writes = Table(
    "writes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("connection", String, nullable=False),
    Column("item", String),
    Column("change", LargeBinary, nullable=False),
    Column("intended_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("receipt", LargeBinary),
    Column("error", Text, nullable=False, default=""),
    Index("writes_by_run", "run"),
    Index("writes_by_time", "connection", "intended_at"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("exit_code", Integer),
    Column("report", LargeBinary),
    Column("quiet", Boolean, nullable=False, server_default=text("0")),
    Index("runs_quiet", "id", sqlite_where=text("quiet")),
)

run_totals = Table(
    "run_totals",
    metadata,
    Column("kind", String, primary_key=True),
    Column("exit_code", Integer, primary_key=True),
    Column("runs", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
)

connection_totals = Table(
    "connection_totals",
    metadata,
    Column("connection", String, primary_key=True),
    Column("runs", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("writes", Integer, nullable=False),
    Column("waited", Float, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("connection", String, primary_key=True),
    Column("remaining", Integer),
    Column("limit", Integer),
    Column("resets_at", UtcTime),
)

holder = Table(
    "holder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("doing", String, nullable=False),
)
