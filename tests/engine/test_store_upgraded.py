"""A store of the first version is upgraded, and killed half way: all or nothing, and its past is kept."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import okrsync.store
from okrsync.store import Store
from okrsync.store.upgrade import HEAD

DIE_HALF_WAY = """
import os, sys
from sqlalchemy import Engine, event
from okrsync.store import Store

@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *rest):
    if statement.strip().startswith(sys.argv[2]):
        os.kill(os.getpid(), 9)

Store(sys.argv[1])
"""


def ask(store: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(store)) as db:
        return db.execute(query).fetchall()


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """A store as the first okrsync made it, with one run and what it was mapped by."""
    store, config = tmp_path / "okrsync.db", Config()
    config.set_main_option("script_location", str(Path(okrsync.store.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{store}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO runs (kind, started_at) VALUES ('sync', '2026-11-02T09:00:00+00:00')"))
        connection.execute(text("INSERT INTO fingerprints VALUES ('mapping of jira', 'x'), ('reading of jira', 'y')"))
    engine.dispose()
    return store


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE terms",
        "CREATE TABLE run_totals",
        "ALTER TABLE",
        "UPDATE alembic",
        "ALTER TABLE shown",
        "CREATE TABLE words",
        "DELETE FROM fingerprints",
    ],
)
def test_an_upgrade_killed_half_way_leaves_all_or_nothing(first_version: Path, statement: str) -> None:
    before = ask(first_version, "SELECT name, sql FROM sqlite_master")
    ended = subprocess.run([sys.executable, "-c", DIE_HALF_WAY, f"sqlite:///{first_version}", statement], check=False)
    assert ended.returncode == -9, "it died in the middle of the upgrade"
    assert ask(first_version, "SELECT name, sql FROM sqlite_master") == before
    assert ask(first_version, "SELECT version_num FROM alembic_version") == [("0001",)]
    with Store(f"sqlite:///{first_version}") as opened:
        (run,) = opened.journal.runs(5)
        assert run.kind == "sync"
        assert opened.history.fingerprints() == {"reading of jira": "y"}, "all is mapped anew, and nothing read anew"
    assert ask(first_version, "SELECT version_num FROM alembic_version") == [(HEAD,)]
