"""Charts as SVG that can stand inside a page: no script, no address, no style element, in the page's own colours.

Described by Altair, drawn by vl-convert, which needs no browser and no network. The description is compiled once; each
chart puts its own data into it, so that a page of thirty takes seconds. Colours are marked in the drawing and then
named as CSS variables with a fallback, so that one drawing serves light, dark and paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from markupsafe import escape

from okrsync.model.burnup import BurnUp
from okrsync.model.outlook import SHARES
from okrsync.report.safe import plain

WIDTH, HEIGHT = 430, 150

INKS = {
    "#010101": ("--soft", "#55605d"),
    "#020202": ("--line", "#dde1de"),
    "#030303": ("--done", "#2f7f78"),
    "#040404": ("--goal", "#7d8885"),
    "#050505": ("--warn", "#9a5b00"),
}
"""Colour in the drawing -> CSS variable, and what it is without one."""

_SOFT, _LINE, _DONE, _GOAL, _WARN = INKS
_DARKNESS = (0.42, 0.28, 0.16)
"""Opacity of the bands between neighbouring probabilities: the likelier, the darker."""
_IDS = re.compile(r'(id="|url\(#|href="#)([\w-]+)')
_ROLES = re.compile(r' (?:role|aria-\w+)="[^"]*"')
"""The drawing is one picture with one description; its parts have none of their own."""

_UNUSED = re.compile(r' (?:xmlns:xlink|version|width|height)="[^"]*"')
_NUMBERS = "format(datum.value, abs(datum.value) >= 10000 ? '~s' : ',.5~g')"

Rows = list[dict[str, Any]]


def burn_up_svg(chart: BurnUp) -> str:
    """The drawing of a burn-up, as an ``<svg>`` element with a name and a description for who cannot see it."""
    import vl_convert

    return embedded(vl_convert.vega_to_svg(burn_up_spec(chart)), chart.key_result, _told(chart))


def burn_up_spec(chart: BurnUp) -> dict[str, Any]:
    """The description of a burn-up with its data, in Vega's own terms, for whoever draws it."""
    low, high = min(_values(chart)), max(_values(chart))
    room = (high - low or abs(high) or 1.0) * 0.04
    told = {"low": low - room if low or chart.falling else 0.0, "high": high + room}
    told |= {"begin": _at(chart.start), "end": _at(_end(chart))}
    rows = _rows(chart)
    spec = dict(_compiled())
    spec["signals"] = [{**one, "value": told.get(one["name"], one.get("value"))} for one in spec["signals"]]
    spec["data"] = [{**one, "values": rows[one["name"]]} if one["name"] in rows else one for one in spec["data"]]
    return spec


def embedded(svg: str, name: str, told: str) -> str:
    """The drawing for a page: ids of its own, colours by name, as wide as there is room, and described by ``told``."""
    prefix = re.sub(r"[^A-Za-z0-9]", "-", name)
    head, rest = svg.split(">", 1)
    head = _UNUSED.sub("", head).replace("<svg", f'<svg role="img" aria-label="{escape(told)}"', 1)
    ids: dict[str, int] = {}
    svg = _IDS.sub(lambda found: f"{found[1]}{prefix}-{ids.setdefault(found[2], len(ids))}", f"{head}>{rest}")
    for colour, (variable, fallback) in INKS.items():
        svg = svg.replace(colour, f"var({variable}, {fallback})")
    return svg


def warm() -> None:
    """Load and compile what the first drawing needs, which takes seconds."""
    import vl_convert

    vl_convert.vega_to_svg(_compiled())


def legend() -> Sequence[tuple[str, str]]:
    """What each part of a burn-up means: the name of its swatch, and words."""
    return (
        ("done", "done, or the value"),
        ("goal", "scope, or the goal"),
        ("expected", "expected"),
        ("fan", "reached at least, with a probability of 50 to 95 %"),
        ("turn", "goal, links or measure changed"),
    )


def _rows(chart: BurnUp) -> dict[str, Rows]:
    """The data of each part, by the name that the description gives it."""
    past: Rows = [{"at": _at(one.at), "made": one.made, "goal": one.goal} for one in chart.past]
    end = _at(_end(chart))
    rows: dict[str, Rows] = {
        "past": past,
        "last": past[-1:],
        "goal": _goal_rows(chart),
        "onward": [past[-1], {**past[-1], "at": end}],
        "expected": [{"at": _at(one.day), "value": one.value} for one in chart.expected],
        "turns": list(_turn_rows(chart)),
        "due": [{"at": _at(chart.due)}],
        "unit": [{"unit": plain(chart.unit)}],
    }
    for place in range(len(_DARKNESS)):
        rows[f"fan{place}"] = [
            {"at": _at(one.at), "low": one.made[place + 1], "high": one.made[place]} for one in chart.ahead
        ]
    return rows


def _goal_rows(chart: BurnUp) -> Rows:
    steps = [(_at(one.at), one.value) for one in chart.goals] or [(_at(one.at), one.goal) for one in chart.past]
    return [{"at": at, "goal": goal} for at, goal in ((_at(chart.start), steps[0][1]), *steps)]


