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

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from okrsync.errors import ConfigError, Problem
from okrsync.model.closing import Decision
from okrsync.practice.scoring import Word
from okrsync.wording import findings, suggest
from okrsync.yamlfile import Document, read_yaml, refusal

KEY_RESULT = "key_result"
_HINT = "Each line is `key result: 0.7`, or fields: score, note, moved, change, decision."


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


def read_scores(path: Path) -> dict[str, Word]:
    """What a file decides, by key result. Raises ConfigError with everything that is wrong in it, and where."""
    if path.suffix.lower() == ".csv":
        return _from_csv(path)
    document = read_yaml(path, str(path))
    if not isinstance(document.data, dict):
        raise refusal([document.problem((), "must be key results with their scores")])
    problems: list[Problem] = []
    words = {str(name): _word(document, str(name), value, problems) for name, value in document.data.items()}
    if problems:
        raise refusal(problems)
    return words


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


def _from_csv(path: Path) -> dict[str, Word]:
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", hint=_HINT) from error
    names = list(rows[0]) if rows else []
    known = [KEY_RESULT, *_Entry.model_fields]
    if KEY_RESULT not in names or (unknown := [name for name in names if name not in known]):
        what = f"has a column `{unknown[0]}`{suggest(unknown[0], known)}" if KEY_RESULT in names else "needs a column"
        what = what if KEY_RESULT in names else f"{what} `{KEY_RESULT}`"
        raise refusal([Problem(str(path), 1, "", what)])
    problems: list[Problem] = []
    words = {}
    for line, row in enumerate(rows, start=2):
        fields = {name: value for name, value in row.items() if name != KEY_RESULT and value not in ("", None)}
        try:
            words[row[KEY_RESULT]] = _Entry.model_validate(fields).word
        except ValidationError as error:
            found = findings(error, fields, _Entry)
            problems += [Problem(str(path), line, ".".join(map(str, place)), message) for place, message in found]
    if problems:
        raise refusal(problems)
    return words
