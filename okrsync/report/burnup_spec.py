"""The description of a burn-up in Altair's terms, compiled once for each size to what vl-convert draws, without data.

Colours are marked in it by hues that nobody else uses; ``okrsync/report/charts.py`` names them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from okrsync.model.outlook import SHARES


class Size(NamedTuple):
    """The pixels of a whole drawing with its labels, and the height of these; drawn as wide as told, they stay so."""

    name: str
    width: int
    height: int
    font: int = 12


WIDE = Size("wide", 900, 290)
NARROW = Size("narrow", 340, 240)
REPORT = Size("report", 520, 210)

SOFT, LINE, DONE, GOAL, WARN = "#010101", "#020202", "#030303", "#040404", "#050505"
DARKNESS = (0.42, 0.28, 0.16)
"""Opacity of the bands between neighbouring probabilities: the likelier, the darker."""

_NUMBERS = "format(datum.value, abs(datum.value) >= 10000 ? '~s' : ',.5~g')"


@cache
def compiled(size: Size) -> dict[str, Any]:
    """The description at one size, in Vega's own terms."""
    import vl_convert

    alt = _altair()
    names = ("low", "high", "begin", "end")
    layers = [*_fan(alt), *_lines(alt), *_marks(alt, size)]
    chart = alt.layer(*layers).add_params(*(alt.param(name=name, value=0) for name in names))
    drawn = chart.properties(
        width=size.width,
        height=size.height,
        background="transparent",
        padding={"left": 0, "top": 0, "right": 14, "bottom": 2},
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    ).configure(**_look(size))
    found: dict[str, Any] = vl_convert.vegalite_to_vega(drawn.to_dict(validate=False))
    return found


def _altair() -> Any:
    """Altair, which wants a home while it is imported; users that systemd makes for a service may have none."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = os.sep
    import altair

    return altair


def _fan(alt: Any) -> Iterator[Any]:
    for place, opacity in enumerate(DARKNESS[: len(SHARES) - 1]):
        band = alt.Chart(alt.NamedData(name=f"fan{place}")).mark_area(color=DONE, opacity=opacity, clip=True)
        yield band.encode(x=_x(alt), y=_y(alt, "low"), y2=alt.Y2("high"))


def _lines(alt: Any) -> Iterator[Any]:
    def line(data: str, field: str, **look: Any) -> Any:
        return alt.Chart(alt.NamedData(name=data)).mark_line(clip=True, **look).encode(x=_x(alt), y=_y(alt, field))

    yield line("goal", "goal", color=GOAL, strokeWidth=1.5, interpolate="step-after")
    yield line("onward", "goal", color=GOAL, strokeWidth=1.5, strokeDash=[2, 3])
    yield line("expected", "value", color=SOFT, strokeWidth=1.2, strokeDash=[5, 4])
    yield line("past", "made", color=DONE, strokeWidth=2.2)
    last = alt.Chart(alt.NamedData(name="last")).mark_point(color=DONE, filled=True, size=42, opacity=1)
    yield last.encode(x=_x(alt), y=_y(alt, "made"))


def _marks(alt: Any, size: Size) -> Iterator[Any]:
    """The unit, the due day, today, and where the goal changed, numbered as they are told beside the chart."""
    above = -1.4 * size.font
    unit = alt.Chart(alt.NamedData(name="unit")).mark_text(color=SOFT, align="left")
    yield unit.encode(x=alt.value(-34), y=alt.value(above), text=alt.Text("unit:N"))
    for data, at, dash in (("due", alt.value(above), [1, 0]), ("today", alt.value("height"), [1, 3])):
        rows = alt.Chart(alt.NamedData(name=data))
        yield rows.mark_rule(color=GOAL, strokeWidth=1, strokeDash=dash).encode(x=_x(alt))
        word = rows.mark_text(color=SOFT, align="right", dx=0 if data == "due" else -5, dy=0 if data == "due" else -8)
        yield word.encode(x=_x(alt), y=at, text=alt.Text("word:N"))
    turns = alt.Chart(alt.NamedData(name="turns"))
    yield turns.mark_rule(color=WARN, strokeWidth=1.2, strokeDash=[3, 2]).encode(x=_x(alt))
    label = turns.mark_text(color=WARN, dx=4, dy=6, align="left", fontSize=size.font, fontWeight=600)
    yield label.encode(x=_x(alt), y=alt.value(0), text=alt.Text("number:N"))


def _x(alt: Any) -> Any:
    every = {"interval": "week", "step": 2}
    axis = alt.Axis(format="%-d %b", tickCount=every, grid=False, title=None, labelOverlap=True, labelSeparation=8)
    ends = [alt.ExprRef("begin"), alt.ExprRef("end")]
    return alt.X("at:T", axis=axis, scale=alt.Scale(domain=ends, type="utc", nice=False))


def _y(alt: Any, field: str) -> Any:
    axis = alt.Axis(tickCount=4, title=None, labelExpr=_NUMBERS)
    ends = [alt.ExprRef("low"), alt.ExprRef("high")]
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=ends, nice=True, zero=False))


def _look(size: Size) -> dict[str, Any]:
    return {
        "font": "sans-serif",
        "view": {"stroke": None},
        "text": {"fontSize": size.font},
        "axis": {
            "labelColor": SOFT, "labelFontSize": size.font, "gridColor": LINE, "domainColor": LINE,
            "tickColor": LINE, "tickSize": 4,
        },
        "axisY": {"domain": False, "ticks": False, "labelPadding": 6, "minExtent": 34},
    }  # fmt: skip
