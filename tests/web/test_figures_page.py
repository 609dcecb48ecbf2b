"""The figures of a period of one's choice, which the address holds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from visiting import Visit

from okrsync.practice.figures import figures
from okrsync.store.flow import Flow
from okrsync.web import questions, shared


def heads(page: str) -> list[str]:
    return re.findall(r'<th scope="col" class="num">(.*?)</th>', page)


def chosen(page: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)" selected>', page)


@pytest.fixture
def browser(acme: Installation, visit: Visit) -> TestClient:
    acme.sandbox.clock.advance(timedelta(weeks=6))
    acme.run()
    return visit()


def test_without_a_choice_the_figures_are_told_over_time(browser: TestClient) -> None:
    page = browser.get("/figures").text
    assert len(heads(page)) == 4
    assert "Over time" in page


@pytest.mark.parametrize("period", ["4w", "cycle", "2026-Q4", "2026-11-02..2026-11-20"])
def test_the_address_holds_the_period_in_the_words_of_the_command(
    browser: TestClient, acme: Installation, period: str
) -> None:
    page = browser.get(f"/figures?team=shop&period={period}").text
    with acme.open() as app:
        (told,) = figures(app.desk(), "shop", period)
    assert heads(page) == [f"{told.start.day} {told.start:%b} – {told.end.day} {told.end:%b}"]
    assert chosen(page) == ["shop", period]
    assert "Over time" not in page


def test_the_periods_of_the_menu_are_answered_together_with_those_over_time(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.get("/figures")
    with monkeypatch.context() as broken:
        broken.delattr(questions, "figures_over")
        broken.delattr(shared, "figures")
        menu = re.findall(r'<option value="([^"]*)"', browser.get("/figures").text.partition('name="period"')[2])
        assert {"", "cycle", "4w", "8w", "13w", "2026-Q4"} <= set(menu)
        for period in menu:
            assert browser.get(f"/figures?period={period}").status_code == 200


def test_a_period_that_somebody_types_is_reckoned_from_what_is_known_of_the_past(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.get("/figures")
    with monkeypatch.context() as broken:
        broken.delattr(Flow, "work")
        for period in ("2026-10-06..2026-11-02", "5w"):
            assert "Productivity" in browser.get(f"/figures?period={period}").text
            assert browser.get(f"/api/v1/figures?period={period}").json()


def test_what_is_no_period_is_no_period_for_programs(browser: TestClient) -> None:
    for wrong in ("", "bogus"):
        assert browser.get(f"/api/v1/figures?period={wrong}").status_code == 422


def test_two_days_of_a_form_become_a_period_in_the_address(browser: TestClient) -> None:
    answer = browser.get("/figures?team=shop&first=2026-11-02&last=2026-11-20")
    assert (answer.status_code, answer.headers["location"]) == (303, "/figures?team=shop&period=2026-11-02..2026-11-20")
    page = browser.get(answer.headers["location"]).text
    assert 'name="first" type="date" required' in page
    assert 'value="2026-11-02"' in page
    assert 'value="2026-11-20"' in page


def test_what_is_no_period_is_told_with_the_form_to_correct_it(browser: TestClient) -> None:
    for wrong, said in (("bogus", "is no period"), ("2026-11-20..2026-11-02", "ends before it begins")):
        answer = browser.get(f"/figures?period={wrong}")
        assert answer.status_code == 422
        assert said in answer.text
        assert "--period" not in answer.text
        assert '<select id="period"' in answer.text


def test_a_misspelt_question_is_refused(browser: TestClient) -> None:
    assert "Did you mean period?" in browser.get("/figures?perriod=4w").text


def test_a_team_without_figures_in_a_period_stays_chosen(browser: TestClient) -> None:
    page = browser.get("/figures?team=nobody&period=4w").text
    assert "No team has a key result in this period." in page
    assert "nobody" in chosen(page)
