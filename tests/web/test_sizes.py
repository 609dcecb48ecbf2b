"""No body is read beyond what anybody has to say, signed in or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from visiting import Visit

from okrsync.web.access import new_token, token_hash
from okrsync.web.sizes import LARGEST

GUARDED = f"serve: {{users: {{ana: {{token: {token_hash(new_token())}}}}}}}\n"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
CHECK_INS = "/api/v1/key-results/checkout-1/check-ins"
PIECE = b"a" * 65_536


def endless() -> Iterator[bytes]:
    """Twice as much as is read, in pieces, and nothing tells how much it will be."""
    yield from [PIECE] * (2 * LARGEST // len(PIECE))


@pytest.mark.parametrize(("path", "kind"), [("/login", FORM), (CHECK_INS, JSON)])
def test_a_body_without_end_is_refused(visit: Visit, path: str, kind: dict[str, str]) -> None:
    answer = visit(GUARDED).post(path, content=endless(), headers=kind)
    assert answer.status_code == 413
    assert f"{LARGEST:,}" in answer.text


@pytest.mark.parametrize(("path", "kind"), [("/login", FORM), (CHECK_INS, JSON)])
def test_a_body_that_is_announced_as_too_long_is_not_read_at_all(visit: Visit, path: str, kind: dict[str, str]) -> None:
    answer = visit(GUARDED).post(path, content=b"a" * (LARGEST + 1), headers=kind)
    assert answer.status_code == 413
    assert f"{LARGEST:,}" in answer.text


def test_the_longest_check_in_passes(visit: Visit) -> None:
    said = dict.fromkeys(("note", "blocker", "next", "reason"), "ü" * 4000) | {"status": "at risk"}
    browser = visit()
    csrf = browser.get("/api/v1/me").json()["csrf"]
    assert browser.post(CHECK_INS, json=said, headers={"X-CSRF-Token": csrf}).status_code == 201
