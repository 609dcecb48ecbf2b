"""What pydantic found, said in plain English and in the places where people wrote it.

Branches of unions and discriminator tags, which pydantic puts into its locations, disappear; names that are
nearly right are told the nearest; values are shown only where they can be no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from okrsync.errors import Problem
from okrsync.model.okr import KEY_RESULT_ID
from okrsync.near import nearest
from okrsync.words import listed
from okrsync.yamlfile import Document, Place

MOST_NAMES = 12
"""So many possible names are listed where none is near."""

ROUNDS = 12
"""So deep lie wrong names within wrong names at most."""

_ABOUT_THE_TYPE = ("union_tag_invalid", "union_tag_not_found")
AN_ID = "use up to 40 letters, digits, `.`, `_` and `-`, a letter or digit first"
_QUOTED = re.compile(r"'([^']*)'")


def suggest(name: object, valid: Iterable[str]) -> str:
    """``; did you mean `x`?``, or which names there are when none is near."""
    names = list(valid)
    if near := nearest(name, names):
        return f"; did you mean `{near}`?"
    if not names:
        return ""
    return f"; there {'is' if len(names) == 1 else 'are'} {quoted(names)}"


def quoted(names: Sequence[str], last: str = "and") -> str:
    """Names, each in the ticks of code, as ``words.listed`` joins them; a long list is cut."""
    shown = [f"`{name}`" for name in names[:MOST_NAMES]]
    if len(names) > MOST_NAMES:
        return f"{', '.join(shown)}, …"
    return listed(shown, last)


def findings(error: ValidationError, data: object, model: type[BaseModel]) -> list[tuple[Place, str]]:
    """What is wrong with ``data``, which was validated as ``model``: one message for each place in it."""
    found: dict[Place, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        found.setdefault(_written_place(details, data), []).append(details)
    return [
        (place, _joined([_message(one, model) for one in details]))
        for place, details in found.items()
        if not _only_another_branch(place, details, found)
    ]


def respelt(document: Document, model: type[BaseModel], at: Place = ()) -> list[Problem]:
    """What is wrong with fields that have nearly the right name; they are given it, so that what they hold is read.

    ``model`` is that of what stands ``at`` a place of the document, which is changed.
    """
    problems: list[Problem] = []
    for _ in range(ROUNDS):
        data = document.at(at).value
        try:
            model.model_validate(data)
            break
        except ValidationError as error:
            wrong = list(_mistyped(error, data, model))
        for place, name in wrong:
            problems.append(document.problem((*at, *place), f"is not a field here; did you mean `{name}`?"))
            document.rename((*at, *place), name)
        if not wrong:
            break
    return problems


def _mistyped(error: ValidationError, data: Any, model: type[BaseModel]) -> Iterator[tuple[Place, str]]:
    """Places of fields that nobody knows, and the free name next to theirs."""
    for details in error.errors(include_url=False):
        if details["type"] not in ("extra_forbidden", "union_tag_not_found"):
            continue
        *around, last = _written_place(details, data)
        holder = data
        for step in around:
            holder = holder[step]
        if details["type"] == "union_tag_not_found":
            named = nearest(last, holder) if isinstance(holder, Mapping) else None
            yield from [((*around, named), str(last))] if named else []
        elif near := nearest(last, (name for name in _fields_at(model, details["loc"][:-1]) if name not in holder)):
            yield (*around, last), near


def _joined(messages: Sequence[str]) -> str:
    """``must be a list or false``: what every branch of a union expects."""
    must = "must be "
    first, *others = dict.fromkeys(messages)
    return " or ".join([first, *(other.removeprefix(must) if first.startswith(must) else other for other in others)])


def _written_place(details: ErrorDetails, data: Any) -> Place:
    """The location without tags and union branches, which do not occur in what was written."""
    place: list[str | int] = []
    location = details["loc"]
    for position, step in enumerate(location, start=1):
        within = step in data if isinstance(data, Mapping) else isinstance(data, list) and step in range(len(data))
        if within:
            data = data[step]
        elif not (details["type"] == "missing" and position == len(location)):
            continue
        place.append(step)
    return (*place, "type") if details["type"] in _ABOUT_THE_TYPE else tuple(place)


def _only_another_branch(place: Place, details: list[ErrorDetails], found: Mapping[Place, object]) -> bool:
    """True where ``false`` or text was possible, too, but a mapping was written and is wrong further down."""
    deeper = any(other != place and other[: len(place)] == place for other in found)
    return (
        deeper
        and all(one["type"] != "value_error" for one in details)
        and isinstance(details[0]["input"], Mapping | list)
    )


def _message(details: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context, value = details["type"], details.get("ctx", {}), details["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"is not a field here{suggest(details['loc'][-1], _fields_at(model, details['loc'][:-1]))}"
    if kind in ("literal_error", "enum"):
        return _not_one_of(value, _QUOTED.findall(str(context["expected"])), str(context["expected"]))
    if kind == "union_tag_invalid":
        return _not_one_of(context["tag"], _QUOTED.findall(context["expected_tags"]), "")
    if kind == "union_tag_not_found":
        tags = [tag for one in _models_at(model, details["loc"]) for tag in _tags(one)]
        return f"is missing; use {quoted(tags, 'or')}" if tags else "is missing"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return _form(details, model)
    return _of_type(kind, context, value) or details["msg"][:1].lower() + details["msg"][1:]


def _not_one_of(value: object, names: Sequence[str], expected: str) -> str:
    if not names:
        return f"must be {expected.lower()}"
    if not isinstance(value, str):
        return f"must be {quoted(names, 'or')}"
    near = nearest(value, names)
    return f"`{value}` is not possible; " + (f"did you mean `{near}`?" if near else f"use {quoted(names, 'or')}")


def _form(details: ErrorDetails, model: type[BaseModel]) -> str:
    if details["ctx"]["pattern"] == KEY_RESULT_ID:
        return f"`{details['input']}` cannot be an id; {AN_ID}"
    field = _field_at(model, details["loc"])
    what = f" ({field.description.rstrip('.')})" if field and field.description else ""
    return f"`{details['input']}` does not have the right form{what}"


_EXPECTED = {
    "string": "text", "int": "a whole number", "float": "a number", "finite": "a number", "bool": "`true` or `false`",
    "date": "a date such as 2026-10-01", "tuple": "a list", "list": "a list", "set": "a list", "frozen": "a list",
    "model": "fields with values", "dict": "fields with values",
    "mapping": "fields with values", "path": "the path of a file",
}  # fmt: skip

_LIMITS = {
    "greater_than": ("must be more than {}", "gt"),
    "greater_than_equal": ("must be at least {}", "ge"),
    "less_than": ("must be less than {}", "lt"),
    "less_than_equal": ("must be at most {}", "le"),
    "string_too_short": ("must be at least {} long", "min_length"),
    "string_too_long": ("must be at most {} long", "max_length"),
    "too_short": ("must have at least {}", "min_length"),
    "too_long": ("must have at most {}", "max_length"),
}


def _of_type(kind: str, context: Mapping[str, Any], value: object) -> str | None:
    if kind in _LIMITS:
        words, name = _LIMITS[kind]
        limit = context[name]
        entries = "" if not kind.startswith("too") else " entry" if limit == 1 else " entries"
        return words.format(f"{limit:g}") + entries
    expected = _EXPECTED.get(kind.partition("_")[0])
    if expected is None:
        return None
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return "must be text; put the number in quotes"
    if value is None:
        return f"is empty; it must be {expected}"
    return f"must be {expected}"


def _fields_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    return [name for one in _models_at(model, location) for name in one.model_fields]


def _field_at(model: type[BaseModel], location: Sequence[str | int]) -> FieldInfo | None:
    for end in range(len(location) - 1, -1, -1):
        for one in _models_at(model, location[:end]):
            if (name := location[end]) in one.model_fields:
                return one.model_fields[str(name)]
    return None


def _models_at(model: type[BaseModel], location: Sequence[str | int]) -> list[type[BaseModel]]:
    """The models that a location of pydantic's can mean; tags and branch names narrow them down."""
    models = [model]
    for step in location:
        fields = [one.model_fields[step] for one in models if isinstance(step, str) and step in one.model_fields]
        if fields:
            models = [found for field in fields for found in _models_in(field.annotation)]
        elif isinstance(step, str):
            models = [one for one in models if one.__name__ == step or step in _tags(one)] or models
    return models


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    tag = model.model_fields.get("type")
    return get_args(tag.annotation) if tag else ()


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
