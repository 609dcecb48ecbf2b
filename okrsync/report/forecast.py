"""Forecasts for people at a terminal: one key result with its chart, all of them, and how past forecasts fared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.model.outlook import SHARES, Backtest, Calibration, Coverage, Model, Outlook, Reach
from okrsync.report.fan import FanChart, day_and_month
from okrsync.report.text import entry, line, table
from okrsync.words import number, percent, plural

WIDE = 110
"""Columns from which on titles have room."""

NARROW = 80
"""Columns below which there is no room for paces."""

NOTHING = "-"

_COLOURS = ((0.30, "red"), (0.70, "yellow"), (1.01, "green"))


def forecast_text(outlook: Outlook) -> Group:
    """How likely, when, at which pace, by which rule, and the chart."""
    parts: list[RenderableType] = [_headline(outlook), *_chance(outlook), *_dates(outlook), *_paces(outlook)]
    if outlook.rule:
        parts.append(entry("Rule: ", outlook.rule))
    parts += [entry(("Mind: ", "yellow"), remark) for remark in (*outlook.remarks, outlook.uncalibrated) if remark]
    chart = FanChart(outlook)
    if chart.drawable:
        parts += [Text(), chart]
    return Group(*parts)


def _headline(outlook: Outlook) -> Text:
    weeks = number(round(outlook.weeks_left, 1))
    left = f"{weeks} {'week' if weeks == '1' else 'weeks'} left" if outlook.weeks_left else "the day has passed"
    due = f"due {day_and_month(outlook.due, outlook.at.date())}, {left}"
    return line((outlook.key_result, "bold"), f"  {outlook.title}", (f"  {due}", "dim"))


def _chance(outlook: Outlook) -> Iterator[Text]:
    due = day_and_month(outlook.due, outlook.at.date())
    if outlook.model is Model.REACHED:
        yield line(("Reached", "bold green"), ": nothing remains to be done.")
    elif outlook.probability is None:
        yield line(("Cannot forecast", "bold yellow"), f": {outlook.why}.")
    else:
        there = "likely to be there on" if outlook.model is Model.TREND else "likely to be reached by"
        mark = ("  uncalibrated", "yellow") if outlook.uncalibrated else ""
        yield line((outlook.chance, f"bold {_colour(outlook)}"), f" {there} {due}", mark)


def _dates(outlook: Outlook) -> Iterator[RenderableType]:
    if not outlook.reaches:
        return
    made = table("", "", "")
    made.columns[1].justify = "right"
    yield Text()
    for reach in outlook.reaches:
        made.add_row(
            line(f"  {percent(reach.share)}"), line(_day(reach, outlook)), line((_late(reach, outlook), "yellow"))
        )
    yield made
    yield Text()


def _late(reach: Reach, outlook: Outlook) -> str:
    """Dates are ends of weeks: one of the week in which it is due may come after a due day that is as sure."""
    if reach.day is None or reach.day <= outlook.due:
        return ""
    return "in the week of the due day" if (outlook.probability or 0.0) >= reach.share else "after the due day"


def _paces(outlook: Outlook) -> Iterator[Text]:
    unit = outlook.unit
    if outlook.bound is not None and outlook.made is not None:
        yield line(f"Now {_amount(outlook.made, unit)}; must stay {_bounds(*outlook.bound)}")
    elif outlook.made is not None and outlook.goal is not None:
        yield line(_where(outlook))
    said = [f"needed {_amount(outlook.needed, unit)} a week"] if outlook.needed is not None else []
    if outlook.observed is not None:
        over = plural(outlook.history, "reading" if outlook.of_readings else "complete week")
        said.append(f"observed {_amount(outlook.observed, unit)} a week over {over}")
    if outlook.added:
        verb = "added" if outlook.added > 0 else "taken out"
        said.append(f"and {_amount(abs(outlook.added), unit)} a week {verb}")
    if said:
        yield entry(f"Pace: {', '.join(said)}")


def _where(outlook: Outlook) -> str:
    made, goal = outlook.made or 0.0, outlook.goal or 0.0
    if outlook.origin or outlook.falling:
        sign = -1 if outlook.falling else 1
        now, end = outlook.origin + sign * made, outlook.origin + sign * goal
        return f"Now {_amount(now, outlook.unit)}, from {number(outlook.origin)} to {_amount(end, outlook.unit)}"
    remaining = max(0.0, goal - made)
    return f"Now {number(made)} of {_amount(goal, outlook.unit)}, {number(round(remaining, 2))} to go"


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"between {number(low)} and {number(high)}"
    return f"above {number(low)}" if low is not None else f"below {number(high or 0.0)}"


def _amount(value: float, unit: str) -> str:
    shown = number(round(value, 1) if abs(value) >= 1 else value)
    one = shown == "1" and unit.endswith(("items", "points"))
    return f"{shown} {unit[:-1] if one else unit}" if unit else shown


def forecasts_text(outlooks: Sequence[Outlook], *, width: int) -> Group:
    """One row for each key result."""
    if not outlooks:
        return Group(line("There is no live key result to forecast."))
    wide, paces = width >= WIDE, ["needed", "observed"] if width >= NARROW else []
    made = table("key result", *([""] if wide else []), "due", "chance", "50 %", "85 %", *paces, numbers=paces)
    for column in made.columns:
        column.no_wrap = True
    if wide:
        made.columns[1].no_wrap, made.columns[1].max_width = False, 40
    for outlook in outlooks:
        title = [line(outlook.title)] if wide else []
        cells = list(_row(outlook))
        made.add_row(line(outlook.key_result), *title, *(cells if paces else cells[:-2]))
    return Group(made, *_notes(outlooks))


def _row(outlook: Outlook) -> Iterator[Text]:
    yield line(day_and_month(outlook.due, outlook.at.date()))
    chance = "reached" if outlook.model is Model.REACHED else outlook.chance or "no forecast"
    yield line((chance, _colour(outlook)))
    by_share = {reach.share: reach for reach in outlook.reaches}
    for share in (0.50, 0.85):
        yield line(_day(by_share[share], outlook) if share in by_share else "", "")
    for pace in (outlook.needed, outlook.observed):
        yield line("" if pace is None else number(round(pace, 1) if abs(pace) >= 1 else round(pace, 2)))


def _notes(outlooks: Sequence[Outlook]) -> Iterator[Text]:
    yield Text()
    for outlook in outlooks:
        if outlook.why:
            yield line((f"{outlook.key_result}: ", "yellow"), outlook.why)
    marks = {outlook.uncalibrated for outlook in outlooks if outlook.uncalibrated}
    yield from (entry(("Mind: ", "yellow"), mark) for mark in sorted(marks))
    yield line(("needed and observed are a week; okrsync forecast KR tells the rule and draws the chart", "dim"))


def backtest_text(found: Backtest) -> Group:
    """Coverage and Brier's skill, for each key result and for all."""
    made = table("key result", "asked", *(percent(share) for share in SHARES), "Brier", "skill", numbers=("asked",))
    for column in made.columns:
        column.no_wrap = True
    for one in found.key_results:
        made.add_row(*_scored(one, one.key_result))
    made.add_row(*_scored(found.overall, "all", "bold"))
    overall = found.overall
    style = {True: "bold green", False: "bold red", None: "bold yellow"}[overall.calibrated]
    return Group(made, Text(), line((_sentence(overall.verdict), style)), *_explained(found))


