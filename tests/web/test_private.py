"""Private objectives are kept from everybody but their team, their owner and admins, at every address there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from private_okrs import SECRETS, TOKENS, secretive_team

from okrsync.method.review import Review
from okrsync.practice.desk import Desk
from okrsync.practice.review import Shared, review, review_without
from okrsync.sandbox.tickets import github_tickets, jira_tickets
from okrsync.web import shared
from okrsync.web.room import Room
from okrsync.web.server import create

NAMES = {"name": ("hush-1", "HUSH-2", "hush-3", "checkout-1"), "number": ("1", "2"), "cycle": ("2026-Q4",)}
QUESTIONS = {"why": "?since=2026-10-01", "feed": "?owner=zoe", "coach": "?team=board", "/": "?owner=zoe"}


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with secretive_team(tmp_path_factory.mktemp("private") / "acme") as team:
        yield team


@pytest.fixture(scope="module")
def app(acme: Installation) -> Iterator[Any]:
    room = Room(acme.open, acme.config, acme.sandbox.clock.now)
    yield create(room, session_key="a key for tests")
    room.close()


@pytest.fixture
def client(app: Any) -> Any:
    def asks(name: str) -> TestClient:
        return TestClient(app, "http://localhost", headers={"Authorization": f"Bearer {TOKENS[name]}"})

    return asks


def addresses(routes: Any) -> Iterator[str]:
    """Every address that can be read, with everything that can stand in it."""
    for route in routes:
        if below := getattr(route, "original_router", None):
            yield from addresses(below.routes)
        if "GET" not in (getattr(route, "methods", None) or ()):
            continue
        filled = [route.path]
        for name, values in NAMES.items():
            filled = [path.replace(f"{{{name}}}", value) for path in filled for value in values]
        for path in dict.fromkeys(filled):
            yield path
            yield from (path + asked for word, asked in QUESTIONS.items() if word in (path, path[1:5], path[-3:]))


def told(answer: Any) -> list[str]:
    return [secret for secret in SECRETS if secret.casefold() in answer.text.casefold()]


def test_another_team_finds_nothing_private_at_any_address(app: Any, client: Any) -> None:
    ana = client("ana")
    every = list(addresses(app.routes))
    assert len(every) > 40
    assert "/api/v1/key-results/HUSH-2/why" in every
    for address in every:
        answer = ana.get(address)
        assert answer.status_code < 500, (address, answer.text)
        assert told(answer) == [], address


@pytest.mark.parametrize("name", ["zoe", "cem", "max"])
def test_its_owner_its_team_and_admins_find_it(client: Any, name: str) -> None:
    reader = client(name)
    for address in ("/", "/key-results/hush-1", "/api/v1/objectives", "/api/v1/key-results/hush-2", "/feed.ics"):
        assert told(reader.get(address)), address


def test_a_private_key_result_answers_as_one_that_is_not_there(client: Any) -> None:
    ana = client("ana")
    for address in (
        "/key-results/{}",
        "/api/v1/key-results/{}",
        "/charts/{}.json",
        "/charts/{}.svg",
        "/badge/{}.svg",
        "/review/2026-Q4/1/{}.svg",
    ):
        there, missing = (ana.get(address.format(name)) for name in ("hush-1", "nothing-1"))
        assert (there.status_code, there.text) == (missing.status_code, missing.text)
        assert there.status_code == 404


def test_nobody_else_checks_in_on_it(client: Any) -> None:
    said = {"confidence": 7}
    assert client("ana").post("/api/v1/key-results/hush-1/check-ins", json=said).status_code == 404
    assert client("cem").post("/api/v1/key-results/hush-1/check-ins", json=said).status_code == 403
    assert client("zoe").post("/api/v1/key-results/hush-1/check-ins", json=said).status_code == 201


def test_a_badge_of_a_private_key_result_is_nobodys(client: Any) -> None:
    assert client("max").get("/badge/hush-1.svg").status_code == 404


def test_admins_read_all_of_what_a_run_did_and_others_what_they_may_know(client: Any) -> None:
    whole, part = (client(name).get("/api/v1/runs/1").json()["writes"] for name in ("max", "ana"))
    assert told(client("max").get("/operations/runs/1"))
    assert 0 < len(part) < len(whole)


def test_tickets_show_nothing_private_any_more(acme: Installation) -> None:
    shown = json.dumps([github_tickets(acme.sandbox.github), jira_tickets(acme.sandbox.jira)])
    assert [secret for secret in SECRETS if secret in shown] == []
    assert "okr:checkout-1" in shown
    assert acme.run("plan").plan.changes == ()


def test_labels_that_named_private_key_results_are_not_defined_any_more(acme: Installation) -> None:
    repository = acme.sandbox.github.repository("acme/shop")
    assert {"okr:checkout-1"} == {name for name in repository.labels if name.startswith("okr:c") or "hush" in name}


def test_a_broken_file_is_quoted_to_admins_only(tmp_path: Path) -> None:
    with secretive_team(tmp_path / "acme") as acme:
        room = Room(acme.open, acme.config, acme.sandbox.clock.now)
        app = create(room, session_key="a key for tests")
        room.app  # noqa: B018 - read once while it is whole
        acme.okrs.write_text(acme.okrs.read_text().replace("visibility: team", "visibility: shady whispers"))
        pages = {
            name: TestClient(app, "http://localhost", headers={"Authorization": f"Bearer {TOKENS[name]}"}).get("/").text
            for name in ("ana", "max")
        }
        nobody = TestClient(app, "http://localhost").get("/login").text
        room.close()
    assert "cannot be read as they are now" in pages["ana"]
    assert "shady whispers" in pages["max"]
    assert "whispers" not in pages["ana"]
    assert "cannot be read" not in nobody


def test_a_review_is_made_once_for_all_from_whom_the_same_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def counted(desk: Desk, cycle: str, hidden: frozenset[str], shared: Shared, **given: Any) -> Review:
        made.append(hidden)
        return review_without(desk, cycle, hidden, shared, **given)

    with secretive_team(tmp_path / "acme") as acme:
        room = Room(acme.open, acme.config, acme.sandbox.clock.now)
        app = create(room, session_key="a key for tests")
        client = TestClient(app, "http://localhost")
        monkeypatch.setattr(shared, "review_without", counted)
        shown = {
            name: client.get("/review/2026-Q4", headers={"Authorization": f"Bearer {token}"})
            for name, token in TOKENS.items()
        }
        room.close()
    assert told(shown["ana"]) == []
    assert {"Buy our rival", "Close the old shop"} <= set(told(shown["cem"])) & set(told(shown["max"]))
    assert "Buy our rival" in told(shown["zoe"])
    assert "Close the old shop" not in told(shown["zoe"])
    assert len(made) == len(set(made)) == 3


def test_what_became_private_after_the_closing_is_told_in_no_review(tmp_path: Path) -> None:
    with secretive_team(tmp_path / "acme", closed=True) as acme:
        room = Room(acme.open, acme.config, acme.sandbox.clock.now)
        app = create(room, session_key="a key for tests")
        tokens = {name: {"Authorization": f"Bearer {TOKENS[name]}"} for name in ("ana", "cem")}
        client = TestClient(app, "http://localhost")
        ana, cem = (client.get("/review/2026-Q4", headers=tokens[name]) for name in ("ana", "cem"))
        room.close()
        assert ana.status_code == cem.status_code == 200
        assert told(ana) == []
        assert "Buying is effortless" in ana.text
        assert {"Buy our rival", "hush-"} <= set(told(cem))
        with acme.open() as engine:
            assert {one.ended.id for one in review(engine.desk(), "2026-Q4").objectives} == {"checkout"}
