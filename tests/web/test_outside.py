"""Badges for READMEs, and the calendar."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from installation import Installation
from visiting import Visit

from okrsync.web.access import token_hash
from okrsync.web.pages.outside import drawn

OLD, NEW = token_hash("old"), token_hash("new")
USERS = f"serve:\n  users:\n    ana: {{role: owner, token: {OLD}}}\n"
BEARER = {"Authorization": "Bearer old"}


def test_a_badge_tells_progress_and_status(visit: Visit) -> None:
    answer = visit().get("/badge/checkout-1.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "private, max-age=300"
    picture = ElementTree.fromstring(answer.text)
    texts = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "checkout-1"
    assert (texts[1] or "").startswith("33 %, ")


def test_a_badge_that_did_not_change_is_not_sent_again(visit: Visit) -> None:
    browser = visit()
    tag = browser.get("/badge/checkout-1.svg").headers["etag"]
    again = browser.get("/badge/checkout-1.svg", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_badges_are_for_those_who_sign_in_unless_the_file_says_otherwise(visit: Visit) -> None:
    browser = visit(USERS)
    assert browser.get("/badge/checkout-1.svg").status_code == 303
    assert browser.get("/badge/checkout-1.svg", headers=BEARER).status_code == 200
    browser = visit("  badges: true\n")
    answer = browser.get("/badge/checkout-1.svg", headers={"Host": "okr.acme.example"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert browser.get("/badge/nothing.svg").status_code == 404


def test_a_badge_obeys_nothing_in_a_name() -> None:
    picture = ElementTree.fromstring(drawn('"><script>alert(1)</script>&\x1b[31m', None, None))
    assert not list(picture.iter("{http://www.w3.org/2000/svg}script"))


def test_the_calendar_has_check_in_days_by_owner_and_the_cycle(acme: Installation, visit: Visit) -> None:
    acme.okrs.write_text(acme.okrs.read_text().replace("id: checkout-1", "id: checkout-1\n        owner: ana"))
    answer = visit().get("/feed.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    for told in (
        "SUMMARY:2026-Q4 begins",
        "DTSTART;VALUE=DATE:20261231",
        "SUMMARY:Check in: ana (1 key result)",
        "SUMMARY:Check in: nobody yet (1 key result)",
    ):
        assert told in answer.text.replace("\r\n ", "")
    only = visit().get("/feed.ics?owner=ana").text
    assert "nobody yet" not in only
    assert "Check in: ana" in only


def events(text: str) -> list[Any]:
    """The events, as a library reads them that knows RFC 5545; it complains of what is not allowed there."""
    read = Calendar.from_ical(text)
    assert read.errors == []
    assert [one.errors for one in read.events if one.errors] == []
    return list(read.events)


def test_the_calendar_is_what_the_standard_allows(visit: Visit) -> None:
    told = events(visit().get("/feed.ics").text)
    assert {
        name for one in told for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "URL") if name not in one
    } == set()
    assert len({str(one["UID"]) for one in told}) == len(told)
    assert {(one["DTEND"].dt - one["DTSTART"].dt).days for one in told} == {1}


def test_the_calendar_says_how_often_to_look_again(visit: Visit) -> None:
    read = Calendar.from_ical(visit().get("/feed.ics").text)
    assert read["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert str(read["X-PUBLISHED-TTL"]) == "PT1H"


def test_every_event_leads_to_its_page(acme: Installation, visit: Visit) -> None:
    acme.config.write_text(re.sub(r"(?m)^dashboard_url:.*\n", "", acme.config.read_text()))
    acme.okrs.write_text(acme.okrs.read_text().replace("id: checkout-1", "id: checkout-1\n        owner: ana"))
    browser = visit()
    found = {str(one["SUMMARY"]): str(one["URL"]) for one in events(browser.get("/feed.ics").text)}
    assert found["2026-Q4 ends"] == "http://localhost/review/2026-Q4"
    assert found["Check in: ana (1 key result)"] == "http://localhost/key-results/checkout-1#check-ins"
    for url in found.values():
        assert browser.get(url).status_code == 200, url
    acme.okrs.write_text(acme.okrs.read_text().replace("id: checkout-2", "id: checkout-2\n        owner: ana"))
    both = [one for one in events(browser.get("/feed.ics").text) if "2 key results" in str(one["SUMMARY"])]
    assert {str(one["URL"]) for one in both} == {"http://localhost/?owner=ana"}


def test_behind_a_proxy_events_lead_to_the_dashboard_that_people_know(visit: Visit) -> None:
    text = visit().get("/feed.ics").text
    assert {str(one["URL"]).split("/")[2] for one in events(text)} == {"okr.acme.example"}


def test_a_calendar_program_has_a_key_of_its_own_until_the_token_changes(acme: Installation, visit: Visit) -> None:
    browser = visit(USERS)
    assert browser.get("/feed.ics").status_code == 303
    address = browser.get("/api/v1/me", headers=BEARER).json()["feed"]
    assert address.startswith("/feed.ics?key=")
    assert browser.get(address).status_code == 200
    for other in ("/", "/api/v1/me"):
        assert browser.get(f"{other}?{address.partition('?')[2]}").status_code in (303, 401, 422)
    acme.config.write_text(acme.config.read_text().replace(OLD, NEW))
    assert browser.get(address).status_code == 403


@pytest.mark.parametrize("key", ["x", "WyJhbmEiLCIiXQ.x", "%00", "é", "." * 5000])
def test_a_guessed_key_opens_nothing(visit: Visit, key: str) -> None:
    assert visit(USERS).get("/feed.ics", params={"key": key}).status_code == 403


def test_whom_only_the_proxy_knows_gets_no_key_since_nobody_would_tell_when_they_are_gone(
    acme: Installation, visit: Visit
) -> None:
    rules = "serve: {proxy: {address: 127.0.0.1}, users: {ana: {role: owner}}}\n"
    browser = visit(rules, client=("127.0.0.1", 50000))

    def feed_of(name: str) -> str:
        answer = browser.get("/api/v1/me", headers={"X-Remote-User": name})
        return str(answer.json()["feed"])

    assert feed_of("vic") == "/feed.ics"
    key = feed_of("ana")
    assert browser.get(key).status_code == 200
    acme.config.write_text(acme.config.read_text().replace("ana: {role: owner}", "eve: {role: owner}"))
    assert browser.get(key).status_code == 403
