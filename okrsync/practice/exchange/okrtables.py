"""OKR files as three tables: files, objectives and key results. The columns are the fields of the model.

What is a list or has fields of its own stands in its cell as JSON; of a measure the type, start and target have
columns, and the rest is in ``measure_more``. Of each file the ``text`` is there as people wrote it, comments and all;
``says`` is the digest of what the tables say of it, so that a table which was edited counts more than the text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from okrsync.model.okr import Cycle, KeyResult, Objective, OkrFile
from okrsync.practice.exchange.archive import OkrSource
from okrsync.practice.exchange.cells import cell, value

FILES, OBJECTIVES, KEY_RESULTS = "okr_files", "objectives", "key_results"

_NUMBERS = {"weight", "start", "target"}
_FLAGS = {"top"}
_NESTED = {"roles", "ignore", "plan", "links", "measure_more"}

_OF_A_FILE = ("file", *(f"cycle_{name}" for name in Cycle.model_fields))
_AS_WRITTEN = ("says", "text")
_MEASURE = ("measure", "start", "target", "measure_more")

Columns = tuple[str, ...]
Cells = Mapping[str, str]


def columns() -> dict[str, Columns]:
    """The header of each table."""
    own = [name for name in OkrFile.model_fields if name not in ("cycle", "objectives")]
    objective = [name for name in Objective.model_fields if name != "key_results"]
    key_result = [name for name in KeyResult.model_fields if name != "measure"]
    return {
        FILES: (*_OF_A_FILE, *own, *_AS_WRITTEN),
        OBJECTIVES: ("file", *objective),
        KEY_RESULTS: ("objective", *key_result, *_MEASURE),
    }


def kind(column: str) -> str:
    """How the cells of a column are written; see :func:`okrsync.practice.exchange.cells.cell`."""
    if column in _NESTED:
        return "json"
    return "float" if column in _NUMBERS else "bool" if column in _FLAGS else "text"


def as_tables(okrs: Iterable[OkrSource]) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each table, in the order of the files."""
    tables: dict[str, list[tuple[str, ...]]] = {FILES: [], OBJECTIVES: [], KEY_RESULTS: []}
    for source in okrs:
        content = dict(source.content)
        cycle = {f"cycle_{name}": one for name, one in content.pop("cycle").items()}
        objectives = content.pop("objectives")
        written = {"says": _digest(source.content), "text": source.text} if source.text else {}
        tables[FILES].append(_row(FILES, {"file": source.file, **cycle, **content, **written}))
        for objective in objectives:
            own = {name: one for name, one in objective.items() if name != "key_results"}
            tables[OBJECTIVES].append(_row(OBJECTIVES, {"file": source.file, **own}))
            for one in objective.get("key_results", ()):
                fields = {name: field for name, field in one.items() if name != "measure"}
                tables[KEY_RESULTS].append(
                    _row(KEY_RESULTS, {"objective": objective["id"], **fields, **_measure(one["measure"])})
                )
    return tables


def from_tables(tables: Mapping[str, Sequence[Cells]]) -> tuple[OkrSource, ...]:
    """The inverse; the text of a file only where the tables still say what it says. Raises BadCell."""
    contents: dict[str, dict[str, Any]] = {}
    written: dict[str, dict[str, Any]] = {}
    for number, cells in enumerate(tables[FILES], start=2):
        fields = _fields(FILES, number, cells)
        cycle = {name.removeprefix("cycle_"): fields.pop(name) for name in [*fields] if name.startswith("cycle_")}
        file = str(fields.pop("file", ""))
        written[file] = {name: fields.pop(name) for name in _AS_WRITTEN if name in fields}
        contents[file] = {"cycle": cycle, **fields, "objectives": []}
    objectives: dict[str, dict[str, Any]] = {}
    for number, cells in enumerate(tables[OBJECTIVES], start=2):
        fields = _fields(OBJECTIVES, number, cells)
        _known(OBJECTIVES, number, "file", fields.get("file"), contents)["objectives"].append(fields)
        objectives[str(fields.get("id"))] = fields
        del fields["file"]
    for number, cells in enumerate(tables[KEY_RESULTS], start=2):
        fields = _fields(KEY_RESULTS, number, cells)
        above = _known(KEY_RESULTS, number, "objective", fields.pop("objective", None), objectives)
        fields["measure"] = _measured(fields)
        above.setdefault("key_results", []).append(fields)
    return tuple(OkrSource(file, content, _text(content, written[file])) for file, content in contents.items())


def _text(content: Mapping[str, Any], written: Mapping[str, Any]) -> str:
    said = written.get("says")
    return str(written.get("text", "")) if said and said == _digest(content) else ""


def _digest(content: Mapping[str, Any]) -> str:
    """Of what a file means, however it is written; "" for what is no OKR file."""
    try:
        meant = OkrFile.model_validate(content).model_dump_json()
    except ValidationError:
        return ""
    return hashlib.sha256(meant.encode()).hexdigest()


class BadCell(Exception):
    """A cell that cannot be right; rows count from 1, the header being the first."""

    def __init__(self, table: str, row: int, column: str, message: str) -> None:
        super().__init__(message)
        self.table, self.row, self.column, self.message = table, row, column, message


def _row(table: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(cell(fields.get(column), kind(column)) for column in columns()[table])


def _fields(table: str, number: int, cells: Cells) -> dict[str, Any]:
    """What is given in a row; an empty cell is a field that nobody wrote."""
    found = {}
    for column, text in cells.items():
        if column not in columns()[table]:
            raise BadCell(table, number, column, "is no column of this table; a newer okrsync may know it")
        try:
            field = value(text, kind(column))
        except ValueError as error:
            raise BadCell(table, number, column, f"`{text[:60]}` must be {error}") from None
        if field is not None:
            found[column] = field
    return found


def _known(table: str, number: int, column: str, name: Any, known: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if name not in known:
        raise BadCell(table, number, column, f"`{name or ''}` is in no row of the table above it")
    return known[name]


def _measure(measure: Mapping[str, Any]) -> dict[str, Any]:
    more = {name: one for name, one in measure.items() if name not in ("type", "start", "target")}
    ends = {name: measure[name] for name in ("start", "target") if name in measure}
    return {"measure": measure["type"], **ends, "measure_more": more or None}


def _measured(fields: dict[str, Any]) -> dict[str, Any]:
    more = fields.pop("measure_more", None) or {}
    ends = {name: fields.pop(name) for name in ("start", "target") if name in fields}
    return {"type": fields.pop("measure", None), **ends, **more}
