"""Reads a table of somebody else's: a CSV of any country, its columns mapped to the fields of a key result."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from okrsync.errors import ConfigError, Problem
from okrsync.practice.exchange.cells import LARGEST_CELL
from okrsync.wording import suggest

FIELDS: Mapping[str, str] = {
    "objective": "title of the objective",
    "objective_id": "its id, made from the title unless given",
    "objective_owner": "its owner",
    "team": "its team",
    "parent": "id of the objective it serves",
    "kind": "committed or aspirational",
    "title": "title of the key result",
    "id": "its id, made from the objective's unless given",
    "owner": "its owner",
    "start": "where its number begins",
    "target": "where it shall end; without one it is a yes or no",
    "unit": "what the number counts",
    "due": "the last day, as 2026-12-15",
    "weight": "how much it counts within its objective",
}
"""What a column can be mapped to."""

NEEDED = ("objective", "title")
NUMBERS = ("start", "target", "weight")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+")


class Row(msgspec.Struct, frozen=True):
    """One key result as it was read. ``place`` is where, ``columns`` how each field is called there."""

    file: str
    place: str
    cells: Mapping[str, str]
    columns: Mapping[str, str]
    remark: str = ""

    def problem(self, field: str, message: str) -> Problem:
        """What is wrong with a field, at the place where a spreadsheet shows it."""
        column = self.columns.get(field, field)
        return Problem(self.file, None, f"{self.place}, {column}" if column else self.place, message)


class Table(msgspec.Struct, frozen=True):
    """The rows that hold anything, and the columns that nobody mapped."""

    rows: tuple[Row, ...]
    passed_over: tuple[str, ...] = ()


def read_table(content: bytes, file: str, mapping: Mapping[str, str]) -> Table:
    """The rows of a CSV file; columns called like a field need no mapping. Raises ConfigError."""
    text = _decoded(content, file)
    table = _cells(text, file)
    header = [name.strip() for name in table[0]] if table else []
    columns = _columns(header, mapping, file)
    named = {field: f"column {column}" for field, column in columns.items()}
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            given = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            found = {field: given.get(column, "") for field, column in columns.items()}
            rows.append(Row(file, f"row {number}", found, named))
            problems += _ragged(rows[-1], cells, header)
            problems += _of_two_minds(rows[-1]) if _delimiter(text) == ";" else ()
    if problems:
        raise refused(file, problems, "Correct the cells and import again.")
    return Table(tuple(rows), tuple(name for name in header if name and name not in columns.values()))


def _ragged(row: Row, cells: Sequence[str], header: Sequence[str]) -> Iterator[Problem]:
    """A row with more or fewer cells than the header: a divider is missing, or one stands in a text."""
    given = len(cells) if any(cell.strip() for cell in cells[len(header) :]) else min(len(cells), len(header))
    if given != len(header):
        yield Problem(row.file, None, row.place, f"has {given} cells, and the header has {len(header)}")


def _of_two_minds(row: Row) -> Iterator[Problem]:
    """Where semicolons divide, a point often stands between thousands."""
    for field in NUMBERS:
        text = row.cells.get(field, "")
        if _THOUSANDS.fullmatch(text.removesuffix("%").strip()):
            whole = text.replace(".", "")
            yield row.problem(field, f"`{text}` may be {whole} or a fraction; write {whole} or {text}0")


def refused(file: str, problems: Sequence[Problem], hint: str) -> ConfigError:
    """The one error of a file that cannot be imported, with all that is wrong in it."""
    return ConfigError(f"{file} cannot be imported.", hint=f"Nothing was written. {hint}", problems=tuple(problems))


def _cells(text: str, file: str) -> list[list[str]]:
    csv.field_size_limit(LARGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise refused(file, [Problem(file, None, "", f"is no CSV: {error}")], "Save the table as CSV again.") from None


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        problem = Problem(file, None, f"row {row}", "is not UTF-8 text")
        raise refused(file, [problem], 'Save the table as "CSV UTF-8" and import again.') from None


def _delimiter(text: str) -> str:
    """What divides the most cells of the header: spreadsheets of many countries write semicolons."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _columns(header: Sequence[str], mapping: Mapping[str, str], file: str) -> dict[str, str]:
    """Field -> column. Raises ConfigError for a field or column that does not exist, or one that is needed."""
    found = {field: name for name in header if (field := name.lower().replace(" ", "_")) in FIELDS}
    found |= mapping
    problems = list(_bad_mapping(header, mapping, file))
    twice = sorted({name for name in found.values() if header.count(name) > 1})
    problems += [Problem(file, None, "row 1", f"the column `{name}` is there twice") for name in twice]
    for field in NEEDED:
        if field not in found:
            said = f"no column is mapped to `{field}` ({FIELDS[field]}): --map {field}=COLUMN{suggest(field, header)}"
            problems.append(Problem(file, None, "row 1", said))
    if problems:
        raise refused(file, problems, f"--map FIELD=COLUMN takes the fields {', '.join(FIELDS)}.")
    return found


def _bad_mapping(header: Sequence[str], mapping: Mapping[str, str], file: str) -> Iterator[Problem]:
    for field, column in mapping.items():
        if field not in FIELDS:
            yield Problem("--map", None, field, f"is no field{suggest(field, FIELDS)}")
        if column not in header:
            yield Problem(file, None, "row 1", f"there is no column `{column}`{suggest(column, header)}")
