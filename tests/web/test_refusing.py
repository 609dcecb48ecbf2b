"""How it is told that something could not be done: in plain words, with what to do, to people and to programs."""

from __future__ import annotations

from typing import Any

import pytest
from visiting import Visit

from okrsync.web.access import new_token, token_hash

CHECK_INS = "/api/v1/key-results/checkout-1/check-ins"
GUARDED = f"serve: {{users: {{ana: {{token: {token_hash(new_token())}}}}}}}\n"


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/static/nothing.css", "/key-results"])
def test_what_is_not_there_is_told_in_words(visit: Visit, path: str) -> None:
    answer = visit().get(path)
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert "Not Found" not in answer.text


def test_an_address_that_is_only_for_forms_says_so(visit: Visit) -> None:
    answer = visit().get("/operations/apply")
    assert answer.status_code == 405
    assert "This address does not answer to GET." in answer.text
    assert "It answers to POST." in answer.text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("/?page=x", "page must be a whole number, not &#39;x&#39;."),
        ("/operations/runs/1?page=0", "page must be at least 1."),
        ("/operations/runs/99999999999", "number must be at most 2147483647."),
        (
            "/figures?first=2026-99-01&last=2026-10-01",
            "first must be a day as in 2026-11-30, not &#39;2026-99-01&#39;.",
        ),
        ("/charts/checkout-1.svg?size=big", "size must be &#39;wide&#39; or &#39;narrow&#39;."),
    ],
)
def test_an_address_with_nonsense_in_it_names_the_part(visit: Visit, asked: str, told: str) -> None:
    answer = visit().get(asked)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Input should" not in answer.text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "The body is no JSON."),
        (b"", "The body is missing."),
        (b"[]", "The body must be an object."),
        (b'{"note": 3}', "note must be text."),
        (b'{"note": "%b"}' % (b"x" * 4001), "note has more than 4000 characters."),
        (b'{"nota": "x"}', "There is no nota."),
        (b'{"confidence": 11}', "confidence must be at most 10."),
    ],
)
def test_a_program_is_told_what_is_wrong_with_its_body(visit: Visit, body: bytes, told: str) -> None:
    browser = visit()
    headers = {"X-CSRF-Token": browser.get("/api/v1/me").json()["csrf"], "Content-Type": "application/json"}
    answer = browser.post(CHECK_INS, content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json() == {"error": told, "hint": "Correct it and send it again."}


def test_a_program_without_a_token_is_told_how_to_bring_one(visit: Visit) -> None:
    answer = visit(GUARDED).get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/coach", "/coach/", "/api/v1/coach"])
def test_a_fault_of_ours_is_a_page_like_others_and_tells_nothing_of_the_inside(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr("okrsync.web.room.Room.ask", broken)
    answer = visit(raise_server_exceptions=False).get(path)
    assert answer.status_code == 500
    assert "This is a fault of okrsync" in answer.text
    assert "the inside" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"].startswith("application/json" if "api" in path else "text/html")
