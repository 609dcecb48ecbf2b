"""What the pages say and where they lead, as plain HTML."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from installation import Installation
from visiting import Visit

from okrsync.practice.checkins import Words, check_in

MORE = """\
  - id: api
    title: The API answers
    parent: checkout
    owner: ana
    key_results:
      - {id: api-1, title: From 1 to 10, measure: {type: manual, start: 1, target: 10}, due: 2026-12-31}
      - {id: api-2, title: From 2 to 10, measure: {type: manual, start: 2, target: 10}}
"""

NEXT = """\
cycle: {id: 2030-Q1, start: 2030-01-01, end: 2030-03-31}
objectives:
  - id: later
    title: Returns are effortless
    key_results:
      - {id: later-1, title: From 1 to 10, measure: {type: manual, start: 1, target: 10}}
"""


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def order(page: str, *names: str) -> list[str]:
    """The names in the order in which their rows stand on the page."""
    return sorted(names, key=lambda name: page.index(f'<tr id="{name}"'))


@pytest.fixture
def two(acme: Installation) -> Installation:
    """Two objectives, of which the second stands below the first; api-2 does worse than api-1."""
    acme.okrs.write_text(acme.okrs.read_text() + MORE)
    with acme.open() as app:
        check_in(app.desk(), "api-1", Words(value=10.0, confidence=8), "ana")
        check_in(app.desk(), "api-2", Words(value=2.0, note="It waits."), "ana")
    acme.run()
    return acme


def test_the_worst_key_result_comes_first(two: Installation, visit: Visit) -> None:
    page = visit().get("/").text
    assert order(page, "api-1", "api-2") == ["api-2", "api-1"]


def test_a_share_is_told_once_and_beside_it_what_it_is_made_of(acme: Installation, visit: Visit) -> None:
    row = text(visit().get("/").text.partition('<tr id="checkout-1"')[2].partition("</tr>")[0])
    assert " 2 of 6 " in row
    assert "33 %" in row
    assert "33.33" not in row


def test_a_count_keeps_the_filter_that_stands_and_is_taken_off_by_itself(two: Installation, visit: Visit) -> None:
    page = visit().get("/?owner=ana").text
    assert 'href="/?owner=ana&amp;status=achieved"' in page
    assert 'href="/?owner=ana"' in visit().get("/?owner=ana&status=achieved").text


def test_a_parent_is_named_by_its_title_and_linked(two: Installation, visit: Visit) -> None:
    assert 'part of <a href="#objective-checkout">Buying is effortless</a>' in visit().get("/").text


def test_every_cell_of_a_card_says_what_it_is(two: Installation, visit: Visit) -> None:
    browser = visit()
    for address in ("/", "/key-results/checkout-1", "/figures", "/operations", "/operations/runs/1"):
        page = browser.get(address).text
        tables = re.findall(r'<table class="[^"]*cards.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
        assert tables, address
        for row in tables:
            cells = re.findall(r"<td([^>]*)>(.*?)</td>", row, re.DOTALL)
            bare = [cell for attributes, cell in cells if "data-label" not in attributes and "whole" not in attributes]
            assert [cell for cell in bare if text(cell)] == [], address


def test_a_key_result_leads_to_its_neighbours_its_objective_and_back_to_the_filter(
    two: Installation, visit: Visit
) -> None:
    page = visit().get("/key-results/api-1", headers={"Referer": "http://localhost/?owner=ana"}).text
    assert 'href="/key-results/checkout-2" rel="prev"' in page
    assert 'href="/key-results/api-2" rel="next"' in page
    assert 'href="/#objective-api"' in page
    assert '<a href="/?owner=ana">2026-Q4</a>' in page
    assert '<a href="/">2026-Q4</a>' in visit().get("/key-results/api-1").text


def test_no_other_site_says_where_back_is(two: Installation, visit: Visit) -> None:
    page = visit().get("/key-results/api-1", headers={"Referer": "https://evil.example/?owner=ana"}).text
    assert '<a href="/">2026-Q4</a>' in page


def test_a_key_result_is_checked_in_on_from_its_headline(two: Installation, visit: Visit) -> None:
    page = visit().get("/key-results/api-2").text
    assert '<a class="button" href="#check-ins">Check in</a>' in page
    assert page.index('id="check-ins"') < page.index('id="tickets"')


def test_whoever_owes_a_check_in_gets_there_from_the_cycle(two: Installation, visit: Visit) -> None:
    assert "#check-ins" not in visit().get("/").text
    two.sandbox.clock.advance(timedelta(days=40))
    page = visit().get("/").text
    assert '<a class="due" href="/key-results/api-2#check-ins">Check in: ' in page
    assert "late since" in visit().get("/key-results/api-2").text


def test_only_the_first_tickets_stand_open(acme: Installation, visit: Visit) -> None:
    for number in range(20):
        acme.sandbox.github.create("acme/shop", f"Step {number}", milestone="One page")
    acme.run()
    page = visit().get("/key-results/checkout-1").text
    before, folded = page[page.index('id="tickets"') :].split('<details class="more">')
    assert before.count("<tr><td") == 15
    assert "11 more" in folded


def test_what_moved_it_is_all_there_and_folded_after_a_few(acme: Installation, visit: Visit) -> None:
    acme.sandbox.clock.advance(timedelta(days=8))
    for number in range(20):
        acme.sandbox.github.create("acme/shop", f"Step {number}", milestone="One page")
    acme.run()
    page = visit().get("/key-results/checkout-1").text
    moved = page[page.index('id="moved"') : page.index('id="tickets"')]
    before, _, folded = moved.partition("<details>")
    assert before.count("Step ") == 5
    assert "<summary>15 more</summary>" in folded
    assert folded.count("Step ") == 15


def test_rules_are_named_only_below_their_fold(two: Installation, visit: Visit) -> None:
    page = visit().get("/key-results/checkout-1").text
    outside = re.sub(r'<details class="rule">.*?</details>', "", page, flags=re.DOTALL)
    assert "preset viva" in page
    for jargon in ("preset viva", "completion by count", " v1"):
        assert jargon not in outside


def test_the_coach_speaks_of_each_key_result_once_and_tells_a_reader_no_command(
    two: Installation, visit: Visit
) -> None:
    two.sandbox.clock.advance(timedelta(days=40))
    page = visit().get("/coach").text
    assert not re.search(r"\b(\S+)\s+\1: ", text(page))
    assert 'href="/key-results/api-2#check-ins"' in page
    assert "okrsync checkin" not in page
    assert "`" not in page


def test_no_page_tells_where_files_lie_on_the_server(two: Installation, visit: Visit) -> None:
    page = visit().get("/coach").text
    assert f"{two.okrs.parent.name}/{two.okrs.name}:" in page
    assert str(two.okrs.parent) not in page


def test_figures_are_chosen_by_team_and_tell_why_there_is_no_number(two: Installation, visit: Visit) -> None:
    browser = visit()
    assert "No number: " in browser.get("/figures").text
    assert "<h2" not in browser.get("/figures?team=nobody").text


def test_a_connection_that_could_not_be_read_is_told_where_its_data_is_shown(two: Installation, visit: Visit) -> None:
    assert "could not be read" not in visit().get("/").text
    two.sandbox.faults.add("status", path="^/jira/", status=401, times=None)
    two.run()
    page = visit().get("/").text
    assert "<strong>jira</strong> could not be read" in page
    assert '<a href="/operations">See Operations</a>' in page
    assert "<strong>jira</strong> could not be read" in visit().get("/key-results/checkout-1").text


def test_a_badge_is_offered_with_its_address(two: Installation, visit: Visit) -> None:
    assert "![checkout-1](http://localhost/badge/checkout-1.svg)" in visit().get("/key-results/checkout-1").text


def test_pages_are_light_without_their_charts(two: Installation, visit: Visit) -> None:
    browser: Any = visit()
    for address in ("/", "/key-results/checkout-1", "/coach", "/figures", "/orphans", "/operations"):
        page = re.sub(r"<figure.*?</figure>", "", browser.get(address).text, flags=re.DOTALL)
        assert len(page.encode()) < 100_000, address


def test_before_the_first_objective_the_cycle_says_where_it_comes_from(acme: Installation, visit: Visit) -> None:
    acme.okrs.write_text("cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}\nobjectives: []\n")
    page = visit().get("/").text
    assert "okrsync init" in page
    assert "filter" not in text(page)
    assert "Show all" not in page


def test_before_the_first_run_the_cycle_says_that_nothing_was_read(acme: Installation, visit: Visit) -> None:
    browser = visit("store: sqlite:///fresh.db\n")
    assert "<strong>jira</strong> has not been read yet" in browser.get("/").text
    page = browser.get("/key-results/checkout-1").text
    assert "never read" in page
    assert "<figure" not in page
    assert browser.get("/charts/checkout-1.svg").status_code == 404


def test_what_has_not_begun_shows_no_progress_and_lacks_no_work(acme: Installation, visit: Visit) -> None:
    acme.folder.joinpath("okrs/next.yaml").write_text(NEXT)
    browser = visit()
    branch = text(browser.get("/").text.partition('id="objective-later"')[2].partition("<table")[0])
    assert "not started" in branch
    assert "%" not in branch.partition("Its progress")[0]
    assert "later-1" not in browser.get("/orphans").text
    assert [one["key_result"] for one in browser.get("/api/v1/orphans").json()["key_results"]] == []


def test_a_check_in_that_moved_it_is_told_with_what_was_said_and_its_unit(acme: Installation, visit: Visit) -> None:
    acme.okrs.write_text(acme.okrs.read_text() + MORE.replace("target: 10}, due", 'target: 10, unit: "%"}, due'))
    with acme.open() as app:
        check_in(app.desk(), "api-1", Words(value=2.0, note="It begins."), "ana")
    acme.run()
    page = visit().get("/key-results/api-1").text
    moved = text(page[page.index('id="moved"') : page.index('id="tickets"')])
    assert "2026: It begins. 2 %" in moved
