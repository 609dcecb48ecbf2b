"""Words, tones and small drawings that templates use: filters, all of them pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from okrsync.method.words import team_name
from okrsync.model.attribution import Attribution
from okrsync.model.run import KeyResultStatus
from okrsync.model.verdict import Status, Verdict
from okrsync.report.figures import age, number, percent
from okrsync.report.status import data_age, goal, value, week_change
from okrsync.report.verdicts import expected_mark

TONES = {
    Status.ACHIEVED: "good",
    Status.ON_TRACK: "good",
    Status.BEHIND: "warn",
    Status.AT_RISK: "bad",
    Status.OVERDUE: "bad",
}
"""Which colour goes with a status; its word always stands beside it."""

_HEIGHT = 22.0
_STEP = 11.0


def tone(verdict: Verdict | None) -> str:
    return TONES.get(verdict.status, "") if verdict else ""


def bar(progress: float | None, verdict: Verdict | None = None) -> Markup:
    """A progress bar with a mark at what is expected; drawn, since no style may stand in the page."""
    done = min(1.0, max(0.0, progress or 0.0))
    mark = expected_mark(verdict)
    told = f"{percent(progress)} done" + ("" if mark is None else f", {percent(mark)} expected")
    line = (
        "" if mark is None else f'<line class="expected" x1="{mark * 200:.1f}" x2="{mark * 200:.1f}" y1="0" y2="12"/>'
    )
    return Markup(  # noqa: S704 - numbers alone
        f'<svg class="bar" viewBox="0 0 200 12" preserveAspectRatio="none" role="img" aria-label="{told}">'
        f'<rect class="rail" width="200" height="8" y="2"/>'
        f'<rect class="fill" width="{done * 200:.1f}" height="8" y="2"/>{line}</svg>'
    )


def sparkline(course: Sequence[float | None]) -> Markup:
    """The course of the last weeks; gaps where nothing was measured."""
    points = [(place * _STEP + 2, (1 - one) * (_HEIGHT - 4) + 2) for place, one in enumerate(course) if one is not None]
    if len(points) < 2:
        return Markup("")
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    known = [one for one in course if one is not None]
    told = f"from {percent(known[0])} to {percent(known[-1])} in {len(course) - 1} weeks"
    x, y = points[-1]
    width = (len(course) - 1) * _STEP + 4
    return Markup(  # noqa: S704 - numbers alone
        f'<svg class="spark" viewBox="0 0 {width:.0f} {_HEIGHT:.0f}" role="img" aria-label="{told}">'
        f'<path d="{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.2"/></svg>'
    )


def ago(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else age(now - moment)


def moved(row: KeyResultStatus) -> str:
    """The class of a week's change."""
    change = week_change(row)
    return "up" if change.startswith("+") else "down" if change.startswith("-") else "soft"


def contributed(amount: float, whole: Attribution) -> str:
    """What a cause contributed, in percentage points or in the unit of the whole."""
    return f"{amount * 100:+.1f} pts" if whole.of == "progress" else f"{'+' if amount > 0 else ''}{number(amount)}"


FILTERS = {
    "contributed": contributed,
    "number": number,
    "team": team_name,
    "tone": tone,
    "bar": bar,
    "sparkline": sparkline,
    "ago": ago,
    "percent": percent,
    "value": value,
    "goal": goal,
    "week_change": week_change,
    "data_age": data_age,
    "moved": moved,
}
