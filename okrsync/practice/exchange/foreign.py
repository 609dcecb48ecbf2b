"""Objectives and key results of others, row by row, as an OKR file of ours.

A row is a key result, and names its objective; where that cell is empty, it belongs to the objective above, as in
tables that people make. Everything that cannot be right is told with its file, row and column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from okrsync.errors import Problem
from okrsync.model.okr import KEY_RESULT_ID, Cycle
from okrsync.practice.exchange.table import Row, refused
from okrsync.wording import suggest

LONGEST_TITLE = 300
_OF_AN_OBJECTIVE = {"objective_owner": "owner", "team": "team", "parent": "parent", "kind": "kind"}
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_LONGEST_STEM = 32


class Made(msgspec.Struct, frozen=True):
    """The fields of an OKR file, and what is worth saying about each key result in a comment."""

    content: dict[str, Any]
    remarks: Mapping[str, str]


def make(
    rows: Iterable[Row], cycle: Cycle, file: str, *, objectives: Collection[str] = (), key_results: Collection[str] = ()
) -> Made:
    """An OKR file of these rows. ``objectives`` and ``key_results`` are ids that exist already.

    Raises ConfigError with every cell that cannot be right.
    """
    making = _Making(cycle, {*objectives, *key_results})
    for row in rows:
        making.add(row)
    made = {one["id"]: one for one in making.objectives.values()}
    for parent, row in making.parents:
        if parent not in (known := [*objectives, *made]):
            making.problems.append(row.problem("parent", f"no objective is called `{parent}`{suggest(parent, known)}"))
    if not made and not making.problems:
        making.problems.append(Problem(file, None, "", "has no row with a key result"))
    if making.problems:
        raise refused(file, making.problems, "Correct the file, or its mapping with --map, and import again.")
    head = cycle.model_dump(mode="json", exclude_defaults=True)
    return Made({"cycle": head, "objectives": list(made.values())}, making.remarks)


class _Making:
    """Collects objectives from rows; what is wrong is collected beside."""

    def __init__(self, cycle: Cycle, taken: Collection[str]) -> None:
        self.cycle = cycle
        self.objectives: dict[str, dict[str, Any]] = {}
        self.remarks: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.parents: list[tuple[str, Row]] = []
        self._taken = {name.casefold() for name in taken}
        self._given: dict[str, Row] = {}
        self._above: dict[str, Any] | None = None

    def add(self, row: Row) -> None:
        before = len(self.problems)
        objective = self._objective(row)
        title = self._title(row, "title", row.cells.get("title", ""))
        if not title:
            self.problems.append(row.problem("title", "is empty; every row is a key result"))
        if objective is None or len(self.problems) > before:
            return
        made: dict[str, Any] = {"id": self._id(row, "id", objective["id"]), "title": title}
        made |= {name: text for name in ("owner", "unit") if (text := row.cells.get(name, ""))}
        made |= self._day(row) | self._weight(row)
        measure, remark = self._measure(row, made)
        made["measure"] = measure
        objective["key_results"].append(made)
        told = "; ".join(part for part in (f"from {Path(row.file).name}, {row.place}", row.remark, remark) if part)
        self.remarks[made["id"]] = told

    def _objective(self, row: Row) -> dict[str, Any] | None:
        """The objective of a row: the one it names, or the one above."""
        title, name = row.cells.get("objective", ""), row.cells.get("objective_id", "")
        if name or title:
            known = self.objectives.get((name or title).casefold())
            self.problems += _contradictions(row, known or {})
            self._above = known or self._new_objective(row, title, name)
        elif self._above is None:
            self.problems.append(row.problem("objective", "is empty, and there is no objective above it"))
        else:
            self.problems += _contradictions(row, self._above)
        return self._above

    def _new_objective(self, row: Row, title: str, name: str) -> dict[str, Any]:
        made = {
            "id": self._id(row, "objective_id", title or name),
            "title": self._title(row, "objective", title or name),
        }
        made |= {ours: text for theirs, ours in _OF_AN_OBJECTIVE.items() if (text := row.cells.get(theirs, ""))}
        if made.get("kind", "committed") not in ("committed", "aspirational"):
            self.problems.append(row.problem("kind", f"`{made['kind']}` must be committed or aspirational"))
        if "parent" in made:
            self.parents.append((made["parent"], row))
        objective = {**made, "key_results": []}
        self.objectives |= {key.casefold(): objective for key in (name, title) if key}
        return objective

    def _title(self, row: Row, field: str, title: str) -> str:
        if len(title) > LONGEST_TITLE:
            self.problems.append(row.problem(field, f"is {len(title)} characters long; at most {LONGEST_TITLE} fit"))
        return title

    def _id(self, row: Row, field: str, stem: str) -> str:
        """The id that is given, or one that is free."""
        if given := row.cells.get(field, ""):
            if not re.fullmatch(KEY_RESULT_ID, given):
                told = "cannot be an id; use up to 40 letters, digits, `.`, `_` and `-`, a letter or digit first"
                self.problems.append(row.problem(field, f"`{given}` {told}"))
            elif given.casefold() in self._taken:
                first = self._given.get(given.casefold())
                where = f"{first.file}, {first.place}" if first else "the OKR files"
                self.problems.append(row.problem(field, f"`{given}` exists already, in {where}"))
            self._given.setdefault(given.casefold(), row)
            return self._take(given)
        base = slug(stem)
        numbered = (f"{base}-{number}" for number in count(1 if field == "id" else 2))
        free = (name for name in (*([] if field == "id" else [base]),) if name.casefold() not in self._taken)
        return self._take(next(free, "") or next(name for name in numbered if name.casefold() not in self._taken))

    def _take(self, name: str) -> str:
        self._taken.add(name.casefold())
        return name

    def _day(self, row: Row) -> dict[str, str]:
        text = row.cells.get("due", "")
        if not text:
            return {}
        try:
            due = date.fromisoformat(text)
        except ValueError:
            self.problems.append(row.problem("due", f"`{text}` is no day; write it as 2026-12-15"))
            return {}
        if not self.cycle.start <= due <= self.cycle.end:
            span = f"the cycle {self.cycle.id} ({self.cycle.start} to {self.cycle.end})"
            self.problems.append(row.problem("due", f"{due} is outside {span}"))
        return {"due": due.isoformat()}

    def _weight(self, row: Row) -> dict[str, float]:
        weight, _ = self._number(row, "weight")
        if weight is not None and weight < 0:
            self.problems.append(row.problem("weight", f"`{row.cells['weight']}` must be at least 0"))
        return {} if weight is None else {"weight": weight}

    def _measure(self, row: Row, made: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """What can be said without knowing the tickets: a number that people report, or a yes or no."""
        (start, share), (target, also) = self._number(row, "start"), self._number(row, "target")
        if target is None and start is not None:
            self.problems.append(row.problem("target", "is empty, and there is a start; a yes or no has neither"))
        if target is None:
            return {"type": "boolean"}, "no target was given, so it is a yes or no"
        if start is not None and start == target:
            self.problems.append(row.problem("target", "is the same as the start; nothing would move"))
        if (share or also) and "unit" not in made:
            made["unit"] = "%"
        ends = {"target": target} if start is None else {"start": start, "target": target}
        if start is None and target == 0:
            self.problems.append(row.problem("target", "is 0, and there is no start; nothing would move"))
        return {"type": "manual", **ends}, "" if start is not None else "no start was given, so it counts from 0"

    def _number(self, row: Row, field: str) -> tuple[float | None, bool]:
        """A number, and whether it was written as a share with a per cent sign."""
        text = row.cells.get(field, "")
        bare = text.removesuffix("%").strip()
        if not text:
            return None, False
        if not _NUMBER.fullmatch(bare):
            self.problems.append(row.problem(field, f"`{text}` is no number; write it as 1200 or 2.5"))
            return None, False
        return float(bare), bare != text


def _contradictions(row: Row, objective: Mapping[str, Any]) -> Iterator[Problem]:
    """What a row says of its objective otherwise than the objective's first row did."""
    for theirs, ours in _OF_AN_OBJECTIVE.items():
        text = row.cells.get(theirs, "")
        if objective and text and text != objective.get(ours):
            first = f"`{objective[ours]}`" if ours in objective else "nothing"
            yield row.problem(theirs, f"`{text}` differs from the first row of the objective, which says {first}")


def slug(title: str) -> str:
    """A title as an id: ``Buying is effortless`` becomes ``buying-is-effortless``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    made = ""
    for word in words:
        if len(made) + len(word) + 1 > _LONGEST_STEM:
            break
        made = f"{made}-{word}" if made else word
    return made or (words[0][:_LONGEST_STEM] if words else "objective")
