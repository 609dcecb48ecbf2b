"""What can be understood of an OKR file that is not right, so that everything wrong with it is told at once.

Whatever is wrong is left out, or takes a stand-in where something must be there. Entries of lists keep their positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from okrsync.model.okr import OkrFile
from okrsync.wording import findings
from okrsync.yamlfile import Place

ROUNDS = 12
"""What is wrong deep inside a file is mended in a few; more would not help."""

_MEASURE: Mapping[str, Any] = {"type": "completion"}
_CYCLE: Mapping[str, Any] = {"id": "0", "start": date.min, "end": date.max}
_LINK: Mapping[str, Any] = {"connection": "", "items": ["-"]}


@dataclass(frozen=True, slots=True)
class Salvage:
    """The content that is left, if any; what is wrong; and the places that do not hold what was written."""

    content: OkrFile | None
    found: tuple[tuple[Place, str], ...] = ()
    replaced: frozenset[Place] = frozenset()


def salvage(data: Mapping[str, Any]) -> Salvage:
    """Read an OKR file as far as it can be understood. ``data`` is not changed."""
    rest = dict(deepcopy(data))
    found: list[tuple[Place, str]] = []
    replaced: set[Place] = set()
    for _ in range(ROUNDS):
        try:
            return Salvage(OkrFile.model_validate(rest), tuple(found), frozenset(replaced))
        except ValidationError as error:
            wrong = findings(error, rest, OkrFile)
        found += [(place, message) for place, message in wrong if not touches(place, replaced)]
        replaced |= _mended(rest, [place for place, _ in wrong])
    return Salvage(None, tuple(found), frozenset(replaced))


def inside(place: Place, places: frozenset[Place] | set[Place]) -> bool:
    """Is it one of these places, or in one?"""
    return any(place[:end] in places for end in range(len(place) + 1))


def touches(place: Place, places: frozenset[Place] | set[Place]) -> bool:
    """Is it one of these places, in one, or around one?"""
    return inside(place, places) or any(other[: len(place)] == place for other in places)


def _mended(data: dict[str, Any], places: Iterable[Place]) -> set[Place]:
    changed: set[Place] = set()
    for place in places:
        if not inside(place, changed):
            changed.add(_mend(data, place))
    return changed


def _mend(data: dict[str, Any], place: Place) -> Place:
    """Take out what is wrong at ``place``, or, where that cannot go, around it; the place that was changed."""
    *around, last = place
    holder: Any = data
    for step in around:
        holder = holder[step]
    if isinstance(holder, list):
        if (entry := _entry(around)) is None:
            return _mend(data, tuple(around))
        holder[int(last)] = entry
    elif last in holder:
        del holder[last]
    elif (stand_in := _stand_in(place)) is not None:
        holder[last] = stand_in
    elif around:
        return _mend(data, tuple(around))
    return place


def _entry(around: list[str | int]) -> dict[str, Any] | None:
    """Instead of a bad entry of this list, since those behind it keep their positions."""
    if around[-1] == "links":
        return dict(_LINK)
    return {} if around[-1] in ("objectives", "key_results") else None


def _stand_in(place: Place) -> Any:
    """For something that must be there."""
    last = place[-1]
    if place[0] == "cycle":
        return dict(_CYCLE) if len(place) == 1 else _CYCLE.get(str(last))
    if last == "id":
        return "-".join(["0", *(str(step) for step in place if isinstance(step, int))])
    if last == "measure":
        return dict(_MEASURE)
    return {"title": "-", "objectives": []}.get(str(last))
