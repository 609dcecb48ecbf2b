"""Charts in a real browser: read by pointer, finger and keys, in the size of the room they have, and still."""

from __future__ import annotations

import pytest
from browsing import PHONE, Dashboard, Open, Picture, live_chart, violations

pytestmark = pytest.mark.xdist_group("browser")
"""All on one worker, which builds the dashboard once."""


def test_a_key_result_is_opened_and_its_chart_answers_to_the_pointer(
    dashboard: Dashboard, visit: Open, picture: Picture
) -> None:
    one = visit()
    live_chart(one.page, dashboard)
    one.page.goto(dashboard.open)
    one.page.get_by_role("link", name="checkout-1", exact=True).first.click()
    chart = one.page.locator("figure.chart .live .stage svg")
    chart.wait_for(timeout=20_000)
    box = chart.bounding_box()
    one.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    readout = one.page.locator(".readout")
    readout.filter(has_text=" of ").wait_for()
    one.page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5)
    readout.filter(has_text="forecast: at least").wait_for()
    picture(one.page, "key-result", whole=False)
    assert one.trouble == []


def test_without_scripts_the_chart_stands_still_and_everything_can_be_read(dashboard: Dashboard, visit: Open) -> None:
    one = visit(java_script_enabled=False)
    one.page.goto(f"{dashboard.open}/key-results/checkout-1")
    assert one.page.locator("figure.chart > svg").first.is_visible()
    assert one.page.get_by_role("heading", name="Forecast").is_visible()
    assert one.trouble == []


def test_a_finger_reads_the_chart(dashboard: Dashboard, visit: Open) -> None:
    one = visit(**PHONE, has_touch=True)
    live = live_chart(one.page, dashboard)
    box = live.bounding_box()
    one.page.touchscreen.tap(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    one.page.locator(".readout").filter(has_text=" done; expected ").wait_for()
    assert one.page.locator(".cross line").get_attribute("x1") == one.page.locator(".cross circle").get_attribute("cx")


def test_arrow_keys_read_the_chart_and_say_what_they_read(dashboard: Dashboard, visit: Open) -> None:
    one = visit()
    live = live_chart(one.page, dashboard)
    live.focus()
    one.page.keyboard.press("Home")
    first = one.page.locator(".readout").inner_text()
    one.page.keyboard.press("ArrowRight")
    second = one.page.locator(".readout").inner_text()
    assert first != second
    assert " of " in second
    assert " points done; expected " in second
    assert live.get_attribute("aria-valuetext") == second
    one.page.keyboard.press("End")
    assert "forecast" in one.page.locator(".readout").inner_text()
    assert violations(one.page) == []


@pytest.mark.parametrize("width", [375, 1280, 1920])
def test_the_letters_of_a_chart_are_as_large_as_small_print(dashboard: Dashboard, visit: Open, width: int) -> None:
    one = visit(viewport={"width": width, "height": 900})
    live = live_chart(one.page, dashboard)
    tallest = live.locator("text").first.evaluate("(one) => one.getBoundingClientRect().height")
    root = one.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert 0.7 * root < tallest < 1.2 * root
    figure = one.page.locator("figure.chart").bounding_box()["width"]
    assert abs(live.locator("svg").first.bounding_box()["width"] - figure) < 4


@pytest.mark.parametrize(("width", "shown"), [(375, "narrow"), (1280, "wide")])
def test_the_still_drawing_fits_the_room_it_has(dashboard: Dashboard, visit: Open, width: int, shown: str) -> None:
    one = visit(viewport={"width": width, "height": 900}, java_script_enabled=False)
    one.page.goto(f"{dashboard.open}/key-results/checkout-1")
    seen = [one.page.locator(f"figure.chart > svg.{name}").is_visible() for name in ("narrow", "wide")]
    assert seen == [shown == "narrow", shown == "wide"]
