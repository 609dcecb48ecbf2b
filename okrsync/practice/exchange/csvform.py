"""The archive as a folder or a zip of CSV tables: for spreadsheets, and for programs that read nothing else.

Everything comes back. The comments of an OKR file are lost where somebody edited what the tables say of it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from okrsync.practice.exchange import cells
from okrsync.practice.exchange.archive import Archive, unfit
from okrsync.practice.exchange.jsonform import check_head, head
from okrsync.practice.exchange.okrtables import BadCell, as_tables, columns, from_tables
from okrsync.store.archive import TABLES, kinds

HEAD = "export"
_HEADER = ("format", "version", "exported_at")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip, so that the same data is the same file."""

LARGEST = 2 * 1024**3
"""Bytes that all tables of a zip may unpack to."""


def as_csv(archive: Archive) -> dict[str, bytes]:
    """Every table by the name of its file."""
    first = (archive.format, str(archive.version), archive.exported_at.isoformat())
    made = {HEAD: cells.written(_HEADER, [first])}
    made |= {name: cells.written(columns()[name], rows) for name, rows in as_tables(archive.okrs).items()}
    for name, rows in archive.history.items():
        types = kinds(name)
        made[name] = cells.written(
            tuple(types), ([cells.cell(row.get(column), kind) for column, kind in types.items()] for row in rows)
        )
    return {f"{name}.csv": content for name, content in made.items()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The tables as one archive, the same bytes for the same content whenever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = 0o644 << 16
            packed.writestr(info, content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def read_folder(folder: Path) -> dict[str, bytes]:
    """The tables of a folder; other files in it are passed over."""
    return {name: (folder / name).read_bytes() for name in _names() if (folder / name).is_file()}


def read_zip(file: Path) -> dict[str, bytes]:
    """The tables of a zip; everything else in it is never unpacked. Raises ConfigError."""
    try:
        with zipfile.ZipFile(file) as packed:
            chosen = [info for info in packed.infolist() if info.filename in _names()]
            if sum(info.file_size for info in chosen) > LARGEST:
                raise unfit(str(file), "", f"unpacks to more than {LARGEST // 1024**3} GB")
            return {info.filename: packed.read(info) for info in chosen}
    except (zipfile.BadZipFile, RuntimeError, OSError) as error:
        raise unfit(str(file), "", f"is no zip file that can be read: {error}") from error


def from_csv(files: Mapping[str, bytes], source: str) -> Archive:
    """The archive in these tables. Raises ConfigError naming table, row and column of what cannot be right."""
    if f"{HEAD}.csv" not in files:
        raise unfit(source, f"{HEAD}.csv", "is missing, so this is no export of okrsync")
    read = {name.removesuffix(".csv"): _read(source, name, content) for name, content in files.items()}
    exported_at = _head(source, read[HEAD])
    try:
        okrs = from_tables({name: read.get(name, []) for name in columns()})
        history = {name: _rows(name, read.get(name, [])) for name in TABLES}
    except BadCell as bad:
        raise unfit(source, f"{bad.table}.csv, row {bad.row}, column {bad.column}", bad.message) from None
    return Archive(exported_at, okrs, history)


def _names() -> list[str]:
    return [f"{name}.csv" for name in (HEAD, *columns(), *TABLES)]


def _read(source: str, name: str, content: bytes) -> list[Mapping[str, str]]:
    try:
        return list(cells.read(content))
    except ValueError as error:
        raise unfit(source, name, str(error)) from None


def _head(source: str, rows: Sequence[Mapping[str, str]]) -> datetime:
    first = rows[0] if rows else {}
    version = first.get("version", "")
    check_head(head(first.get("format", ""), int(version) if version.isdecimal() else 0), source)
    try:
        return datetime.fromisoformat(first.get("exported_at", ""))
    except ValueError:
        raise unfit(source, f"{HEAD}.csv, row 2, column exported_at", "must be a time") from None


def _rows(name: str, rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    types = kinds(name)
    return [_row(name, number, row, types) for number, row in enumerate(rows, start=2)]


def _row(name: str, number: int, row: Mapping[str, str], types: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for column, text in row.items():
        try:
            found[column] = cells.value(text, types[column])
        except KeyError:
            raise BadCell(name, number, column, "is no column of this table; a newer okrsync may know it") from None
        except ValueError as error:
            raise BadCell(name, number, column, f"`{text[:60]}` must be {error}") from None
    return found
