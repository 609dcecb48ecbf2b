"""What people do on the dashboard, in a real browser."""

from __future__ import annotations

import pytest
from browsing import TOKENS, Dashboard, Open, Picture, sign_in

pytestmark = pytest.mark.xdist_group("browser")
"""All on one worker, which builds the dashboard once."""


def test_the_cycle_is_read_at_a_glance(dashboard: Dashboard, visit: Open, picture: Picture) -> None:
    one = visit()
    one.page.goto(dashboard.open)
    row = one.page.locator("tr", has_text="checkout-1")
    assert "4/10" in row.inner_text()
    assert row.locator("svg.spark").count() == 1
    assert one.page.get_by_role("heading", name="Buying is effortless").is_visible()
    picture(one.page, "cycle")
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


def test_a_status_says_why_without_a_pointer_or_a_script(dashboard: Dashboard, visit: Open) -> None:
    one = visit(java_script_enabled=False)
    one.page.goto(dashboard.open)
    row = one.page.locator("tr#checkout-1")
    row.locator("summary").press("Enter")
    assert "expected by now" in row.locator("details p").inner_text()


def test_a_check_in_is_one_click_from_the_headline(dashboard: Dashboard, visit: Open) -> None:
    one = visit()
    one.page.goto(f"{dashboard.open}/key-results/checkout-1")
    one.page.get_by_role("link", name="Check in", exact=True).click()
    assert one.page.url.endswith("#check-ins")
    assert one.page.get_by_label("Confidence, 0 to 10").is_visible()