def _scored(one: Calibration, name: str, style: str = "") -> Iterator[Text]:
    yield line((name, style))
    yield line(str(one.origins))
    yield from (line(_kept(coverage)) for coverage in one.coverage)
    yield line(NOTHING if one.brier is None else f"{one.brier:.3f}")
    yield line(NOTHING if one.skill is None else f"{one.skill:+.2f}")


def _kept(coverage: Coverage) -> str:
    if coverage.rate is None:
        return NOTHING
    return f"{round(coverage.rate * 100)} % of {coverage.of}"


_HOW = (
    "Each past week was taken as today, from what was known then. Under each per cent: how many of the dates told "
    "at it were kept. Skill: 1 is perfect, 0 no better than always saying the base rate."
)


def _explained(found: Backtest) -> Iterator[Text]:
    yield line((_HOW, "dim"))
    if any(one.events and one.skill is None for one in (*found.key_results, found.overall)):
        yield line(("There is no skill where everything came out alike.", "dim"))
    yield entry("Rule: ", found.rule)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _day(reach: Reach, outlook: Outlook) -> str:
    return "beyond the horizon" if reach.day is None else day_and_month(reach.day, outlook.at.date())


def _colour(outlook: Outlook) -> str:
    if outlook.model is Model.REACHED:
        return "green"
    if outlook.probability is None:
        return "dim"
    return next(colour for below, colour in _COLOURS if outlook.probability < below)
