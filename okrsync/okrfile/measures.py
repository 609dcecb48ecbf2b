"""What must hold between a key result's measure and its links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from okrsync.model.okr import Boolean, KeyResult, Link, Maintain, Metric, Milestones, Ratio, Role, Sum
from okrsync.okrfile.links import Tracker, own_labels
from okrsync.wording import suggest
from okrsync.yamlfile import Place

Finding = tuple[Place, str]
_MEASURE: Place = ("measure",)


def measure_problems(key_result: KeyResult, trackers: Mapping[str, Tracker]) -> Iterator[Finding]:
    """What is wrong with a measure beside its form: bounds, numbers that nobody reads, links it cannot use."""
    measure, place = key_result.measure, _MEASURE
    if isinstance(measure, Boolean | Maintain):
        yield from ((place + inner, message) for inner, message in _bounds(measure))
        metric, at = measure.of, (*place, "of")
    else:
        metric, at = measure, place
    if key_result.by_people:
        yield from _moved_by_people(key_result)
    elif isinstance(metric, Milestones):
        yield from _has_milestones(key_result, at)
    if metric is not None:
        fed_by = [trackers[link.connection] for link in key_result.links if link.connection in trackers]
        yield from _of_trackers(metric, at, fed_by or list(trackers.values()))


def _bounds(measure: Boolean | Maintain) -> Iterator[Finding]:
    given = [name for name in ("above", "below", "within") if getattr(measure, name) is not None]
    if len(given) > 1:
        yield (given[1],), f"stands beside `{given[0]}`; give one of them"
    if given and measure.of is None:
        yield (given[0],), "needs `of`, the metric to compare with it"
    if measure.within and measure.within[0] >= measure.within[1]:
        yield ("within",), "must be the lower and then the upper bound"


def _contributing(key_result: KeyResult) -> list[tuple[int, Link]]:
    return [(position, link) for position, link in enumerate(key_result.links) if link.role is Role.CONTRIBUTES]


def _moved_by_people(key_result: KeyResult) -> Iterator[Finding]:
    for position, _ in _contributing(key_result):
        message = (
            "tickets cannot move what people report at check-ins; write `role: supports`, or choose another measure"
        )
        yield ("links", position), message


def _has_milestones(key_result: KeyResult, at: Place) -> Iterator[Finding]:
    if not any(link.milestone_title or link.ancestor for _, link in _contributing(key_result)):
        yield at, "needs a link with `milestone`, `version` or `epic`, whose share done it is"


def _of_trackers(metric: Metric, at: Place, fed_by: list[Tracker]) -> Iterator[Finding]:
    if isinstance(metric, Sum):
        known = ["points", *dict.fromkeys(name for tracker in fed_by for name in tracker.listed("numbers"))]
        if metric.field not in known:
            message = f"no linked connection reads the number `{metric.field}`{suggest(metric.field, known)}"
            yield (*at, "field"), f"{message} (more are named in the connection's `numbers`)"
    if isinstance(metric, Ratio):
        for name in ("of", "over"):
            labels = getattr(metric, name).labels
            for inner, message in own_labels(labels, [tracker.namespace for tracker in fed_by]):
                yield (*at, name, *inner), message
