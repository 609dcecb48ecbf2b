"""Who has the store, what runs did, and what they wrote."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, String, Table, Text, text

from okrsync.store.tables.columns import UtcTime, metadata

holder = Table(
    "holder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("doing", String, nullable=False),
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
