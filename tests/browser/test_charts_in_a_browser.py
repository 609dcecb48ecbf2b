"""Charts in a real browser: read by pointer, finger and keys, in the size of the room they have, and still."""

from __future__ import annotations

import pytest
from browsing import PHONE, Dashboard, Open, Picture, live_chart, violations

pytestmark = pytest.mark.xdist_group("browser")
"""All on one worker, which builds the dashboard once."""

INKS_OF_THE_DRAWING = """
() => {
  const drawing = document.querySelector("figure.chart img"), sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [drawing.width, drawing.height];
  const brush = sheet.getContext("2d");
  brush.drawImage(drawing, 0, 0, sheet.width, sheet.height);
  const dots = brush.getImageData(0, 0, sheet.width, sheet.height).data, found = new Map();
  for (let at = 0; at < dots.length; at += 4) {
    if (dots[at + 3] === 255) found.set(dots.slice(at, at + 3).join(), [...dots.slice(at, at + 3)]);
  }
  return [...found.values()];
}
"""
"""Every colour that covers a dot of the still drawing wholly."""


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
    assert one.page.locator("figure.chart img").is_visible()
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
    answers: list[str] = []
    one.page.on("response", lambda answer: answers.append(answer.url.partition("/charts/")[2]) if answer.ok else None)
    one.page.goto(f"{dashboard.open}/key-results/checkout-1", wait_until="load")
    drawing = {"narrow": "checkout-1.svg?size=narrow", "wide": "checkout-1.svg"}
    assert [one for one in answers if one] == [drawing[shown]]
    box, figure = (one.page.locator(f"figure.chart{part}").bounding_box() for part in (" img", ""))
    assert box["width"] == pytest.approx(figure["width"], abs=1)
    size = {"narrow": 340 / 240, "wide": 900 / 290}[shown]
    assert box["width"] / box["height"] == pytest.approx(size, rel=0.01)


@pytest.mark.parametrize(("scheme", "ink"), [("light", [47, 127, 120]), ("dark", [79, 167, 159])])
def test_the_still_drawing_is_in_the_colours_of_light_and_dark(
    dashboard: Dashboard, visit: Open, picture: Picture, scheme: str, ink: list[int]
) -> None:
    one = visit(color_scheme=scheme)
    one.page.route("**/scripts/vega.js", lambda route: route.abort())
    one.page.goto(f"{dashboard.open}/key-results/checkout-1", wait_until="load")
    picture(one.page.locator("figure.chart"), f"still-{scheme}", whole=False)
    assert ink in one.page.evaluate(INKS_OF_THE_DRAWING)
