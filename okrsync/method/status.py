"""Status: the verdict on a key result, by one precedence in which the first rule that applies decides.

    ended (closed, abandoned, postponed) -> not started -> achieved -> manual override -> overdue -> no data
    -> a bound that holds or not -> too early -> the preset

Source: docs/status.md. A bound is ``maintain`` or ``boolean``, of which nothing is expected by degrees; it
answers to the presets that need no expectation, and otherwise to whether it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

import msgspec

from okrsync.method.bands import reached, too_easy
from okrsync.method.divergence import divergences
from okrsync.method.expected import day_of, due, expected
from okrsync.method.presets import RATIO, TIMED, by_confidence, compare, reason
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Cycle, GoalState, KeyResult, Maintain, Manual, Objective, Phase, Placed
from okrsync.model.sample import Sample
from okrsync.model.verdict import Preset, Rule, Status, Verdict
from okrsync.words import number, percent

EARLY = 0.05
"""Below this much expectation a ratio says nothing."""

OVERRIDE_LASTS = timedelta(days=7)
"""For an override that names no end: a week, the usual time between two check-ins."""

INSTANT = timedelta(microseconds=1)

_ENDED = {GoalState.CLOSED: Status.CLOSED, GoalState.ABANDONED: Status.ABANDONED, GoalState.POSTPONED: Status.POSTPONED}


class Case(msgspec.Struct, frozen=True):
    """Everything a verdict is made from. Shares are 0 to 1, except ``raw``, which is not clamped.

    ``ended`` and ``draft`` are how the files say so, in words. ``bound`` tells that it holds or not, ``holding`` that
    it, or a part of it, must hold until it is due; ``missing`` says why there is no data. Days are
    told in ``zone``.
    """

    begins: date
    due: date
    day: date
    preset: Preset
    raw: float | None
    expected: float | None
    ended: tuple[Status, str] | None = None
    draft: str = ""
    holding: bool = False
    bound: bool = False
    confidence: float | None = None
    override: CheckIn | None = None
    zone: tzinfo = UTC
    missing: str = "nothing was measured yet"
    flags: tuple[str, ...] = ()

    @property
    def actual(self) -> float | None:
        """Progress within 0 to 1; None without a reading."""
        return None if self.raw is None else min(1.0, max(0.0, self.raw))


def verdict(
    placed: Placed,
    sample: Sample | None,
    at: datetime,
    *,
    preset: Preset = Preset.VIVA,
    checkins: Sequence[CheckIn] = (),
    probability: float | None = None,
    work: float | None = None,
) -> Verdict:
    """How a key result does at an aware time, and by which rule.

    ``sample`` is the reading that is true then. ``checkins`` are in order of time; those after ``at`` are passed over.
    ``probability`` is the forecast's, ``work`` the share of linked work that is done, both 0 to 1; they only lead to
    remarks.
    """
    said = [one for one in checkins if one.at <= at]
    case = case_of(placed, sample, day_of(placed.cycle, at), preset, said, at)
    found = judge(case)
    remarks = () if found.rule in _SETTLED else divergences(case.confidence, probability, case.raw, work)
    easy = too_easy(case.actual or 0.0, placed.objective.kind) if found.rule is Rule.ACHIEVED else ""
    return msgspec.structs.replace(found, remarks=(*remarks, *([easy] if easy else ())))


_SETTLED = (Rule.ENDED, Rule.NOT_STARTED, Rule.ACHIEVED)
"""Where a contradiction is no news any more, or not yet."""


def case_of(
    placed: Placed, sample: Sample | None, day: date, preset: Preset, said: Sequence[CheckIn], at: datetime
) -> Case:
    """A key result's facts on a day; ``said`` are the check-ins up to ``at``."""
    measure = placed.key_result.measure
    return Case(
        begins=placed.cycle.start,
        due=due(placed),
        day=day,
        preset=preset,
        raw=sample.raw if sample else None,
        expected=expected(placed, day),
        ended=ended(placed.key_result, placed.objective, placed.cycle),
        draft=draft(placed.key_result, placed.objective, placed.cycle),
        holding=isinstance(measure, Maintain),
        bound=placed.key_result.way is None,
        confidence=confidence(said),
        override=override(said, at),
        zone=placed.cycle.zone,
        missing=missing(placed, sample, said),
        flags=sample.flags if sample else (),
    )


def missing(placed: Placed, sample: Sample | None, said: Sequence[CheckIn]) -> str:
    """Why there is no value; one that was given since the reading has only to be counted."""
    measure = placed.key_result.measure
    given = next((one for one in reversed(said) if one.value is not None), None)
    if given is not None and given.value is not None and placed.key_result.by_people:
        value = f"{number(given.value)} {measure.unit}".rstrip() if isinstance(measure, Manual) else "a value"
        return f"{given.who} gave {value}, not yet counted by a sync"
    nothing = sample is not None and sample.value is None
    return "; ".join(sample.flags) if sample and nothing and sample.flags else "nothing was measured yet"


def confidence(said: Sequence[CheckIn]) -> int | None:
    """The confidence of the latest check-in that gave one."""
    return next((one.confidence for one in reversed(said) if one.confidence is not None), None)


