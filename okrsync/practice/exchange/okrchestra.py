"""OKRchestra's workspace: ``okrs/*.yml`` with objectives and key results, and ``metrics/manual.yml`` with values.

Source: the repository mattui/okrchestra on GitHub, ``okrs/schema.md`` and the validation in
``internal/okrstore/validate.go``, and ``internal/metrics/provider_manual.go`` for the values. A key result there has an
owner, a metric key, a baseline, a target, a confidence from 0 to 1, a status and a list of evidence, all required.
What it has no place for lies beside it (``beside``): links, plans, weights, histories, check-ins and scores. What the
notes of an objective say in our own words, and the units of metrics, is read back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from okrsync.method.coach.finding import PURSUED
from okrsync.model.okr import Cycle, Objective, Placed
from okrsync.model.sample import Sample
from okrsync.model.verdict import Status
from okrsync.practice.desk import Desk
from okrsync.practice.exchange.table import Row
from okrsync.practice.standing import verdict_of
from okrsync.report.numbers import SHARES

UNSAID = 0.5
"""The confidence of a key result about which nobody has said one; the format demands a number."""
NOBODY = "unassigned"
"""The owner of what nobody owns; the format demands one."""
EVIDENCE = 20
"""So many linked tickets are named as evidence."""

_STATUS = {Status.ACHIEVED: "achieved", Status.AT_RISK: "at_risk", Status.OVERDUE: "at_risk"}
_SHARE, _COUNT = _NO_UNITS = ("share", "count")
_CYCLE = re.compile(r"(.+), (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")
_BEGUN, _NOT_BEGUN = "in_progress", "not_started"


class Workspace(msgspec.Struct, frozen=True):
    """The files of a workspace by path, and the objectives that found no place in them: those without key results."""

    files: Mapping[str, str]
    left_out: tuple[str, ...] = ()


def as_workspace(desk: Desk) -> Workspace:
    """Every objective that is pursued and has key results, one document for each OKR file."""
    with desk.store.reading():
        return _Writing(desk).workspace()


class _Writing:
    """One export, in one view of the store."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.samples = desk.store.history.latest_samples()
        self.said = desk.store.checkins.latest()
        self.placed = desk.okrs.by_id()
        self.left_out: list[str] = []

    def workspace(self) -> Workspace:
        documents: dict[str, list[dict[str, Any]]] = {}
        metrics: list[dict[str, Any]] = []
        for objective, cycle in self.desk.okrs.objectives:
            pursued = [self.placed[one.id] for one in objective.key_results if one.state in PURSUED]
            if objective.state in PURSUED and pursued:
                results = [self._key_result(one) for one in pursued]
                home = self.desk.okrs.home(objective.id).file
                documents.setdefault(home, []).append(_objective(objective, cycle, results))
                metrics += [found for one in pursued if (found := self._metric(one))]
            else:
                self.left_out.append(objective.id)
        files = {f"okrs/{name}.yml": _yaml(document) for name, document in _named(documents)}
        if metrics:
            files["metrics/manual.yml"] = _yaml({"metrics": metrics})
        return Workspace(files, tuple(self.left_out))

    def _key_result(self, placed: Placed) -> dict[str, Any]:
        one, sample, last = placed.key_result, self._sample(placed), self.said.get(placed.key_result.id)
        baseline, target = _ends(placed)
        confidence = last.confidence / 10 if last and last.confidence is not None else UNSAID
        current = _current(placed, sample)
        moved = {"current": current, "last_updated": _stamp(sample)} if sample and current is not None else {}
        return {
            "kr_id": one.id, "description": one.title, "owner_id": placed.owner or NOBODY,
            "metric_key": _metric_key(one.id), "baseline": baseline, "target": target, "confidence": confidence,
            "status": self._status(placed, sample), "evidence": self._evidence(one.id), **moved,
        }  # fmt: skip

    def _sample(self, placed: Placed) -> Sample | None:
        return self.samples.get(placed.key_result.id)

    def _status(self, placed: Placed, sample: Sample | None) -> str:
        begun = sample is not None and sample.raw is not None and sample.raw > 0
        return _STATUS.get(verdict_of(self.desk, placed).status, _BEGUN if begun else _NOT_BEGUN)

    def _evidence(self, key_result: str) -> list[str]:
        parts = self.desk.store.links.parts(key_result)
        return [item.url or item.key for item, _ in parts][:EVIDENCE]

    def _metric(self, placed: Placed) -> dict[str, Any] | None:
        current = _current(placed, self._sample(placed))
        measure = placed.key_result.measure
        unit = placed.key_result.value_unit or (_SHARE if measure.type in SHARES else _COUNT)
        key = _metric_key(placed.key_result.id)
        return None if current is None else {"key": key, "value": current, "unit": unit}


