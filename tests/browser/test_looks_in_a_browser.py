"""How the pages look in a real browser: on a phone, a desk, a projector and paper, and to who does not see them."""

from __future__ import annotations

import pytest
from browsing import PHONE, Dashboard, Open, Picture, address, named, violations

pytestmark = pytest.mark.xdist_group("browser")
"""All on one worker, which builds the dashboard once."""

PAGES = (
    "/",
    "/key-results/checkout-1",
    "/key-results/checkout-3",
    "/orphans",
    "/coach",
    "/figures",
    "/figures?period=4w",
    "/review",
    "/review/{cycle}",
    "/operations",
    "/operations/runs/1",
)
FRAME = 3
"""Pixels that the frame around a field with the focus takes."""
SMALL = ({"width": 320, "height": 640}, PHONE["viewport"], {"width": 768, "height": 1024})
STICKING_OUT = """
[...document.querySelectorAll("body *")]
  .filter((one) => !one.closest("svg") && one.clientWidth > 1)
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.scrollWidth > one.clientWidth + 1)
  .filter((one) => getComputedStyle(one).display !== "inline")
  .filter((one) => !one.closest(".visually-hidden, .unseen, thead, .skip"))
  .map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`)
"""
"""Everything that is cut off at the right, or that has to be moved sideways to be read."""


def test_the_login_has_a_name_for_programs_that_keep_passwords(dashboard: Dashboard, visit: Open) -> None:
    one, said = visit(), list[str]()
    one.page.on("console", lambda message: said.append(message.text))
    one.page.goto(f"{dashboard.guarded}/login")
    one.page.get_by_label("Your token").fill("something")
    one.page.get_by_role("heading", name="Sign in").click()
    assert said == []
    assert violations(one.page) == []


@pytest.mark.parametrize("size", [*SMALL, {"width": 1280, "height": 900}], ids=lambda size: str(size["width"]))
def test_the_login_fits_and_its_label_is_free_of_the_frame_around_its_field(
    dashboard: Dashboard, visit: Open, picture: Picture, size: dict[str, int]
) -> None:
    one = visit(viewport=size)
    one.page.goto(f"{dashboard.guarded}/login")
    picture(one.page, f"login-{size['width']}")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert one.page.evaluate(STICKING_OUT) == []
    label, field = (one.page.locator(f"main {what}").last.bounding_box() for what in ("label", "input[type=password]"))
    assert label["y"] + label["height"] <= field["y"] - FRAME


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
@pytest.mark.parametrize("path", ["/", "/key-results/one-1", "/orphans", "/coach", "/figures", "/review/2026-Q4"])
def test_no_name_is_too_long_for_a_page(
    unwieldy: Dashboard, visit: Open, picture: Picture, path: str, width: int
) -> None:
    one = visit(viewport={"width": width, "height": 740})
    assert one.page.goto(f"{unwieldy.open}{path}").status == 200
    if width in (375, 1280):
        picture(one.page, f"unwieldy-{named(path)}-{width}")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
    assert one.page.evaluate(STICKING_OUT) == []
    assert one.trouble == []


def test_what_is_unfolded_goes_on_in_the_same_columns(dashboard: Dashboard, visit: Open) -> None:
    one = visit()
    one.page.goto(f"{dashboard.open}/key-results/checkout-1")
    one.page.locator("details.more summary").first.click()
    lefts = one.page.evaluate(
        """[...document.querySelectorAll("table.tickets")].slice(0, 2).map((table) =>
          [...table.querySelector("tbody tr").cells].map((cell) => Math.round(cell.getBoundingClientRect().left)))"""
    )
    assert lefts[0] == lefts[1]
    assert len(lefts[0]) == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_accessible_in_light_and_dark(
    dashboard: Dashboard, visit: Open, picture: Picture, path: str, scheme: str
) -> None:
    one = visit(color_scheme=scheme)
    assert one.page.goto(address(one.page, dashboard, path)).status == 200
    picture(one.page, f"{named(path)}-{scheme}")
    assert violations(one.page) == []
    assert one.trouble == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_a_phone_and_is_accessible_there(
    dashboard: Dashboard, visit: Open, picture: Picture, path: str
) -> None:
    one = visit(**PHONE)
    one.page.goto(address(one.page, dashboard, path))
    wide = one.page.evaluate("document.documentElement.scrollWidth")
    picture(one.page, f"{named(path)}-phone")
    assert wide <= PHONE["viewport"]["width"]
    assert violations(one.page) == []
    assert one.trouble == []


