"""Sentences of the pages: what a reader wants to know first, and the rule behind it for whoever asks.

All of them are made from values; the terse words of the method, which name a rule and its version, stand below.
"""

from __future__ import annotations

import re
from datetime import date

from okrsync.method.words import day_and_month
from okrsync.model.attribution import Attribution
from okrsync.model.okr import Boolean, Completion, Count, Duration, KeyResult, Maintain, Metric, Milestones, Ratio, Sum
from okrsync.model.outlook import Model, Outlook
from okrsync.model.sample import Contribution
from okrsync.model.verdict import Preset, Rule, Verdict
from okrsync.model.work import Outcome
from okrsync.report.verdicts import reason_alone
from okrsync.words import number, plural

_DAY = re.compile(r"\b(\d{4}-\d\d-\d\d)\b")
_DROPPED = (Outcome.CANCELLED.value, Outcome.DUPLICATE.value)

PRESETS = {
    Preset.VIVA: "On track: no less is done than expected. Behind: up to 25 points are missing. At risk: more are.",
    Preset.OBOARD: "At risk: below 40 % of what is expected. Behind: below 70 % of it. On track: from there on.",
    Preset.UPRAISE: "At risk: below 75 % of what is expected. Behind: below 95 % of it. On track: from there on.",
    Preset.GOOGLE: "At risk: below 40 % done. Behind: below 70 %. On track: from there on.",
    Preset.CONFIDENCE: "On track: a confidence of 7 and more. At risk: 3 and less. Behind: between them.",
}
"""What each preset compares, as ``okrsync/method/presets.py`` does it."""

_CHANCES = {"<": "Less than ", ">": "More than "}


def day(given: date) -> str:
    """``6 December 2026``."""
    return f"{day_and_month(given)} {given.year}"


def days(text: str) -> str:
    """With its days in words."""
    return _DAY.sub(lambda found: day(date.fromisoformat(found[1])), text.strip())


def sentence(text: str) -> str:
    """With a capital and a full stop, and days in words; "" stays so."""
    told = days(text)
    if not told:
        return ""
    return f"{told[0].upper()}{told[1:]}{'' if told[-1] in '.!?…' else '.'}"


def standing(verdict: Verdict) -> str:
    """Why the status is what it is, without the status, which stands beside it, and without the preset's name."""
    return sentence(re.sub(r" expected\b(?! yet)", " expected by now", reason_alone(verdict)))


def judged(verdict: Verdict) -> str:
    """The rule that decided."""
    if verdict.rule in (Rule.PRESET, Rule.TOO_EARLY):
        return f"{PRESETS[verdict.preset]} This is the preset {verdict.preset}."
    return f"Decided by the step “{verdict.rule}”, before progress is compared with what is expected."


def chance(outlook: Outlook) -> str:
    """How likely it is there in time, or why nobody can say."""
    if outlook.model is Model.REACHED:
        return "Nothing remains to be done."
    if not outlook.chance:
        return f"No forecast: {outlook.why}." if outlook.why else ""
    told = outlook.chance.replace("-", " to ")
    told = _CHANCES.get(told[0], "") + told.lstrip("<>")
    return f"{told} likely to be there by {day(outlook.due)}."


def pace(outlook: Outlook) -> str:
    """What it takes a week, and what was made; "" where nothing is to be done."""
    if not outlook.needed or outlook.observed is None:
        return ""
    needed = _rate(outlook.needed)
    unit = f" {outlook.unit.removesuffix('s') if needed == '1' else outlook.unit}" if outlook.unit else ""
    return f"It needs {needed}{unit} a week and makes {_rate(outlook.observed)}."


def reckoned(outlook: Outlook) -> str:
    """How the forecast comes about."""
    weeks = plural(outlook.history, "complete week")
    match outlook.model:
        case Model.EXACT:
            return f"Each week to come may be like any of the last {weeks}; every course they can take is weighed."
        case Model.MONTE_CARLO:
            return f"Each week to come may be like any of the last {weeks}, each tracker on its own; tried many times."
        case Model.TREND:
            return f"A line through {plural(outlook.history, 'reading')}, with room for how far they lay from it."
        case Model.PACE:
            return "What is needed a week is compared with what was made."
        case _:
            return ""


def moved(found: Attribution) -> str:
    """Why a value moved this week, in a sentence."""
    return found.said if found.causes else "Nothing moved it this week."


def counted(key_result: KeyResult) -> str:
    """How its number comes about."""
    measure = key_result.measure
    if isinstance(measure, Boolean | Maintain):
        kind = "It holds or it does not." if isinstance(measure, Maintain) else "It is reached or it is not."
        return f"{kind} {_metric(measure.of)}" if measure.of else f"{kind} People say so at check-ins."
    return _metric(measure)


def _metric(metric: Metric) -> str:
    match metric:
        case Completion(by="points"):
            return f"Finished story points of all there are in linked tickets; {_UNESTIMATED[metric.unestimated]}."
        case Completion():
            return "Finished tickets of all that are linked."
        case Count():
            return f"The number of linked tickets that are {metric.of}."
        case Sum():
            return f"The sum of {metric.field} over linked tickets ({metric.of})."
        case Ratio():
            return "The share of linked tickets that fit, among those they are compared with."
        case Duration():
            return f"The days ({metric.of} time) within which {metric.percentile:g} % of linked tickets were done."
        case Milestones():
            return "The share of linked milestones, versions and epics that is done."
        case _:
            return "People give the value at check-ins."


_UNESTIMATED = {
    "median": "a ticket without an estimate counts as much as the median of the others",
    "one": "a ticket without an estimate counts as one",
    "exclude": "a ticket without an estimate is left out",
}


def state(ticket: Contribution) -> str:
    """The tracker's own word; what was dropped says so, whatever its board shows."""
    if ticket.left_out in _DROPPED:
        return ticket.left_out
    return ticket.word.replace("_", " ") or ticket.state


def why_counted(ticket: Contribution) -> str:
    """Why a ticket counts, or why it was left out."""
    if ticket.left_out in _DROPPED:
        return f"{'; '.join(ticket.reasons)}; {ticket.left_out}, so it leaves the sum".removeprefix("; ")
    return ticket.left_out or "; ".join(ticket.reasons)


def _rate(amount: float) -> str:
    return number(round(amount, 1) if amount >= 1 else round(amount, 2))


FILTERS = {
    "day": day,
    "days": days,
    "sentence": sentence,
    "standing": standing,
    "judged": judged,
    "chance": chance,
    "pace": pace,
    "reckoned": reckoned,
    "moved_words": moved,
    "counted": counted,
    "state": state,
    "why_counted": why_counted,
}
