"""What is exchanged: the OKR files and the history, as plain values that any form can hold."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from okrsync.errors import ConfigError, Problem
from okrsync.model.okr import OkrFile
from okrsync.okrfile.read import read_all
from okrsync.practice.desk import Desk
from okrsync.store.archive import TABLES
from okrsync.yamlfile import refusal

FORMAT = "okrsync"
VERSION = 1


class OkrSource(msgspec.Struct, frozen=True):
    """One OKR file. ``file`` is its path beside the configuration, with slashes; ``content`` is what it says.

    ``text`` is the file as people wrote it, comments and all; "" where a form has no room for it.
    """

    file: str
    content: dict[str, Any]
    text: str = ""


class Archive(msgspec.Struct, frozen=True):
    """Everything, by table in ``history``. Times are ISO 8601 with their zone."""

    exported_at: datetime
    okrs: tuple[OkrSource, ...]
    history: Mapping[str, Sequence[Mapping[str, Any]]]
    format: str = FORMAT
    version: int = VERSION

    def counts(self) -> dict[str, int]:
        """Rows of each table that has any."""
        return {name: len(rows) for name, rows in self.history.items() if rows}


def take(desk: Desk) -> Archive:
    """Everything that is worth keeping, in one consistent view. Raises ConfigError where OKR files are wrong."""
    sources, problems = read_all(desk.settings)
    if problems:
        raise refusal(problems)
    base = desk.settings.base
    okrs = tuple(
        OkrSource(
            file=Path(os.path.relpath(path.absolute(), base)).as_posix(),
            content=as_written(source.content),
            text=path.read_bytes().decode("utf-8-sig"),
        )
        for path, source in zip(desk.settings.okr_files, sources, strict=True)
    )
    with desk.store.reading():
        return Archive(desk.now, okrs, {name: list(desk.store.archive.rows(name)) for name in TABLES})


def as_written(content: OkrFile) -> dict[str, Any]:
    """The fields of an OKR file that somebody wrote, as plain values."""
    return content.model_dump(mode="json", exclude_unset=True)


def unfit(file: str, place: str, message: str) -> ConfigError:
    """One error for something in an exchanged file that cannot be right."""
    problem = Problem(file, None, place, message)
    hint = "Nothing was changed. Export it again, or correct it, and import it then."
    return ConfigError(f"{file} cannot be imported.", hint=hint, problems=(problem,))
