"""Charts as SVG that can stand inside a page: no script, no address, no style element, in the page's own colours.

Described by Altair, drawn by vl-convert, which needs no browser and no network. The description is compiled once; each
chart puts its own data into it, so that a page of thirty takes seconds. Colours are marked in the drawing and then
named as CSS variables with a fallback, so that one drawing serves light, dark and paper. A page that is read on phones
takes it in two sizes and shows the one that fits: scaled, its labels would be too small or too large to read. A picture
is the same drawing as a file of its own, which brings the colours along.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from markupsafe import Markup, escape

from okrsync.model.burnup import BurnUp
from okrsync.report.burnup_spec import DARKNESS, DONE, GOAL, LINE, NARROW, SOFT, WARN, WIDE, Size, compiled
from okrsync.report.readout import milliseconds, whole
from okrsync.report.safe import plain

INKS = {
    SOFT: ("--soft", "#55605d"),
    LINE: ("--line", "#dde1de"),
    DONE: ("--done", "#2f7f78"),
    GOAL: ("--goal", "#7d8885"),
    WARN: ("--warn", "#9a5b00"),
}
"""Colour in the drawing -> CSS variable, and what it is without one."""

NIGHT = {"--soft": "#a3afac", "--line": "#2f393a", "--done": "#4fa79f", "--goal": "#a3afac", "--warn": "#f0c777"}
"""The variables on a dark screen, for a drawing that no page lends its own."""

_NIGHTLY = "".join(f"{name}:{ink};" for name, ink in NIGHT.items())
_DARK = f"@media screen and (prefers-color-scheme:dark){{:root{{{_NIGHTLY}}}}}"

_IDS = re.compile(r'(id="|url\(#|href="#)([\w-]+)')
_ROLES = re.compile(r' (?:role|aria-\w+)="[^"]*"')
"""The drawing is one picture with one description; its parts have none of their own."""

_UNUSED = re.compile(r' (?:xmlns:xlink|version|width|height)="[^"]*"')

Rows = list[dict[str, Any]]


def burn_up_figure(chart: BurnUp, *sizes: Size) -> Markup:
    """The drawings that a page shows one of, by the room it has; style sheets choose by their classes."""
    drawn = (burn_up_svg(chart, size) for size in sizes or (WIDE, NARROW))
    return Markup("".join(drawn))  # noqa: S704 - drawn from numbers; its texts are escaped


def burn_up_svg(chart: BurnUp, size: Size = WIDE) -> str:
    """The drawing of a burn-up, as an ``<svg>`` element with a name and a description for who cannot see it."""
    import vl_convert

    drawn = vl_convert.vega_to_svg(burn_up_spec(chart, size))
    return embedded(drawn, f"{chart.key_result}-{size.name}", whole(chart), size.name)


def picture(chart: BurnUp, size: Size = WIDE) -> str:
    """The drawing as a file of its own."""
    return burn_up_svg(chart, size).replace(">", f"><style>{_DARK}</style>", 1)


def burn_up_picture(chart: BurnUp, address: str, wide: Size = WIDE, media: str = "(max-width: 44rem)") -> Markup:
    """Where a page shows the file that is at ``address``, or its narrow sister where ``media`` says so."""
    return Markup(
        '<picture><source media="{media}" srcset="{at}?size=narrow" width="{slim.width}" height="{slim.height}">'
        '<img src="{at}" width="{wide.width}" height="{wide.height}" alt="{told}"></picture>'
    ).format(media=media, at=address, slim=NARROW, wide=wide, told=whole(chart))


def picture_policy() -> str:
    """What a picture may use when it is looked at by itself: nothing but its own style, by its digest."""
    digest = base64.b64encode(hashlib.sha256(_DARK.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


def burn_up_spec(chart: BurnUp, size: Size = WIDE) -> dict[str, Any]:
    """The description of a burn-up with its data, in Vega's own terms, for whoever draws it."""
    low, high = min(_values(chart)), max(_values(chart))
    room = (high - low or abs(high) or 1.0) * 0.04
    told = {"low": low - room if low or chart.falling else 0.0, "high": high + room}
    told |= {"begin": milliseconds(chart.start), "end": milliseconds(_end(chart))}
    rows = _rows(chart)
    spec = dict(compiled(size))
    spec["signals"] = [{**one, "value": told.get(one["name"], one.get("value"))} for one in spec["signals"]]
    spec["data"] = [{**one, "values": rows[one["name"]]} if one["name"] in rows else one for one in spec["data"]]
    return spec


