"""What people do on the dashboard, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from browsing import TOKENS, Dashboard, Open, Picture

pytestmark = pytest.mark.xdist_group("browser")
"""All on one worker, which builds the dashboard once."""

PAGES = ("/", "/key-results/checkout-1", "/orphans", "/coach", "/figures", "/review", "/operations")
PHONE = {"viewport": {"width": 375, "height": 740}}


def sign_in(page: Any, at: str, who: str) -> None:
    page.goto(f"{at}/login")
    page.get_by_label("Your token").fill(TOKENS[who])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{at}/")


def violations(page: Any) -> list[str]:
    """What axe finds against WCAG 2 A and AA."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def test_the_cycle_is_read_at_a_glance(dashboard: Dashboard, visit: Open, picture: Picture) -> None:
    one = visit()
    one.page.goto(dashboard.open)
    row = one.page.locator("tr", has_text="checkout-1")
    assert "4/10" in row.inner_text()
    assert row.locator("svg.spark").count() == 1
    assert one.page.get_by_role("heading", name="Buying is effortless").is_visible()
    picture(one.page, "cycle")
    assert one.trouble == []


def test_a_key_result_is_opened_and_its_chart_answers_to_the_pointer(
    dashboard: Dashboard, visit: Open, picture: Picture
) -> None:
    one = visit()
    for _ in range(60):
        if len(one.page.request.get(f"{dashboard.open}/scripts/vega.js").text()) > 1000:
            break
        one.page.wait_for_timeout(500)
    one.page.goto(dashboard.open)
    one.page.get_by_role("link", name="checkout-1", exact=True).first.click()
    chart = one.page.locator("figure.chart .live svg")
    chart.wait_for(timeout=20_000)
    box = chart.bounding_box()
    one.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    readout = one.page.locator(".readout")
    readout.filter(has_text=" of ").wait_for()
    one.page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5)
    readout.filter(has_text="between").wait_for()
    picture(one.page, "key-result", whole=False)
    assert one.trouble == []


def test_without_scripts_the_chart_stands_still_and_everything_can_be_read(dashboard: Dashboard, visit: Open) -> None:
    one = visit(java_script_enabled=False)
    one.page.goto(f"{dashboard.open}/key-results/checkout-1")
    assert one.page.locator("figure.chart > svg").is_visible()
    assert one.page.get_by_role("heading", name="Forecast").is_visible()
    assert one.trouble == []


def test_the_address_holds_the_filter(dashboard: Dashboard, visit: Open) -> None:
    one = visit()
    one.page.goto(dashboard.open)
    one.page.get_by_label("Team").select_option("platform")
    one.page.get_by_role("button", name="Filter").click()
    assert "team=platform" in one.page.url
    assert one.page.get_by_text("Buying is effortless").count() == 0
    other = visit()
    other.page.goto(one.page.url)
    assert other.page.get_by_text("The API answers before anyone wonders").is_visible()


def test_an_owner_checks_in_and_reads_it_on_the_timeline(dashboard: Dashboard, visit: Open, picture: Picture) -> None:
    one = visit()
    sign_in(one.page, dashboard.guarded, "ana")
    one.page.goto(f"{dashboard.guarded}/key-results/checkout-2")
    one.page.get_by_label("Confidence, 0 to 10").fill("7")
    one.page.get_by_label("What changed").fill("Two more bugs are gone.")
    one.page.get_by_role("button", name="Keep").click()
    assert one.page.get_by_text("Kept. The next run measures it.").is_visible()
    assert "Two more bugs are gone." in one.page.locator("ol.timeline").inner_text()
    picture(one.page, "checked-in")
    assert one.trouble == []


def test_a_viewer_has_no_form_and_cannot_post_one(dashboard: Dashboard, visit: Open) -> None:
    one = visit()
    sign_in(one.page, dashboard.guarded, "vic")
    one.page.goto(f"{dashboard.guarded}/key-results/checkout-2")
    assert one.page.get_by_role("button", name="Keep").count() == 0
    csrf = one.page.locator("input[name=csrf]").first.get_attribute("value")
    answer = one.page.request.post(
        f"{dashboard.guarded}/key-results/checkout-2/check-ins", form={"csrf": csrf, "note": "mine now"}
    )
    assert answer.status == 403


def test_signing_in_with_a_wrong_token_says_so_and_signing_out_ends_it(dashboard: Dashboard, visit: Open) -> None:
    one = visit()
    one.page.goto(f"{dashboard.guarded}/coach")
    assert one.page.url.endswith("/login?to=/coach")
    one.page.get_by_label("Your token").fill("wrong")
    one.page.get_by_role("button", name="Sign in").click()
    assert one.page.get_by_role("alert").inner_text() == "Nobody has this token."
    one.page.get_by_label("Your token").fill(TOKENS["max"])
    one.page.get_by_role("button", name="Sign in").click()
    one.page.get_by_role("heading", name="Coach").wait_for()
    one.page.get_by_role("button", name="Sign out").click()
    one.page.goto(f"{dashboard.guarded}/")
    assert "/login" in one.page.url


def test_the_login_has_a_name_for_programs_that_keep_passwords(dashboard: Dashboard, visit: Open) -> None:
    one, said = visit(), list[str]()
    one.page.on("console", lambda message: said.append(message.text))
    one.page.goto(f"{dashboard.guarded}/login")
    one.page.get_by_label("Your token").fill("something")
    one.page.get_by_role("heading", name="Sign in").click()
    assert said == []
    assert violations(one.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_accessible_in_light_and_dark(
    dashboard: Dashboard, visit: Open, picture: Picture, path: str, scheme: str
) -> None:
    one = visit(color_scheme=scheme)
    assert one.page.goto(f"{dashboard.open}{path}").status == 200
    picture(one.page, f"{path.strip('/').replace('/', '-') or 'cycle'}-{scheme}")
    assert violations(one.page) == []
    assert one.trouble == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_a_phone(dashboard: Dashboard, visit: Open, picture: Picture, path: str) -> None:
    one = visit(**PHONE)
    one.page.goto(f"{dashboard.open}{path}")
    wide = one.page.evaluate("document.documentElement.scrollWidth")
    picture(one.page, f"{path.strip('/').replace('/', '-') or 'cycle'}-phone")
    assert wide <= PHONE["viewport"]["width"]
    assert one.trouble == []


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
    assert one.page.locator("svg").count() > 3
    picture(one.page, "review-print")
    assert one.trouble == []
