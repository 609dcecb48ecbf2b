"""Arbitrary OKR files and histories, for properties that must hold for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from okrsync.model.closing import Closing, Score
from okrsync.model.okr import OkrFile
from okrsync.model.rules import RULES, UNUSED_IGNORE
from okrsync.model.verdict import Status
from okrsync.model.work import Item, Outcome, State
from okrsync.store.archive import TABLES, kinds

AWKWARD = (
    "=1+1", "+x", "-3", "@sum", "'", "''", '"', "a,b", "a;b\nc", "\ta",
    "null", "~", "yes", "1.5", "1e5", "2026-10-01", "",
)  # fmt: skip
EPOCH = datetime(2026, 10, 1, tzinfo=UTC)

characters = st.characters(codec="utf-8", exclude_categories=("Cs",))
text = st.one_of(st.sampled_from(AWKWARD), st.text(characters, max_size=12))
title = st.one_of(st.sampled_from([one for one in AWKWARD if one]), st.text(characters, min_size=1, max_size=20))
named = title.filter(str.strip)
number = st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: value + 0.0)
weight = st.floats(0, 1e6)
days = st.dates(EPOCH.date(), EPOCH.date() + timedelta(days=90)).map(str)
identifier = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,12}\Z")
ignored = st.fixed_dictionaries(
    {"rule": st.sampled_from([rule for rule in RULES if rule != UNUSED_IGNORE]), "reason": title}
)


def fields(needed: Mapping[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict(needed), optional=optional)


def _metric(type: str, low: float, high: float, **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    """From somewhere between ``low`` and 0 to somewhere between 1 and ``high``."""
    return fields({"type": st.just(type), "start": st.floats(low, 0), "target": st.floats(1, high)}, **more)


labels = st.one_of(
    st.lists(named, min_size=1, max_size=2), st.fixed_dictionaries({"any": st.lists(named, min_size=1, max_size=2)})
)
metric = st.one_of(
    _metric("completion", 0, 1, by=st.sampled_from(["count", "points"]), in_progress_credit=st.just(0.25)),
    _metric("count", 0, 1e6, of=st.sampled_from(["open", "done", "created"])).filter(lambda one: "of" in one),
    _metric("manual", -1e6, 1e6, unit=text),
    _metric("ratio", -1e6, 1e6, of=fields({}, labels=labels, type=named)).filter(lambda one: "of" in one),
)
measure = st.one_of(
    metric,
    st.just({"type": "boolean"}),
    fields({"type": st.just("maintain"), "of": metric, "below": number}, inclusive=st.booleans()),
)
link = fields(
    {"connection": st.just("github"), "labels": labels, "role": st.just("supports")},
    milestone=named, created_since=days, items=st.lists(named, max_size=2),
    weight=st.floats(0.1, 10),
)  # fmt: skip
owned = {"owner": text, "weight": weight, "state": st.sampled_from(["draft", "active", "postponed", "abandoned"])}
key_result = fields(
    {"id": identifier, "title": title, "measure": measure},
    **owned, unit=text, due=days, carried_from=identifier, ignore=st.lists(ignored, max_size=2),
    links=st.lists(link, max_size=2),
    plan=st.lists(
        st.fixed_dictionaries({"date": days, "value": number}), max_size=2, unique_by=lambda point: point["date"]
    ).map(lambda points: sorted(points, key=lambda point: point["date"])),
)  # fmt: skip
objective = fields(
    {"id": identifier, "title": title, "key_results": st.lists(key_result, max_size=3)},
    **owned, team=text, kind=st.sampled_from(["committed", "aspirational"]), top=st.booleans(),
    rollup=st.sampled_from(["key_results", "children", "both"]), ignore=st.lists(ignored, max_size=1),
)  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """One or two OKR files by name, as plain values; ids are unique, whatever their case."""
    made: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    for name in ("okrs/shop.yaml", "okrs/platform.yaml")[: draw(st.integers(1, 2))]:
        objectives = draw(st.lists(objective, max_size=3))
        for position, one in enumerate(objectives):
            one["id"] = _unique(one["id"], position, seen)
            for below, result in enumerate(one["key_results"]):
                result["id"] = _unique(result["id"], below, seen)
        cycle = {"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"}
        more = draw(fields({}, roles=fields({}, coach=text), ignore=st.lists(ignored, max_size=1)))
        made[name] = {"cycle": cycle, **more, "objectives": objectives}
        OkrFile.model_validate(made[name])
    return made


def _unique(name: str, position: int, seen: set[str]) -> str:
    while name.casefold() in seen:
        name = f"{name[:20]}-{position}-{len(seen)}"
    seen.add(name.casefold())
    return name


_names = st.lists(text, max_size=2)
_moments = st.datetimes(EPOCH.replace(tzinfo=None), timezones=st.just(UTC))
_item = st.builds(
    Item, connection=text, scope=text, id=text, key=text, url=text, title=text, created=_moments, updated=_moments,
    points=number, numbers=st.dictionaries(text, number, max_size=2), labels=_names.map(tuple),
)  # fmt: skip
_closing = st.builds(
    Closing, cycle=identifier, start=st.dates(), end=st.dates(), timezone=st.just("UTC"), at=_moments, who=text,
    objectives=st.just(()), figures=st.just(()),
)  # fmt: skip
_score = st.builds(Score, key_result=identifier, suggested=st.none() | number, final=number, note=text)


def _plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


_PARTICULAR: Mapping[str, st.SearchStrategy[Any]] = {
    "items.body": _item.map(_plain),
    "closings.body": _closing.map(_plain),
    "scores.body": _score.map(_plain),
    "transitions.state": st.sampled_from([*State]).map(str),
    "transitions.outcome": st.none() | st.sampled_from([*Outcome]).map(str),
    "transitions.numbers": st.dictionaries(text, number, max_size=2),
    "checkins.status": st.none() | st.sampled_from([*Status]).map(str),
}
_VALUES = {
    "text": text,
    "time": st.integers(0, 10**13).map(lambda us: (EPOCH + timedelta(microseconds=us)).isoformat("T", "microseconds")),
    "int": st.integers(-(2**40), 2**40),
    "float": number,
    "bool": st.booleans(),
    "json": _names,
}  # fmt: skip


def _value(table: str, column: str, kind: str, *, nullable: bool) -> st.SearchStrategy[Any]:
    given = _PARTICULAR.get(f"{table}.{column}", _VALUES[kind])
    return st.one_of(st.none(), given) if nullable else given


@st.composite
def histories(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """A few rows for every table that is archived, whatever makes sense in them."""
    made = {}
    for name, table in TABLES.items():
        types = kinds(name)
        made[name] = []
        for number in range(draw(st.integers(0, 2))):
            row = {
                column.name: draw(_value(name, column.name, types[column.name], nullable=bool(column.nullable)))
                for column in table.columns
            }
            for key in table.primary_key:
                row[key.name] = number + 1 if types[key.name] == "int" else f"{row[key.name]}{number}"
            made[name].append(row)
    return made