def _turn_rows(chart: BurnUp) -> Iterator[dict[str, Any]]:
    """One mark for each day, with the numbers of all its turns."""
    numbers: dict[date, list[str]] = {}
    for number, one in enumerate(chart.turns, start=1):
        numbers.setdefault(one.at.date(), []).append(str(number))
    first = {one.at.date(): one.at for one in reversed(chart.turns)}
    yield from ({"at": _at(first[day]), "number": ", ".join(some)} for day, some in numbers.items())


@cache
def _compiled() -> dict[str, Any]:
    """The description, compiled to what vl-convert draws, without data."""
    import altair as alt
    import vl_convert

    names = ("low", "high", "begin", "end")
    layers = [*_fan(alt), *_lines(alt), *_marks(alt)]
    chart = alt.layer(*layers).add_params(*(alt.param(name=name, value=0) for name in names))
    drawn = chart.properties(width=WIDTH, height=HEIGHT, background="transparent").configure(**_CONFIG)
    compiled: dict[str, Any] = vl_convert.vegalite_to_vega(drawn.to_dict(validate=False))
    return compiled


def _fan(alt: Any) -> Iterator[Any]:
    for place, opacity in enumerate(_DARKNESS[: len(SHARES) - 1]):
        band = alt.Chart(alt.NamedData(name=f"fan{place}")).mark_area(color=_DONE, opacity=opacity, clip=True)
        yield band.encode(x=_x(alt), y=_y(alt, "low"), y2=alt.Y2("high"))


def _lines(alt: Any) -> Iterator[Any]:
    def line(data: str, field: str, **look: Any) -> Any:
        return alt.Chart(alt.NamedData(name=data)).mark_line(clip=True, **look).encode(x=_x(alt), y=_y(alt, field))

    yield line("goal", "goal", color=_GOAL, strokeWidth=1.5, interpolate="step-after")
    yield line("onward", "goal", color=_GOAL, strokeWidth=1.5, strokeDash=[2, 3])
    yield line("expected", "value", color=_SOFT, strokeWidth=1, strokeDash=[5, 4])
    yield line("past", "made", color=_DONE, strokeWidth=2.5)
    last = alt.Chart(alt.NamedData(name="last")).mark_point(color=_DONE, filled=True, size=45, opacity=1)
    yield last.encode(x=_x(alt), y=_y(alt, "made"))


def _marks(alt: Any) -> Iterator[Any]:
    """The unit, the due day, and where the goal changed, numbered as they are told beside the chart."""
    unit = alt.Chart(alt.NamedData(name="unit")).mark_text(color=_SOFT, align="left", fontSize=11)
    yield unit.encode(x=alt.value(-34), y=alt.value(-14), text=alt.Text("unit:N"))
    yield alt.Chart(alt.NamedData(name="due")).mark_rule(color=_GOAL, strokeWidth=1).encode(x=_x(alt))
    turns = alt.Chart(alt.NamedData(name="turns"))
    yield turns.mark_rule(color=_WARN, strokeWidth=1.2, strokeDash=[3, 2]).encode(x=_x(alt))
    label = turns.mark_text(color=_WARN, dx=4, dy=6, align="left", fontSize=11, fontWeight=600)
    yield label.encode(x=_x(alt), y=alt.value(0), text=alt.Text("number:N"))


def _x(alt: Any) -> Any:
    axis = alt.Axis(
        format="%-d %b", tickCount={"interval": "week", "step": 2}, grid=False, title=None, labelOverlap=True
    )
    ends = [alt.ExprRef("begin"), alt.ExprRef("end")]
    return alt.X("at:T", axis=axis, scale=alt.Scale(domain=ends, type="utc", nice=False))


def _y(alt: Any, field: str) -> Any:
    axis = alt.Axis(tickCount=4, title=None, labelExpr=_NUMBERS)
    ends = [alt.ExprRef("low"), alt.ExprRef("high")]
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=ends, nice=True, zero=False))


_CONFIG: dict[str, Any] = {
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _SOFT, "labelFontSize": 11, "gridColor": _LINE, "domainColor": _LINE,
        "tickColor": _LINE, "tickSize": 4,
    },
    "axisY": {"domain": False, "ticks": False, "labelPadding": 6, "minExtent": 34},
}  # fmt: skip


def _values(chart: BurnUp) -> list[float]:
    """What the chart must have room for; a forecast beyond it is cut off."""
    return [value for one in chart.past for value in (one.made, one.goal)] + [one.value for one in chart.expected]


def _end(chart: BurnUp) -> datetime:
    """The end of the due day, or the last reading where that is later."""
    return max(datetime.combine(chart.due + timedelta(days=1), time.min, UTC), chart.until)


def _at(moment: date | datetime) -> float:
    """Milliseconds; a day begins at midnight."""
    aware = moment if isinstance(moment, datetime) else datetime.combine(moment, time.min, UTC)
    return aware.timestamp() * 1000


def _told(chart: BurnUp) -> str:
    last, unit = chart.past[-1], f" {plain(chart.unit)}" if chart.unit else ""
    reached = f"{last.made:,.4g} of {last.goal:,.4g}{unit}"
    forecast = ", with the forecast until then" if chart.ahead else ""
    return f"{plain(chart.key_result)}: {reached} on {last.at:%d %B}, due on {chart.due:%d %B}{forecast}"
