"""Cells of CSV tables (RFC 4180) that come back as they were, and that no spreadsheet takes for a formula.

Text that begins with one of ``= + - @``, a tab, a line end or an apostrophe gets an apostrophe before it, as OWASP
advises against "CSV injection"; reading takes it off again. An empty cell is nothing; an apostrophe alone is empty
text. Numbers are written as such, since nothing but a number is accepted in their columns.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

GUARD = "'"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", GUARD)

LARGEST_CELL = 64 * 1024 * 1024
"""Characters; the csv module's own limit is too small for the bodies of items."""


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula. Source: OWASP, CSV Injection."""
    return GUARD + text if not text or text.startswith(_DANGEROUS) else text


def unguarded(cell: str) -> str:
    """The text of a guarded cell."""
    return cell.removeprefix(GUARD)


def cell(value: Any, kind: str) -> str:
    """A value as its cell; ``kind`` is text, time, int, float, bool or json."""
    if value is None:
        return ""
    if kind == "json":
        return guarded(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    if kind == "bool":
        return "true" if value else "false"
    return guarded(value) if kind == "text" else repr(value) if kind in ("int", "float") else str(value)


def value(text: str, kind: str) -> Any:
    """The inverse. Raises ValueError, completing "must be …"."""
    if not text:
        return None
    if kind in ("text", "time"):
        return unguarded(text)
    if kind == "json":
        return _json(unguarded(text))
    return _plain(text, kind)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("JSON") from None


def _plain(text: str, kind: str) -> Any:
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        pass
    raise ValueError({"bool": "true or false", "int": "a whole number"}.get(kind, "a number"))


def written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as RFC 4180 has it: a header, lines that end in CRLF, UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def read(content: bytes) -> Iterator[Mapping[str, str]]:
    """Rows by column name. Raises ValueError for what is no table: other encodings, open quotes, ragged rows."""
    csv.field_size_limit(LARGEST_CELL)
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header = next(rows, None)
        if not header:
            raise ValueError("is empty; its first line names the columns")
        for number, row in enumerate(rows, start=2):
            if len(row) != len(header):
                raise ValueError(f"row {number} has {len(row)} cells, and the header {len(header)}")
            yield dict(zip(header, row, strict=True))
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None
    except csv.Error as error:
        raise ValueError(f"is no CSV: {error}") from None
