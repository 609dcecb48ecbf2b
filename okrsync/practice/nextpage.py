"""One OKR file on its way to the next cycle: every comment stays where it was, what does not go on is left out."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from okrsync.practice.okrfiles import checked
from okrsync.practice.yamltext import YamlText
from okrsync.yamlfile import parse_yaml

DRAFT = "until it is agreed on; then active"
OF_THE_OLD_CYCLE = ("due", "plan", "state")

Steps = tuple[str | int, ...]


class Moving(msgspec.Struct, frozen=True):
    """A key result's new id, and its new start and target, None where they stay."""

    id: str
    start: float | None
    target: float | None


class NextPage:
    """Each change is made in the text and in the data, which must agree in the end.

    ``objectives`` maps old ids to new ones, ``moving`` tells of key results by their old ids; the others are dropped.
    ``renamed`` are the new ids of all objectives that may stand above.
    """

    def __init__(
        self,
        text: str,
        file: str,
        objectives: Mapping[str, str],
        moving: Mapping[str, Moving],
        renamed: Mapping[str, str],
    ) -> None:
        self._file, self._objectives, self._moving, self._renamed = file, objectives, moving, renamed
        self._data = parse_yaml(text, file).data
        self._wanted: Any = copy.deepcopy(self._data)
        self._edits = YamlText(text)

    @property
    def concerned(self) -> bool:
        """Whether any of what is carried over is written in this file."""
        return any(one["id"] in self._objectives for one in self._data["objectives"])

    def carried(self, id: str, start: date, end: date) -> str:
        """The text for the next cycle. Raises ConfigError for what cannot be edited without losing something."""
        self._set(("cycle", "id"), id)
        self._set(("cycle", "start"), str(start))
        self._set(("cycle", "end"), str(end))
        self._set(("cycle", "state"), "draft", DRAFT)
        for number, objective in enumerate(self._data["objectives"]):
            if objective["id"] in self._objectives:
                self._objective(("objectives", number), objective)
            else:
                self._drop(("objectives", number))
        return checked(self._edits, _without_gaps(self._wanted), self._file)

    def _objective(self, place: Steps, objective: dict[str, Any]) -> None:
        self._set((*place, "id"), self._objectives[objective["id"]])
        self._set((*place, "carried_from"), objective["id"])
        if objective.get("parent") in self._renamed:
            self._set((*place, "parent"), self._renamed[objective["parent"]])
        if "state" in objective:
            self._drop((*place, "state"))
        key_results = objective.get("key_results") or []
        if key_results and not any(one["id"] in self._moving for one in key_results):
            self._drop((*place, "key_results"))
            return
        for number, key_result in enumerate(key_results):
            below = (*place, "key_results", number)
            if key_result["id"] in self._moving:
                self._key_result(below, key_result, self._moving[key_result["id"]])
            else:
                self._drop(below)

    def _key_result(self, place: Steps, key_result: dict[str, Any], moving: Moving) -> None:
        self._set((*place, "id"), moving.id)
        self._set((*place, "carried_from"), key_result["id"])
        for name in OF_THE_OLD_CYCLE:
            if name in key_result:
                self._drop((*place, name))
        for name, value in (("start", moving.start), ("target", moving.target)):
            if value is not None:
                self._set((*place, "measure", name), value)

    def _set(self, place: Steps, value: str | float, comment: str = "") -> None:
        self._edits.set(place, value, comment)
        self._parent(place)[place[-1]] = value

    def _drop(self, place: Steps) -> None:
        self._edits.drop(place)
        parent = self._parent(place)
        if isinstance(parent, list):
            parent[int(place[-1])] = _GONE
        else:
            del parent[place[-1]]

    def _parent(self, place: Steps) -> Any:
        node = self._wanted
        for step in place[:-1]:
            node = node[step]
        return node


def next_path(file: Path, cycle: str, following: str) -> Path:
    """Beside the old one: with the new cycle's id in the place of the old one's, or added to the name."""
    found = re.search(re.escape(cycle), file.stem, re.IGNORECASE)
    if found is None:
        return file.with_name(f"{file.stem}-{following.lower()}{file.suffix}")
    new = following if found[0] == cycle else following.lower()
    return file.with_name(file.stem[: found.start()] + new + file.stem[found.end() :] + file.suffix)


_GONE = object()
"""In the place of an entry that does not go on, so that the others keep their numbers until the end."""


def _without_gaps(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_gaps(one) for one in value if one is not _GONE]
    if isinstance(value, dict):
        return {name: _without_gaps(one) for name, one in value.items()}
    return value
