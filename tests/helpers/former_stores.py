"""Stores as a former okrsync left them: brought back by the migrations' own way down."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import okrsync.store.migrations


def bring_back(url: str, version: str) -> None:
    """Make a store that nobody has open one of an older version."""
    config = Config()
    config.set_main_option("script_location", str(Path(okrsync.store.migrations.__file__).parent))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, version)
    engine.dispose()