def override(said: Sequence[CheckIn], at: datetime) -> CheckIn | None:
    """The latest check-in, where it set a status that still stands; whoever speaks after it ends it."""
    latest = said[-1] if said else None
    if latest is None or latest.status is None:
        return None
    return latest if at < (latest.expires or latest.at + OVERRIDE_LASTS) else None


def ended(key_result: KeyResult | None, objective: Objective, cycle: Cycle) -> tuple[Status, str] | None:
    """Whether the files say it is over or put away, and where they say so; what is nearest speaks first."""
    near = ((key_result, "it"), (objective, "its objective" if key_result else "it"))
    for one, name in near:
        if one is not None and one.state in _ENDED:
            return _ENDED[one.state], f"{name} is {one.state} in the OKR file"
    return (Status.CLOSED, f"its cycle {cycle.id} is closed") if cycle.state is Phase.CLOSED else None


def draft(key_result: KeyResult | None, objective: Objective, cycle: Cycle) -> str:
    """Who is a draft, or ""."""
    near = ((key_result, "it is"), (objective, "its objective is" if key_result else "it is"))
    for one, name in near:
        if one is not None and one.state is GoalState.DRAFT:
            return f"{name} a draft"
    return f"its cycle {cycle.id} is a draft" if cycle.state is Phase.DRAFT else ""


def judge(case: Case) -> Verdict:
    """The verdict of the first rule that applies."""
    found = next(found for rule in PRECEDENCE if (found := rule(case)) is not None)
    return msgspec.structs.replace(found, because=f"{found.status}: {found.because}")


def _say(case: Case, rule: Rule, status: Status, why: str) -> Verdict:
    return Verdict(status, why, case.actual, case.expected, case.preset, rule is Rule.OVERRIDE, rule=rule)


def _ended(case: Case) -> Verdict | None:
    return _say(case, Rule.ENDED, *case.ended) if case.ended else None


def _not_started(case: Case) -> Verdict | None:
    if case.draft:
        return _say(case, Rule.NOT_STARTED, Status.NOT_STARTED, case.draft)
    early = case.day < case.begins
    return _say(case, Rule.NOT_STARTED, Status.NOT_STARTED, f"it begins on {case.begins}") if early else None


def _achieved(case: Case) -> Verdict | None:
    """What must hold until it is due is not achieved before that day is over."""
    if case.raw is None or not reached(case.raw) or (case.holding and case.day <= case.due):
        return None
    met = f"it held until {case.due}" if case.holding else "it is met"
    why = met if case.bound else f"{percent(case.raw)} done"
    return _say(case, Rule.ACHIEVED, Status.ACHIEVED, why)


def _overridden(case: Case) -> Verdict | None:
    given = case.override
    if given is None or given.status is None:
        return None
    rest = msgspec.structs.replace(case, override=None)
    because = f", because: {given.reason}" if given.reason else ""
    last = given.expires and (given.expires - INSTANT).astimezone(case.zone)
    until = f" until {last:%Y-%m-%d}" if last else ""
    day = f"{given.at.astimezone(case.zone):%Y-%m-%d}"
    why = f"set by {given.who} on {day}{until}{because}; without that {judge(rest).because}"
    return _say(case, Rule.OVERRIDE, given.status, why)


def _overdue(case: Case) -> Verdict | None:
    if case.day <= case.due:
        return None
    unmet = "it does not hold" if case.holding else "not met"
    share = "nothing measured" if case.actual is None else unmet if case.bound else f"{percent(case.actual)} done"
    return _say(case, Rule.OVERDUE, Status.OVERDUE, f"{share}, and it was due on {case.due}")


def _no_data(case: Case) -> Verdict | None:
    return _say(case, Rule.NO_DATA, Status.NO_DATA, case.missing) if case.actual is None else None


def _bound(case: Case) -> Verdict | None:
    if not case.bound or case.preset not in TIMED or case.actual is None:
        return None
    if not case.holding:
        return _say(case, Rule.BOUND, Status.ON_TRACK, f"it is yes or no, and only due on {case.due}")
    if case.actual >= 1:
        return _say(case, Rule.BOUND, Status.ON_TRACK, f"it holds, as it should until {case.due}")
    return _say(case, Rule.BOUND, Status.AT_RISK, "; ".join(("it does not hold", *case.flags)))


def _too_early(case: Case) -> Verdict | None:
    if case.preset not in RATIO or case.expected is None or case.expected >= EARLY:
        return None
    return _say(
        case, Rule.TOO_EARLY, Status.TOO_EARLY, f"only {percent(case.expected)} expected yet; preset {case.preset}"
    )


def _by_preset(case: Case) -> Verdict | None:
    if case.preset is Preset.CONFIDENCE:
        if case.confidence is None:
            return _say(case, Rule.NO_DATA, Status.NO_DATA, "no check-in gave a confidence yet; preset confidence")
        why = f"confidence {case.confidence:g} of 10; preset confidence"
        return _say(case, Rule.PRESET, by_confidence(case.confidence), why)
    actual, wanted = case.actual or 0.0, case.expected or 0.0
    return _say(case, Rule.PRESET, compare(case.preset, actual, wanted), reason(case.preset, actual, wanted))


PRECEDENCE: tuple[Callable[[Case], Verdict | None], ...] = (
    _ended, _not_started, _achieved, _overridden, _overdue, _no_data, _bound, _too_early, _by_preset,
)  # fmt: skip
"""The last one always applies."""
