"""Words, tones and small drawings that templates use: filters, all of them pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from markupsafe import Markup, escape

from okrsync.method.checkins import Duty
from okrsync.method.coach import Finding
from okrsync.method.words import team_name
from okrsync.model.attribution import Attribution
from okrsync.model.status import KeyResultStatus
from okrsync.model.verdict import Status, Verdict
from okrsync.report.numbers import SHARES, age, percent
from okrsync.report.review import coded
from okrsync.report.status import data_age, goal, value, week_change
from okrsync.report.verdicts import expected_mark
from okrsync.words import number

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
FLATTEST = 0.1
"""A way that is less than this share of the highest value does not fill a sparkline: it is noise."""
NOTHING = 1e-9


def tone(verdict: Verdict | None) -> str:
    """The class of a verdict's colour, "" without a verdict."""
    return TONES.get(verdict.status, "") if verdict else ""


def tone_of(status: str) -> str:
    """The class of a status's colour."""
    return TONES.get(Status(status), "")


def owing(duty: Duty) -> str:
    """``due today``, ``late since Fri 20 Nov``."""
    told = duty.words.partition("; ")[0]
    return told.rpartition(", ")[2]


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


def sparkline(course: Sequence[float | None], told: str = "") -> Markup:
    """A course from its own lowest to its own highest point, so that small ways show; gaps where nothing is known."""
    known = [one for one in course if one is not None]
    if len(known) < 2:
        return Markup("")
    low, room = min(known), max(max(known) - min(known), FLATTEST * max(map(abs, known)), NOTHING)
    points = [
        (place * _STEP + 2, (1 - (one - low) / room) * (_HEIGHT - 4) + 2)
        for place, one in enumerate(course)
        if one is not None
    ]
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    told = told or f"from {percent(known[0])} to {percent(known[-1])} in {len(course) - 1} weeks"
    x, y = points[-1]
    width = (len(course) - 1) * _STEP + 4
    return Markup(  # noqa: S704 - numbers, and our own words
        f'<svg class="spark" viewBox="0 0 {width:.0f} {_HEIGHT:.0f}" role="img" aria-label="{told}">'
        f'<path d="{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.2"/></svg>'
    )


def linked(finding: Finding) -> Markup:
    """What the coach found, its key results as links where they are named, or before it where they are not."""
    said = str(coded(finding.reason))
    if not finding.key_results:
        return Markup(said)  # noqa: S704 - escaped by ``coded``
    links = {name: f'<a href="/key-results/{escape(name)}">{escape(name)}</a>' for name in finding.key_results}
    names = "|".join(re.escape(str(escape(name))) for name in sorted(links, key=len, reverse=True))
    named = re.compile(rf"(?<![\w-])(?:{names})(?![\w-])")
    before = "" if named.search(said) else f"{', '.join(links.values())}: "
    return Markup(before + named.sub(lambda found: links[found[0]], said))  # noqa: S704 - escaped piece by piece


def near(file: str) -> str:
    """A file by its last two names: where it lies on the server is nobody's business."""
    return "/".join(PurePath(file).parts[-2:])


def ago(moment: datetime | None, now: datetime) -> str:
    """``3 h ago``, ``just now``, or that it never was."""
    told = "never" if moment is None else age(now - moment)
    return told if told in ("never", "just now") else f"{told} ago"


def moved(row: KeyResultStatus) -> str:
    """The class of a week's change."""
    change = week_change(row)
    return "up" if change.startswith("+") else "down" if change.startswith("-") else "soft"


def amounts(row: KeyResultStatus) -> str:
    """What a share is made of, as the bar tells the share itself; "" for what is no share."""
    sample = row.sample
    if row.measure not in SHARES or row.unit or sample is None or sample.numerator is None or not sample.denominator:
        return ""
    return f"{number(sample.numerator)} of {number(sample.denominator)}"


def aim(row: KeyResultStatus) -> str:
    """What the value is on the way to, or is made of."""
    return amounts(row) or goal(row)


def headline(row: KeyResultStatus) -> tuple[str, str]:
    """The number that stands large and what is told beside it.

    Where the verdict's sentence below tells the same share, it is what the share is made of.
    """
    return (amounts(row), "") if amounts(row) and _tells_share(row) else (value(row), aim(row))


def _tells_share(row: KeyResultStatus) -> bool:
    sample, verdict = row.sample, row.verdict
    same = sample is not None and percent(sample.value) == percent(sample.progress)
    return same and verdict is not None and "% done" in verdict.because


def against(row: KeyResultStatus) -> str:
    """Progress beside what is expected, as far as that still matters."""
    mark = expected_mark(row.verdict)
    done = percent(row.sample.progress if row.sample else None)
    return done if mark is None else f"{done}, {percent(mark)} expected"


def read_ago(row: KeyResultStatus, now: datetime) -> str:
    """``read 3 h ago``, ``never read``."""
    told = data_age(row, now)
    if told == "never":
        return "never read"
    return f"read {told}" if told == "just now" else f"read {told} ago"


def contributed(amount: float, whole: Attribution) -> str:
    """What a cause contributed, in percentage points or in the unit of the whole."""
    return f"{amount * 100:+.1f} pts" if whole.of == "progress" else f"{'+' if amount > 0 else ''}{number(amount)}"


FILTERS = {
    "linked": linked,
    "near": near,
    "headline": headline,
    "amounts": amounts,
    "against": against,
    "read_ago": read_ago,
    "contributed": contributed,
    "number": number,
    "team": team_name,
    "tone": tone,
    "tone_of": tone_of,
    "owing": owing,
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
