"""From linked items to a sample, and back from the sample to what each item added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

import msgspec

from okrsync.measure.completion import completion
from okrsync.measure.counting import CountTally, RatioTally, SumTally
from okrsync.measure.duration import DurationTally
from okrsync.measure.milestones import MilestonesTally
from okrsync.measure.tally import Evidence, Reading, Share, Tally
from okrsync.model.okr import (
    Boolean,
    Completion,
    Count,
    Duration,
    Maintain,
    Manual,
    Milestones,
    Placed,
    Ratio,
    Sum,
)
from okrsync.model.sample import Contribution, Linked, Sample
from okrsync.model.work import Item
from okrsync.words import plural

NAMED = 3
"""How many epics that are not broken down a flag names."""

ROUNDING = 1e-9

NEXT_SYNC = "the next complete sync measures it"

Part = tuple[Item, Linked]


class ManualTally(Tally):
    """The latest value of a check-in; work is shown and moves nothing."""

    rule = "manual v1"

    def __init__(self, checkin: float | None) -> None:
        super().__init__()
        self._checkin = checkin

    def share(self, item: Item, weight: float) -> Share:
        return Share(left_out="people give the value at check-ins")

    def reading(self) -> Reading:
        return Reading(self._checkin, flags=() if self._checkin is not None else ("no check-in gave a value yet",))


def measure(placed: Placed, parts: Iterable[Part], evidence: Evidence) -> Sample:
    """Read a key result from its linked items, each given once, in any order. ``parts`` is streamed."""
    tally = _tally(placed, evidence)
    excluded, counts, unreachable = 0, False, evidence.unreachable
    whole: list[str] = []
    for item, linked in parts:
        if linked.supports:
            continue
        if item.dropped or (unreachable and _outside(item, unreachable)) or not tally.add(item, linked.weight):
            excluded += 1
            continue
        counts = True
        if item.type.casefold() == "epic":
            whole.append(item.key)
    reading = tally.reading()
    remarks = (*_remarks(tally, counts, excluded, whole), *reading.flags)
    return _sample(placed, evidence, msgspec.structs.replace(reading, flags=remarks), excluded, tally.rule)


def contributions(
    placed: Placed, parts: Iterable[Part], evidence: Evidence, sample: Sample, apart: str = NEXT_SYNC
) -> Iterator[Contribution]:
    """What each item adds and why others are left out, supporting and unreachable ones included.

    For completion, ratio and milestones the parts add up to the numerator and denominator of ``sample``. Parts that
    are no items come first: milestones, the distance to a baseline, what changed since the sample was taken;
    ``apart`` says what there is to know about the last.
    """
    held, tally = list(parts), _tally(placed, evidence)
    for item, linked in held:
        if not linked.supports and not _outside(item, evidence.unreachable):
            tally.add(item, linked.weight)
    yield from tally.others()
    yield from _since(sample, tally.reading(), apart)
    for item, linked in held:
        left_out = "supports it, not counted" if linked.supports else _outside(item, evidence.unreachable)
        yield _contribution(item, linked, Share(left_out=left_out) if left_out else tally.share(item, linked.weight))


def _since(sample: Sample, now: Reading, apart: str) -> Iterator[Contribution]:
    """What separates a sample from today's items, where a connection could not be read since, say."""
    adds = (sample.numerator or 0.0) - (now.numerator or 0.0)
    of = (sample.denominator or 0.0) - (now.denominator or 0.0)
    if sample.rule and max(abs(adds), abs(of)) > ROUNDING * max(1.0, sample.scope):
        yield Contribution(
            connection="",
            item="since",
            key="since then",
            title="work that changed after this was measured",
            url="",
            state="",
            word="",
            adds=adds,
            of=of,
            left_out="",
            reasons=(apart,),
        )


def _contribution(item: Item, linked: Linked, share: Share) -> Contribution:
    return Contribution(
        connection=item.connection,
        item=item.id,
        key=item.key,
        title=item.title,
        url=item.url,
        state=item.state.value,
        word=item.word,
        adds=share.adds,
        of=share.of,
        left_out=share.left_out,
        reasons=linked.reasons,
    )