def embedded(svg: str, name: str, told: str, kind: str) -> str:
    """The drawing for a page: ids of its own, colours by name, as wide as there is room, and described by ``told``."""
    prefix = re.sub(r"[^A-Za-z0-9]", "-", name)
    head, rest = svg.split(">", 1)
    head = _UNUSED.sub("", head).replace('class="', f'class="{kind} ', 1)
    head = head.replace("<svg", f'<svg role="img" aria-label="{escape(told)}"', 1)
    ids: dict[str, int] = {}
    svg = f"{head}>{_ROLES.sub('', rest)}"
    svg = _IDS.sub(lambda found: f"{found[1]}{prefix}-{ids.setdefault(found[2], len(ids))}", svg)
    for colour, (variable, fallback) in INKS.items():
        svg = svg.replace(colour, f"var({variable}, {fallback})")
    return svg


def warm() -> None:
    """Load and compile what the first drawing needs, which takes seconds."""
    import vl_convert

    for size in (WIDE, NARROW):
        vl_convert.vega_to_svg(compiled(size))


def legend(*charts: BurnUp) -> tuple[tuple[str, str], ...]:
    """What each part that is drawn in some of the burn-ups means: the name of its swatch, and words."""
    return tuple(dict.fromkeys(one for chart in charts for one in _parts(chart)))


def _parts(chart: BurnUp) -> Iterator[tuple[str, str]]:
    yield "done", "done" if chart.work else "value"
    yield "goal", "all there is to do" if chart.work else "goal"
    if chart.expected:
        yield "expected", "expected"
    if chart.ahead:
        most = "at most" if chart.falling else "at least"
        yield "fan", f"forecast: {most} this, darkest 50 % likely, lightest 95 %"
    if chart.turns:
        yield "turn", "goal, links or measure changed"


def _rows(chart: BurnUp) -> dict[str, Rows]:
    """The data of each part, by the name that the description gives it."""
    past: Rows = [{"at": milliseconds(one.at), "made": one.made, "goal": one.goal} for one in chart.past]
    end, last = milliseconds(_end(chart)), past[-1:]
    due = {"at": milliseconds(chart.due), "word": f"due {chart.due.day} {chart.due:%b}"}
    rows: dict[str, Rows] = {
        "past": past,
        "last": last,
        "goal": _goal_rows(chart),
        "onward": [past[-1], {**past[-1], "at": end}],
        "expected": [{"at": milliseconds(one.day), "value": one.value} for one in chart.expected],
        "turns": list(_turn_rows(chart)),
        "due": [due],
        "today": [{**last[0], "word": "today"}] if chart.ahead else [],
        "unit": [{"unit": plain(chart.unit)}],
    }
    for place in range(len(DARKNESS)):
        rows[f"fan{place}"] = [
            {"at": milliseconds(one.at), "low": one.made[place + 1], "high": one.made[place]} for one in chart.ahead
        ]
    return rows


def _goal_rows(chart: BurnUp) -> Rows:
    steps = [(milliseconds(one.at), one.value) for one in chart.goals]
    steps = steps or [(milliseconds(one.at), one.goal) for one in chart.past]
    return [{"at": at, "goal": goal} for at, goal in ((milliseconds(chart.start), steps[0][1]), *steps)]


def _turn_rows(chart: BurnUp) -> Iterator[dict[str, Any]]:
    """One mark for each day, with the numbers of all its turns."""
    numbers: dict[date, list[str]] = {}
    for number, one in enumerate(chart.turns, start=1):
        numbers.setdefault(one.at.date(), []).append(str(number))
    first = {one.at.date(): one.at for one in reversed(chart.turns)}
    yield from ({"at": milliseconds(first[day]), "number": ", ".join(some)} for day, some in numbers.items())


def _values(chart: BurnUp) -> list[float]:
    """What the chart must have room for; a forecast beyond it is cut off."""
    return [value for one in chart.past for value in (one.made, one.goal)] + [one.value for one in chart.expected]


def _end(chart: BurnUp) -> datetime:
    """The end of the due day, or the last reading where that is later."""
    return max(datetime.combine(chart.due + timedelta(days=1), time.min, UTC), chart.until)