@pytest.mark.parametrize("size", SMALL, ids=lambda size: str(size["width"]))
@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_is_cut_off_or_has_to_be_moved_sideways(
    dashboard: Dashboard, visit: Open, path: str, size: dict[str, int]
) -> None:
    one = visit(viewport=size)
    one.page.goto(address(one.page, dashboard, path))
    assert one.page.evaluate(STICKING_OUT) == []


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_on_a_desk_or_a_projector(dashboard: Dashboard, visit: Open, path: str, width: int) -> None:
    one = visit(viewport={"width": width, "height": 900})
    one.page.goto(address(one.page, dashboard, path))
    assert one.page.evaluate(STICKING_OUT) == []


def test_a_projector_is_used_to_its_width_and_its_letters_grow(dashboard: Dashboard, visit: Open) -> None:
    letters, widths = [], []
    for width in (1280, 1920):
        one = visit(viewport={"width": width, "height": 900})
        one.page.goto(dashboard.open)
        letters.append(one.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
        widths.append(one.page.evaluate("document.querySelector('.card').clientWidth") / width)
    assert letters[1] > letters[0] * 1.15
    assert min(widths) > 0.8


@pytest.mark.parametrize("path", ["/key-results/nothing", "/review/nothing", "/nothing"])
def test_a_page_that_is_not_there_is_accessible_too(dashboard: Dashboard, visit: Open, path: str) -> None:
    one = visit(**PHONE)
    assert one.page.goto(f"{dashboard.open}{path}").status == 404
    assert violations(one.page) == []


def test_on_a_phone_one_line_holds_a_menu_that_needs_no_script(dashboard: Dashboard, visit: Open) -> None:
    one = visit(**PHONE, java_script_enabled=False)
    one.page.goto(dashboard.open)
    assert one.page.locator("header.top").bounding_box()["height"] < 64
    assert not one.page.get_by_role("link", name="Coach").is_visible()
    one.page.get_by_text("Menu").click()
    one.page.get_by_role("link", name="Coach").click()
    assert one.page.url.endswith("/coach")


def test_a_cell_of_a_phones_card_says_what_it_is(dashboard: Dashboard, visit: Open) -> None:
    one = visit(**PHONE)
    one.page.goto(dashboard.open)
    label = one.page.evaluate(
        """getComputedStyle(document.querySelector('td[data-label="Confidence"]'), "::before").content"""
    )
    assert label == '"Confidence"'


def test_the_cycle_is_printed_whole_and_without_its_forms(dashboard: Dashboard, visit: Open, picture: Picture) -> None:
    one = visit(viewport={"width": 718, "height": 1000})
    one.page.goto(dashboard.open)
    one.page.emulate_media(media="print")
    picture(one.page, "cycle-print")
    assert not one.page.locator("form.filter").is_visible()
    assert one.page.get_by_role("columnheader", name="Confidence").first.is_visible()
    heads = [head.bounding_box() for head in one.page.get_by_role("columnheader").all()[:8]]
    assert all(box["x"] + box["width"] <= 718 for box in heads)
    assert one.page.evaluate(STICKING_OUT) == []


def test_the_keyboard_reaches_the_content_first(dashboard: Dashboard, visit: Open) -> None:
    one = visit()
    one.page.goto(dashboard.open)
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.textContent") == "Skip to content"
    one.page.keyboard.press("Enter")
    assert one.page.evaluate("document.activeElement.id") == "main"


def test_the_review_is_made_for_paper(dashboard: Dashboard, visit: Open, picture: Picture) -> None:
    one = visit()
    one.page.goto(f"{dashboard.open}/review")
    one.page.locator("main a").first.click()
    one.page.emulate_media(media="print")
    assert one.page.locator("figure img").count() >= 3
    one.page.wait_for_load_state("load")
    assert one.page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    picture(one.page, "review-print")
    assert one.trouble == []