def _outside(item: Item, unreachable: Mapping[tuple[str, str], str]) -> str:
    """Why an item is in no scope at all: it is unreachable, cancelled or a duplicate."""
    if unreachable and (lost := unreachable.get((item.connection, item.id))) is not None:
        return lost or "unreachable"
    return str(item.outcome) if item.dropped else ""


def _tally(placed: Placed, evidence: Evidence) -> Tally:
    match placed.key_result.metric:
        case Completion() as metric:
            return completion(metric, evidence.baseline)
        case Count() as metric:
            return CountTally(metric, placed.cycle)
        case Sum() as metric:
            return SumTally(metric)
        case Ratio() as metric:
            return RatioTally(metric)
        case Duration() as metric:
            return DurationTally(metric)
        case Milestones() as metric:
            return MilestonesTally(metric, evidence.targets)
        case Manual() | None:
            return ManualTally(evidence.checkin)


def _remarks(tally: Tally, counts: bool, excluded: int, whole: list[str]) -> Iterator[str]:
    if not counts and not isinstance(tally, ManualTally | MilestonesTally):
        yield f"everything linked is left out: {plural(excluded, 'item')}" if excluded else "nothing is linked"
    if whole:
        rest = len(whole) - NAMED
        yield f"not broken down: {', '.join(sorted(whole)[:NAMED])}{f' and {rest} more' if rest > 0 else ''}"


def _sample(placed: Placed, evidence: Evidence, reading: Reading, excluded: int, rule: str) -> Sample:
    chosen = placed.key_result.measure
    if isinstance(chosen, Boolean | Maintain):
        reading, rule = _bounded(chosen, reading), f"{_bound(chosen)} of {rule}"
        raw = reading.value
    else:
        raw = None if reading.value is None else _raw(reading.value, chosen.start, chosen.target)
    return Sample(
        key_result=placed.key_result.id,
        at=evidence.at,
        value=reading.value,
        raw=raw,
        numerator=reading.numerator,
        denominator=reading.denominator,
        scope=reading.scope,
        done=reading.done,
        excluded=excluded,
        unestimated=reading.unestimated,
        flags=reading.flags,
        rule=rule,
    )


def _raw(value: float, start: float, target: float) -> float | None:
    """``(value - start) / (target - start)``: the same for rising and falling; not clamped."""
    raw = (value - start) / (target - start)
    return raw if isfinite(raw) else None


def _bounded(chosen: Boolean | Maintain, reading: Reading) -> Reading:
    """Met is 1, unmet 0, no value stays no value; an unmet bound is told with what was measured."""
    if reading.value is None:
        return reading
    met = _met(chosen, reading.value)
    flags = reading.flags if met else (*reading.flags, f"it is {reading.value:g} and should be {_wish(chosen)}")
    return msgspec.structs.replace(reading, value=float(met), flags=flags)


def _met(chosen: Boolean | Maintain, value: float) -> bool:
    if _has_bound(chosen):
        return chosen.holds(value)
    if chosen.of is None:
        return value >= 1
    raw = _raw(value, chosen.of.start, chosen.of.target)
    return raw is not None and raw >= 1


def _has_bound(chosen: Boolean | Maintain) -> bool:
    return (chosen.above, chosen.below, chosen.within) != (None, None, None)


def _wish(chosen: Boolean | Maintain) -> str:
    edge = " (inclusive)" if chosen.inclusive else ""
    if chosen.within is not None:
        return f"within {chosen.within[0]:g} and {chosen.within[1]:g}{edge}"
    if chosen.above is not None and chosen.below is not None:
        return f"above {chosen.above:g} and below {chosen.below:g}{edge}"
    if chosen.above is not None:
        return f"above {chosen.above:g}{edge}"
    if chosen.below is not None:
        return f"below {chosen.below:g}{edge}"
    return "yes" if chosen.of is None else f"at {chosen.of.target:g}"


def _bound(chosen: Boolean | Maintain) -> str:
    return f"{chosen.type} {_wish(chosen)}"
