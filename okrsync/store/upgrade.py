"""A store made, or brought up to date, when it is opened."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from okrsync.errors import StoreError
from okrsync.store.engine import begun
from okrsync.store.file import MENDING, only_read, place, writable
from okrsync.store.tables import metadata

HEAD = "0006"
"""The newest migration; a test compares it with the migrations folder."""


def migrate(connection: Connection, url: str) -> None:
    """Bring the tables to ``HEAD``, all in one transaction. Raises StoreError for a version that is not known here."""
    with connection.begin():
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")).all()
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if tables else None
    if version == HEAD:
        return
    if str(version or "") > HEAD:
        raise newer(str(version))
    if not writable(place(url)):
        raise only_read(url, f"it is at version {version}, and would first be brought to {HEAD}")
    if version is None:
        _create(connection)
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        with begun(connection, "BEGIN IMMEDIATE", keep=True):
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"The store is at version {version}, which nobody knows: {error}", hint=MENDING) from error


def _create(connection: Connection) -> None:
    """A new store needs no history of migrations: the tables as they are today, marked as the newest version."""
    with begun(connection, "BEGIN IMMEDIATE", keep=True):
        metadata.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
        )
        connection.exec_driver_sql("INSERT OR IGNORE INTO alembic_version VALUES (?)", (HEAD,))


def newer(version: str) -> StoreError:
    """What to say of a store that a later okrsync has opened."""
    return StoreError(
        f"The store is at version {version}; this okrsync knows versions up to {HEAD}.",
        hint="Upgrade okrsync, or point `store:` at another file. `okrsync store backup FILE` copies it as it is.",
    )
