"""Burn-ups as SVG: what is drawn, in whose colours, and that they stand inside any page."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import msgspec
import pytest
from hostile import TEXTS
from reviews import burn_up

from okrsync.model.burnup import BurnUp, Turn
from okrsync.model.outlook import Past
from okrsync.report.burnup_spec import NARROW, REPORT, WIDE, Size
from okrsync.report.charts import INKS, burn_up_figure, burn_up_svg

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(chart: BurnUp) -> ElementTree.Element:
    return ElementTree.fromstring(burn_up_svg(chart))


def labels(chart: BurnUp) -> list[str]:
    return [text for one in drawn(chart).iter(f"{NAMESPACE}text") if (text := one.text)]


def inked(chart: BurnUp, variable: str) -> list[ElementTree.Element]:
    return [
        one
        for one in drawn(chart).iter(f"{NAMESPACE}path")
        if variable in (one.get("stroke") or "") + (one.get("fill") or "") and len(one.get("d") or "") > 10
    ]


def test_the_drawing_is_well_formed_and_needs_nothing() -> None:
    svg = burn_up_svg(burn_up())
    assert drawn(burn_up()).tag == f"{NAMESPACE}svg"
    assert not re.search(r"<(script|style|image|use|foreignObject)|href|style=|url\((?!#)", svg)


def test_colours_come_from_the_page_and_stand_alone_without_one() -> None:
    svg = burn_up_svg(burn_up())
    assert not any(colour in svg for colour in INKS)
    for variable, fallback in INKS.values():
        assert f"var({variable}, {fallback})" in svg


def test_it_is_as_wide_as_there_is_room_and_described_in_words() -> None:
    root = drawn(burn_up())
    assert root.get("viewBox")
    assert (root.get("width"), root.get("height")) == (None, None)
    assert root.get("role") == "img"
    told = "checkout-1: 21 of 42 items on 19 November, due on 31 December, with the forecast until then"
    assert root.get("aria-label") == told


def test_a_forecast_is_drawn_as_three_bands() -> None:
    with_fan = [one for one in inked(burn_up(), "--done") if one.get("fill")]
    without = [one for one in inked(burn_up(ahead=False), "--done") if one.get("fill")]
    assert len(with_fan) - len(without) == 3


def test_turns_of_the_goal_are_numbered() -> None:
    assert "1" in labels(burn_up())
    assert "1" not in labels(burn_up(turns=False))


def test_the_axis_counts_plainly_and_names_the_unit() -> None:
    found = labels(burn_up())
    assert {"0", "20", "40", "items"} <= set(found)
    assert "1 Nov" in found


def test_large_amounts_are_shortened() -> None:
    first = datetime(2026, 10, 1, tzinfo=UTC)
    past = (Past(first, 0.0, 2e6), Past(first + timedelta(weeks=3), 1.2e6, 2e6))
    found = labels(msgspec.structs.replace(burn_up(ahead=False), past=past, expected=()))
    assert any(label.endswith("M") for label in found)


@pytest.mark.parametrize("values", [((0.0, 0.0), (0.0, 0.0)), ((5.0, 5.0), (5.0, 5.0)), ((40.0, 5.0), (12.0, 5.0))])
def test_nothing_done_nothing_to_do_and_falling_numbers_are_drawn_too(
    values: tuple[tuple[float, float], ...],
) -> None:
    first = datetime(2026, 10, 1, tzinfo=UTC)
    past = tuple(Past(first + timedelta(weeks=week), *one) for week, one in enumerate(values))
    chart = msgspec.structs.replace(burn_up(ahead=False, turns=False), past=past, expected=(), falling=True)
    assert inked(chart, "--done")
    assert "NaN" not in burn_up_svg(chart)


@pytest.mark.parametrize("name", ["html", "entities", "templates", "control characters", "right to left"])
def test_hostile_units_stay_text(name: str) -> None:
    calm = [one.tag for one in drawn(burn_up("calm")).iter()]
    assert [one.tag for one in drawn(burn_up(TEXTS[name])).iter()] == calm


def test_the_same_chart_is_drawn_the_same_every_time() -> None:
    assert burn_up_svg(burn_up()) == burn_up_svg(burn_up())


def test_turns_of_one_day_share_a_mark() -> None:
    chart = burn_up()
    noon = chart.turns[0].at
    turns = tuple(Turn(noon + timedelta(hours=hours), "target") for hours in (0, 1, 80))
    found = labels(msgspec.structs.replace(chart, turns=turns))
    assert "1, 2" in found
    assert "3" in found
    assert "2" not in found


@pytest.mark.parametrize("size", [WIDE, NARROW, REPORT])
def test_a_drawing_is_as_large_as_its_size_says_so_that_its_letters_stay_as_large(size: Size) -> None:
    root = ElementTree.fromstring(burn_up_svg(burn_up(), size))
    assert root.get("viewBox") == f"0 0 {size.width} {size.height}"
    letters = {one.get("font-size") for one in root.iter(f"{NAMESPACE}text")}
    assert letters == {f"{size.font}px"}


def test_only_the_whole_drawing_is_described() -> None:
    parts = list(drawn(burn_up()).iter())[1:]
    assert [one.attrib for one in parts if any(name == "role" or name.startswith("aria-") for name in one.attrib)] == []


def test_a_page_gets_both_sizes_with_ids_of_their_own() -> None:
    figure = burn_up_figure(burn_up())
    found = re.findall(r'class="(\w+)', figure)
    assert [name for name in found if name in ("wide", "narrow")] == ["wide", "narrow"]
    ids = re.findall(r'id="([^"]+)"', figure)
    assert len(ids) == len(set(ids))


def test_the_due_day_and_today_are_named_where_they_are() -> None:
    assert {"due 31 Dec", "today"} <= set(labels(burn_up()))
    assert "today" not in labels(burn_up(ahead=False))


def test_a_user_without_a_home_sees_drawings_too() -> None:
    homeless = "import sys; sys.modules['pwd'] = None"
    drawing = f"{homeless}\nfrom okrsync.report.charts import warm\nwarm()"
    done = subprocess.run([sys.executable, "-c", drawing], capture_output=True, text=True, check=False, env={})
    assert (done.returncode, done.stderr) == (0, "")