def _named(documents: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    taken: set[str] = {"permissions"}
    for file, objectives in documents.items():
        stem = name = Path(file).stem or "okrs"
        while name in taken:
            name = f"{stem}-{len(taken)}"
        taken.add(name)
        scope = "team" if any("team" in one["notes"] for one in objectives) else "org"
        yield name, {"scope": scope, "objectives": objectives}


def _objective(objective: Objective, cycle: Cycle, results: list[dict[str, Any]]) -> dict[str, Any]:
    said = {"cycle": f"{cycle.id}, {cycle.start} to {cycle.end}", "team": objective.team, "kind": objective.kind}
    notes = "; ".join(f"{name}: {value}" for name, value in said.items() if value)
    owner = {"owner_id": objective.owner} if objective.owner else {}
    return {
        "objective_id": objective.id, "objective": objective.title, **owner, "notes": notes, "key_results": results,
    }  # fmt: skip


def _ends(placed: Placed) -> tuple[float, float]:
    return placed.key_result.way or (0.0, 1.0)


def _current(placed: Placed, sample: Sample | None) -> float | None:
    if sample is None:
        return None
    return sample.progress if placed.key_result.way is None else sample.value


def _metric_key(key_result: str) -> str:
    return f"okrsync.{key_result}"


def _stamp(sample: Sample) -> str:
    """RFC 3339, which the format's own parser wants without fractions."""
    return sample.at.replace(microsecond=0).isoformat()


def _yaml(document: Mapping[str, Any]) -> str:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 10_000
    text = io.StringIO()
    yaml.dump(document, text)
    return text.getvalue()


def units_of(metrics: Any) -> dict[str, str]:
    """The unit of each metric in ``metrics/manual.yml``, but for the words that stand for none of ours."""
    found = {_text(one, "key"): _text(one, "unit") for one in _list(metrics, "metrics")}
    return {key: unit for key, unit in found.items() if unit not in _NO_UNITS}


def rows_of(document: Any, file: str, units: Mapping[str, str] | None = None) -> Iterator[Row]:
    """The key results of an OKRchestra document, as rows of a foreign table; places are named as they are written.

    ``units`` are those of the metrics.
    """
    for at, objective in enumerate(_list(document, "objectives")):
        noted = _noted(_text(objective, "notes"))
        for number, one in enumerate(_list(objective, "key_results")):
            place = f"objectives[{at}].key_results[{number}]"
            cells = {
                "objective_id": _text(objective, "objective_id"),
                "objective": _text(objective, "objective"),
                "objective_owner": _text(objective, "owner_id"),
                "id": _text(one, "kr_id"),
                "title": _text(one, "description"),
                "owner": _text(one, "owner_id"),
                "start": _text(one, "baseline"),
                "target": _text(one, "target"),
                "unit": (units or {}).get(_text(one, "metric_key")) or _unit(_text(one, "metric_key")),
                "team": noted.get("team", ""),
                "kind": noted.get("kind", ""),
            }
            yield Row(file, place, cells, {name: name for name in cells}, _remark(one))


def cycle_of(document: Any) -> tuple[str, date, date] | None:
    """The id and the days of the cycle that an exported document tells in its notes; None for any other."""
    for objective in _list(document, "objectives"):
        found = _CYCLE.fullmatch(_noted(_text(objective, "notes")).get("cycle", ""))
        if found:
            return found[1], date.fromisoformat(found[2]), date.fromisoformat(found[3])
    return None


def _noted(notes: str) -> dict[str, str]:
    """What notes say as we write them: ``team: shop; kind: committed``."""
    parts = (part.partition(": ") for part in notes.split("; "))
    return {name: value for name, sign, value in parts if sign and name in ("cycle", "team", "kind")}


def _unit(metric: str) -> str:
    """OKRchestra keeps units beside the values only; its own examples end a metric in it."""
    return "%" if metric.endswith((".pct", "_pct")) else "ms" if metric.endswith("_ms") else ""


def _remark(one: Any) -> str:
    fields = ("metric_key", "current", "confidence", "status")
    said = [f"{name.replace('_key', '')} {value}" for name in fields if (value := _text(one, name))]
    return f"OKRchestra: {', '.join(said)}"


def _list(holder: Any, name: str) -> list[Any]:
    found = holder.get(name) if isinstance(holder, Mapping) else None
    return found if isinstance(found, list) else []


def _text(holder: Any, name: str) -> str:
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
