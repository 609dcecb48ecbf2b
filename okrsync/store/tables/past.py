"""What was true when: what items were, what was measured, said and closed. These are the precious tables."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from okrsync.store.tables.columns import AnyCase, UtcTime, metadata

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

terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("body", Text, nullable=False),
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
