"""The API: the same data as the pages, tokens, and check-ins from programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from visiting import Visit

from okrsync.settings.serve import User
from okrsync.web.access import Remembered, token_hash

TOKENS = {name: f"{name}'s own token" for name in ("ana", "max", "cem")}
USERS = {
    name: User(role=role, token=token_hash(TOKENS[name]))
    for name, role in (("ana", "owner"), ("max", "admin"), ("cem", "viewer"))
}
GUARDED = "serve:\n  users:\n" + "".join(
    f"    {name}: {{role: {user.role}, token: {user.token}}}\n" for name, user in USERS.items()
)
CHECK_INS = "/api/v1/key-results/checkout-1/check-ins"


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKENS.get(name, name)}"}


@pytest.fixture
def guarded(acme: Installation, visit: Visit) -> TestClient:
    acme.okrs.write_text(acme.okrs.read_text().replace("id: checkout-1", "id: checkout-1\n        owner: ana"))
    return visit(GUARDED)


def test_the_api_asks_for_a_token_in_json(guarded: TestClient) -> None:
    answer = guarded.get("/api/v1/objectives")
    assert answer.status_code == 401
    assert set(answer.json()) == {"error", "hint"}


def test_a_token_says_who_is_asking(guarded: TestClient) -> None:
    assert guarded.get("/api/v1/me", headers=bearer("ana")).json()["name"] == "ana"
    assert guarded.get("/", headers=bearer("ana")).status_code == 200


def test_wrong_tokens_are_counted_like_wrong_logins(guarded: TestClient) -> None:
    tries = [guarded.get("/api/v1/me", headers=bearer("wrong")).status_code for _ in range(6)]
    assert tries == [401] * 5 + [429]
    assert guarded.get("/api/v1/me", headers=bearer("ana")).status_code == 429


def test_a_token_that_was_right_a_moment_ago_works_while_others_guess(guarded: TestClient) -> None:
    assert guarded.get("/api/v1/me", headers=bearer("ana")).status_code == 200
    for _ in range(6):
        guarded.get("/api/v1/me", headers=bearer("wrong"))
    assert guarded.get("/api/v1/me", headers=bearer("ana")).status_code == 200


def test_a_token_is_remembered_for_minutes_and_only_while_it_is_the_configured_one() -> None:
    time = 0.0
    kept = Remembered(lambda: time)
    kept.keep(TOKENS["ana"], "ana", USERS["ana"])
    assert kept.owner(TOKENS["ana"], USERS) == "ana"
    assert kept.owner(TOKENS["max"], USERS) is None
    assert kept.owner(TOKENS["ana"], {**USERS, "ana": User(token=token_hash("another"))}) is None
    assert kept.owner(TOKENS["ana"], {}) is None
    time = 300.0
    assert kept.owner(TOKENS["ana"], USERS) is None


def test_another_token_in_the_configuration_ends_sessions_and_tokens(acme: Installation, guarded: TestClient) -> None:
    import re

    page = guarded.get("/login").text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    guarded.post("/login", data={"csrf": found[1], "token": TOKENS["ana"]})
    assert guarded.get("/").status_code == 200
    acme.config.write_text(acme.config.read_text().replace(str(USERS["ana"].token), token_hash("another")))
    assert guarded.get("/").status_code == 303
    assert guarded.get("/api/v1/me", headers=bearer("ana")).status_code == 401


def test_where_nobody_signs_in_only_localhost_is_answered(visit: Visit) -> None:
    """A page of another site can make its own name lead to this machine, and would read along."""
    browser = visit()
    assert browser.get("/api/v1/me").status_code == 200
    for own in ("localhost", "127.0.0.1:8080", "127.0.0.2", "[::1]"):
        assert browser.get("/api/v1/me", headers={"Host": own}).status_code == 200
    for address in ("/", "/api/v1/me", "/key-results/checkout-1", "/login", "/badge/checkout-1.svg", "/feed.ics"):
        assert browser.get(address, headers={"Host": "evil.example"}).status_code == 403


def test_an_owner_checks_in_with_a_token(guarded: TestClient) -> None:
    answer = guarded.post(CHECK_INS, json={"confidence": 7, "note": " Half is done "}, headers=bearer("ana"))
    assert answer.status_code == 201
    assert (answer.json()["who"], answer.json()["note"]) == ("ana", "Half is done")
    assert [one["confidence"] for one in guarded.get(CHECK_INS, headers=bearer("cem")).json()] == [7]
    assert "Half is done" in guarded.get("/key-results/checkout-1", headers=bearer("cem")).text


@pytest.mark.parametrize(("name", "status"), [("max", 201), ("cem", 403)])
def test_roles_hold_over_the_api(guarded: TestClient, name: str, status: int) -> None:
    assert guarded.post(CHECK_INS, json={"confidence": 7}, headers=bearer(name)).status_code == status


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "says something"),
        ({"confidence": 11}, "confidence"),
        ({"confidance": 7}, "confidance"),
        ({"value": 3}, "measured from tickets"),
        ({"status": "at risk"}, "needs a reason"),
        ({"status": "at risk", "reason": "ill", "until": "9999-12-31"}, "too far"),
        ({"note": "x" * 4001}, "note"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_do(guarded: TestClient, said: dict[str, Any], told: str) -> None:
    answer = guarded.post(CHECK_INS, json=said, headers=bearer("ana"))
    assert answer.status_code == 422
    assert told in answer.json()["error"]
    assert answer.json()["hint"]
    assert guarded.get(CHECK_INS, headers=bearer("ana")).json() == []


def test_a_session_sends_its_secret_too(visit: Visit) -> None:
    browser = visit()
    said = {"confidence": 7}
    assert browser.post(CHECK_INS, json=said).status_code == 403
    csrf = browser.get("/api/v1/me").json()["csrf"]
    assert browser.post(CHECK_INS, json=said, headers={"X-CSRF-Token": "guessed"}).status_code == 403
    assert browser.post(CHECK_INS, json=said, headers={"X-CSRF-Token": csrf}).status_code == 201


def test_objectives_come_as_a_tree(acme: Installation, visit: Visit) -> None:
    acme.okrs.write_text(acme.okrs.read_text() + "  - {id: forms, title: Short forms, parent: checkout}\n")
    (top,) = visit().get("/api/v1/objectives").json()
    assert (top["id"], [one["id"] for one in top["children"]]) == ("checkout", ["forms"])
    assert [row["status"]["key_result"] for row in top["key_results"]] == ["checkout-1", "checkout-2"]


def test_a_key_result_lists_every_ticket_with_what_it_adds(visit: Visit) -> None:
    found = visit().get("/api/v1/key-results/CHECKOUT-1").json()
    adds = {one["key"]: one["adds"] for one in found["explanation"]["contributions"]}
    assert adds["acme/shop#1"] == 1.0
    assert adds["SHOP-3"] == 0.0
    assert found["outlook"]["key_result"] == "checkout-1"


def test_a_key_result_tells_its_burn_up_and_whether_a_check_in_is_due(acme: Installation, visit: Visit) -> None:
    acme.okrs.write_text(acme.okrs.read_text().replace("    key_results:", "    owner: ana\n    key_results:"))
    acme.sandbox.clock.advance(timedelta(days=8))
    acme.run()
    found = visit().get("/api/v1/key-results/checkout-1").json()
    assert found["burn_up"]["past"][-1]["goal"] == found["explanation"]["status"]["sample"]["denominator"]
    assert found["duty"]["state"]
    assert found["duty"]["words"]


def test_a_misspelled_filter_is_refused_and_not_ignored(visit: Visit) -> None:
    browser = visit()
    assert len(browser.get("/api/v1/key-results?status=at+risk").json()) < 2
    answer = browser.get("/api/v1/key-results?ovner=ana")
    assert answer.status_code == 422
    assert answer.json()["hint"] == "Did you mean owner?"


@pytest.mark.parametrize("asked", ["since=2030-01-01", "since=tomorrow", "", "since=0001-01-01", "since=9999-12-31"])
def test_a_question_about_no_time_is_refused(visit: Visit, asked: str) -> None:
    answer = visit().get(f"/api/v1/key-results/checkout-1/why?{asked}")
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_why_begins_on_the_day_that_is_named(visit: Visit) -> None:
    found = visit().get("/api/v1/key-results/checkout-1/why?since=2026-10-01").json()
    assert found["since"] == "2026-10-01T00:00:00Z"


def test_the_description_names_every_answer(visit: Visit) -> None:
    told = visit().get("/api/v1/openapi.json").json()
    assert told["paths"]["/api/v1/key-results/{name}"]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ] == {"$ref": "#/components/schemas/KeyResult"}
    assert told["components"]["schemas"]["Error"]["required"] == ["error", "hint"]
    assert not [path for path in told["paths"] if not path.startswith("/api/v1/")]


def test_key_results_without_work_are_told_also_where_people_give_the_value(acme: Installation, visit: Visit) -> None:
    manual = """      - id: checkout-9
        title: Conversion from 2.1 % to 3 %
        measure: {type: manual, start: 2.1, target: 3}
"""
    acme.okrs.write_text(acme.okrs.read_text() + manual)
    client = visit()
    alone = client.get("/api/v1/orphans").json()["key_results"]
    found = [one["reason"] for one in client.get("/api/v1/coach").json()["findings"] if one["rule"] == "NOWORK"]
    assert [one["key_result"] for one in alone] == ["checkout-9"]
    assert found == ["checkout-9 is linked to no work."]
    page = client.get("/orphans").text
    assert "checkout-9" in page
    assert "people give its value" in page


def test_the_review_of_a_cycle_can_be_read_by_programs(visit: Visit) -> None:
    client = visit()
    found = client.get("/api/v1/cycles/2026-Q4/review").json()
    assert [one["ended"]["id"] for one in found["objectives"]] == ["checkout"]
    assert found["closed"] is None
    assert client.get("/api/v1/cycles/1999/review").status_code == 404


def test_head_is_answered_wherever_get_is(visit: Visit) -> None:
    client = visit()
    for address in ("/", "/healthz", "/feed.ics", "/static/okrsync.css", "/api/v1/me", "/nowhere"):
        got, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (got.status_code, b""), address
