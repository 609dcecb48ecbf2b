"""Which item counts for which key result, and what tickets are known to show of it."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, LargeBinary, String, Table, Text

from okrsync.store.tables.columns import UtcTime, metadata

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
    Column("as_of", String(32)),
)
