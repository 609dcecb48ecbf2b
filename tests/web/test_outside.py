"""Badges for READMEs, and the calendar."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
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
