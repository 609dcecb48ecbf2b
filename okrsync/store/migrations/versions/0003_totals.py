"""totals of all runs, and which of them changed nothing"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_totals = op.create_table(
        "run_totals",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "exit_code"),
    )
    connection_totals = op.create_table(
        "connection_totals",
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("writes", sa.Integer(), nullable=False),
        sa.Column("waited", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("connection"),
    )
    op.add_column("runs", sa.Column("quiet", sa.Boolean(), server_default=sa.text("0"), nullable=False))
    op.create_index("runs_quiet", "runs", ["id"], sqlite_where=sa.text("quiet"))
    _fill(run_totals, connection_totals)


def downgrade() -> None:
    op.drop_index("runs_quiet", "runs")
    op.drop_column("runs", "quiet")
    op.drop_table("connection_totals")
    op.drop_table("run_totals")


def _fill(run_totals: sa.Table, connection_totals: sa.Table) -> None:
    """From the reports there are."""
    runs: Counter[tuple[str, int]] = Counter()
    took: dict[tuple[str, int], float] = {}
    connections: dict[str, Counter[str]] = {}
    quiet: list[int] = []
    for run, kind, exit_code, seconds, report in _ended():
        runs[kind, exit_code] += 1
        took[kind, exit_code] = took.get((kind, exit_code), 0.0) + seconds
        for one in report.get("connections", []):
            cost = {name: one.get(name, 0) for name in ("requests", "writes", "waited")}
            counted = connections.setdefault(one["connection"], Counter())
            counted.update(runs=1, failed=int(bool(one.get("error"))), **cost)
        if exit_code == 0 and _nothing_happened(report):
            quiet.append(run)
    rows = [{"kind": key[0], "exit_code": key[1], "runs": count, "seconds": took[key]} for key, count in runs.items()]
    op.bulk_insert(run_totals, rows)
    op.bulk_insert(connection_totals, [{"connection": name, **total} for name, total in connections.items()])
    for run in quiet:
        op.get_bind().exec_driver_sql("UPDATE runs SET quiet = 1 WHERE id = ?", (run,))


def _nothing_happened(report: dict[str, Any]) -> bool:
    scopes = [scope for one in report.get("connections", []) for scope in one.get("scopes", [])]
    news = any(scope.get("changed") or scope.get("unreachable") for scope in scopes)
    told = report.get("movements") or report.get("warnings") or report.get("plan", {}).get("changes")
    return bool(report.get("connections")) and not (news or told)


def _ended() -> Iterator[tuple[int, str, int, float, dict[str, Any]]]:
    query = "SELECT id, kind, exit_code, started_at, finished_at, report FROM runs WHERE finished_at IS NOT NULL"
    rows = op.get_bind().execution_options(yield_per=500).exec_driver_sql(query)
    for run, kind, exit_code, started, finished, report in rows:
        seconds = (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds()
        yield run, kind, exit_code, seconds, json.loads(report) if report else {}
