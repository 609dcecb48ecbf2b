"""What a key result was measured under, and what of it changed: a moved target must not look like work done.

A sample keeps its start, target, weight and a digest of the rest; the definition itself is kept beside the samples,
so that the reading after a change can be taken under the old one, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from pydantic import ValidationError

from okrsync.model.okr import KeyResult, Placed
from okrsync.model.sample import Sample

ENDS = {"start", "target"}
DIGITS = 12


def subject(key_result: str, definition: str) -> str:
    """Under which name a definition is kept; ``definition`` is its digest."""
    return f"definition of {key_result} {definition}"


def written(key_result: KeyResult) -> str:
    """A definition as it is kept, once for each digest; start, target and weight of then are in the samples."""
    return key_result.model_dump_json(include={"id", "title", "measure", "links"})


def revived(kept: Mapping[str, str], sample: Sample, today: KeyResult) -> KeyResult | None:
    """A key result as it was when a sample was taken, or None where nobody knows, or this version does not understand.

    ``kept`` maps subjects to definitions.
    """
    if sample.definition == digest(today):
        found: KeyResult | None = today
    else:
        found = _read(kept.get(subject(today.id, sample.definition)))
    if found is None:
        return None
    ends = {"start": sample.start, "target": sample.target}
    measure = found.measure.model_copy(update={name: end for name, end in ends.items() if end is not None})
    return today.model_copy(update={"measure": measure, "links": found.links})


def _read(text: str | None) -> KeyResult | None:
    if not text:
        return None
    try:
        return KeyResult.model_validate_json(text)
    except ValidationError:
        return None


def digest(key_result: KeyResult) -> str:
    """Changes with the measure, start and target left out, and with the links: two parts, one for each."""
    measure = key_result.measure.model_dump_json(exclude=ENDS)
    links = "".join(link.model_dump_json() for link in key_result.links)
    return f"{_short(measure)} {_short(links)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def stamp(placed: Placed) -> dict[str, Any]:
    """What a sample is taken under, as fields of it. Of bounds, start and target say nothing."""
    key_result = placed.key_result
    start, target = key_result.way or (None, None)
    return {"start": start, "target": target, "weight": key_result.weight, "definition": digest(key_result)}


def stamped(sample: Sample, placed: Placed) -> Sample:
    """The sample with what it was taken under."""
    return msgspec.structs.replace(sample, **stamp(placed))


def what_changed(before: Sample, after: Sample, old: KeyResult | None, new: KeyResult) -> tuple[str, ...]:
    """In words, how the definition of ``after`` differs from that of ``before``; nothing where that has none.

    ``old`` is the definition of ``before``, where it is known.
    """
    if not before.definition or before.rebuilt:
        return ()
    return tuple(_differences(before, after, old, new))


def _differences(before: Sample, after: Sample, old: KeyResult | None, new: KeyResult) -> Iterator[str]:
    for name in ("start", "target", "weight"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now and None not in (was, now):
            yield f"{name} {_said(was)} -> {_said(now)}"
    measured, linked = before.definition.split(" ")
    measures, links = after.definition.split(" ")
    if measured != measures:
        yield from _of_measure(old, new)
    if linked != links:
        yield "links changed"


def _of_measure(old: KeyResult | None, new: KeyResult) -> Iterator[str]:
    """The fields that differ, or only that the measure does where they do not compare."""
    was = old.measure.model_dump(exclude=ENDS) if old else {}
    now = new.measure.model_dump(exclude=ENDS)
    if was.get("type") != now["type"] or any(isinstance(value, Mapping) for value in now.values()):
        yield f"measure {was['type']} -> {now['type']}" if was and was["type"] != now["type"] else "measure changed"
        return
    yield from (f"{name} {_said(was.get(name))} -> {_said(now[name])}" for name in now if was.get(name) != now[name])


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return " to ".join(map(_said, value))
    return str(value)
