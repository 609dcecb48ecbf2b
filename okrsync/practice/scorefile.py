"""Scores from a file: YAML or CSV that people filled in at the review.

    checkout-1: 0.8
    checkout-2: {score: 0.7, note: two bugs came late, moved: pairing, change: fewer at once, decision: continue}

A CSV has the same names in its first row, and ``key_result`` before them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from okrsync.errors import ConfigError, Problem
from okrsync.model.closing import Decision
from okrsync.practice.scoring import Ending, Word
from okrsync.wording import findings, suggest
from okrsync.yamlfile import Document, read_yaml, refusal

KEY_RESULT = "key_result"
_HINT = "Each line is `key result: 0.7`, or fields: score, note, moved, change, decision."
_AGAIN = "Correct this, then close again; nothing is closed yet."


def _text(value: object) -> object:
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_text)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    score: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    note: Text = ""
    moved: Text = ""
    change: Text = ""
    decision: Decision | None = None

    @property
    def word(self) -> Word:
        return Word(self.score, self.note, self.moved, self.change, self.decision)


class ScoreFile(msgspec.Struct, frozen=True):
    """What a file decides by key result, and on which line each stands."""

    file: str
    words: Mapping[str, Word]
    lines: Mapping[str, int]

    def refuse_unknown(self, ending: Ending) -> None:
        """Raises ConfigError for the key results of the file that the cycle does not have, each with its line."""
        known = [one.id for objective in ending.objectives for one in objective.key_results]
        folded = {name.casefold() for name in known}
        told = f"is no key result of the cycle {ending.cycle.id}"
        unknown = [name for name in self.words if name.casefold() not in folded]
        if unknown:
            problems = [
                Problem(self.file, self.lines[name], "", f"`{name}` {told}{suggest(name, known)}") for name in unknown
            ]
            raise refusal(problems, _AGAIN)


def read_score_file(path: Path) -> ScoreFile:
    """What a file decides. Raises ConfigError with everything that is wrong in it, and where."""
    if path.suffix.lower() == ".csv":
        return _from_csv(path)
    document = read_yaml(path, str(path))
    if not isinstance(document.data, dict):
        raise refusal([document.problem((), "must be key results with their scores")], f"{_HINT} {_AGAIN}")
    problems: list[Problem] = []
    words = {str(name): _word(document, str(name), value, problems) for name, value in document.data.items()}
    if problems:
        raise refusal(problems, _AGAIN)
    return ScoreFile(str(path), words, {name: document.line((name,)) for name in words})


def _word(document: Document, name: str, value: Any, problems: list[Problem]) -> Word:
    fields = value if isinstance(value, Mapping) else {"score": value}
    try:
        return _Entry.model_validate(fields).word
    except ValidationError as error:
        written = isinstance(value, Mapping)
        problems += [
            document.problem((name, *place) if written else (name,), message)
            for place, message in findings(error, fields, _Entry)
        ]
        return Word()


def _from_csv(path: Path) -> ScoreFile:
    rows = _rows(path)
    problems: list[Problem] = []
    words: dict[str, Word] = {}
    lines: dict[str, int] = {}
    for line, row in rows:
        name = (row[KEY_RESULT] or "").strip()
        if told := _wrong_row(row, name, lines):
            problems.append(Problem(str(path), line, "", told))
            continue
        fields = {field: value for field, value in row.items() if field != KEY_RESULT and value not in ("", None)}
        lines[name] = line
        try:
            words[name] = _Entry.model_validate(fields).word
        except ValidationError as error:
            found = findings(error, fields, _Entry)
            problems += [Problem(str(path), line, ".".join(map(str, place)), message) for place, message in found]
    if problems:
        raise refusal(problems, _AGAIN)
    return ScoreFile(str(path), words, lines)


def _wrong_row(row: Mapping[str, Any], name: str, lines: Mapping[str, int]) -> str:
    if None in row:
        return "has more cells than the first row; put text with commas in quotes"
    if not name:
        return f"names no key result in the column `{KEY_RESULT}`"
    return f"`{name}` stands on line {lines[name]} already" if name in lines else ""


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The rows with the lines that they end on. Raises ConfigError for columns that mean nothing."""
    try:
        reader = csv.DictReader(path.read_text("utf-8-sig").splitlines(keepends=True))
        rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", hint=_HINT) from error
    names = list(reader.fieldnames or ())
    known = [KEY_RESULT, *_Entry.model_fields]
    if KEY_RESULT not in names:
        raise refusal([Problem(str(path), 1, "", f"needs a column `{KEY_RESULT}`")], _AGAIN)
    if unknown := [name for name in names if name not in known]:
        told = f"has a column `{unknown[0]}`{suggest(unknown[0], known)}"
        raise refusal([Problem(str(path), 1, "", told)], _AGAIN)
    return rows
