"""Answers ahead of visitors: what may be behind for a moment, and what never is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from private_okrs import TOKENS, secretive_team
from small_team import work_on
from visiting import Visit

from okrsync.errors import StoreError
from okrsync.practice.desk import Desk
from okrsync.web import shared
from okrsync.web.ahead import Ahead
from okrsync.web.answers import Question
from okrsync.web.pages.health import CATCHING_UP
from okrsync.web.questions import OVERVIEW, QUESTIONS
from okrsync.web.room import Room
from okrsync.web.server import create
from okrsync.web.shared import first_pages


@dataclass
class Heard:
    """A log that remembers."""

    told: list[dict[str, Any]] = field(default_factory=list)

    def bind(self, **values: Any) -> Self:
        return self

    def error(self, event: str, **values: Any) -> None:
        self.told.append({"event": event, **values})

    debug = info = warning = error


def room_of(browser: TestClient) -> Room:
    found: Any = browser.app
    return found.state.room  # type: ignore[no-any-return]


def worker(browser: TestClient) -> Ahead:
    """A worker that does nothing by itself; visitors believe that it is at work."""
    room = room_of(browser)
    room.ahead = True
    made = Ahead(room, QUESTIONS, Heard())
    made.look()
    return made


def progress(browser: TestClient) -> float:
    """Of checkout-1, as the API tells it."""
    rows = {row["status"]["key_result"]: row for row in browser.get("/api/v1/key-results").json()}
    found: float = rows["checkout-1"]["status"]["sample"]["raw"]
    return found


def run_again(acme: Installation) -> None:
    work_on(acme.sandbox)
    acme.run()


def csrf(browser: TestClient) -> str:
    found: str = browser.get("/api/v1/me").json()["csrf"]
    return found


def test_after_a_run_visitors_get_the_previous_answer_until_the_new_one_is_there(
    acme: Installation, visit: Visit
) -> None:
    browser = visit()
    ahead = worker(browser)
    before = progress(browser)
    run_again(acme)
    assert progress(browser) == before
    ahead.look()
    assert progress(browser) != before


def test_a_review_is_never_kept_from_before_a_run_that_was_answered(acme: Installation, visit: Visit) -> None:
    browser = visit()
    ahead = worker(browser)
    before = browser.get("/review/2026-Q4").text
    run_again(acme)
    assert browser.get("/review/2026-Q4").text == before
    ahead.look()
    assert browser.get("/review/2026-Q4").text != before


def test_the_first_pages_of_reviews_are_made_ahead_for_all_and_for_the_public(
    acme: Installation, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = visit()
    room = room_of(browser)
    Ahead(room, QUESTIONS, Heard(), first_pages).look()
    with monkeypatch.context() as broken:
        broken.delattr(shared, "review_without")
        assert "Buying is effortless" in browser.get("/review/2026-Q4").text


def test_what_is_made_of_the_answers_is_made_once_for_each_change(acme: Installation, visit: Visit) -> None:
    made: list[Room] = []
    ahead = Ahead(room_of(visit()), (OVERVIEW,), Heard(), lambda room, desk: made.append(room))
    ahead.look()
    ahead.look()
    assert len(made) == 1
    run_again(acme)
    ahead.look()
    assert len(made) == 2


def test_where_nobody_answers_ahead_nothing_is_behind(acme: Installation, visit: Visit) -> None:
    browser = visit()
    before = progress(browser)
    run_again(acme)
    assert progress(browser) != before


def test_a_page_tells_of_the_last_run_though_its_store_was_read_before(acme: Installation, visit: Visit) -> None:
    browser = visit()
    before = browser.get("/api/v1/runs").json()
    browser.get("/")
    run_again(acme)
    assert len(browser.get("/api/v1/runs").json()) == len(before) + 1


@pytest.mark.parametrize("way", ["page", "api"])
def test_what_a_visitor_says_is_seen_at_once_on_every_page(visit: Visit, way: str) -> None:
    browser = visit()
    worker(browser)
    secret = csrf(browser)
    if way == "page":
        browser.post("/key-results/checkout-1/check-ins", data={"csrf": secret, "confidence": "3"})
    else:
        said = {"confidence": 3}
        browser.post("/api/v1/key-results/checkout-1/check-ins", json=said, headers={"X-CSRF-Token": secret})
    assert "3<small>/10</small>" in browser.get("/").text


def test_what_a_visitor_says_is_seen_at_once_also_right_after_a_run(acme: Installation, visit: Visit) -> None:
    browser = visit()
    worker(browser)
    run_again(acme)
    browser.post("/key-results/checkout-1/check-ins", data={"csrf": csrf(browser), "confidence": "3"})
    assert "3<small>/10</small>" in browser.get("/").text


def test_a_run_that_was_begun_from_a_page_is_seen_at_once(acme: Installation, visit: Visit) -> None:
    browser = visit()
    worker(browser)
    before = progress(browser)
    work_on(acme.sandbox)
    browser.post("/operations/apply", data={"csrf": csrf(browser)})
    room_of(browser).work.wait()
    assert progress(browser) != before


def test_a_changed_file_is_seen_at_once_also_right_after_a_run(acme: Installation, visit: Visit) -> None:
    browser = visit()
    worker(browser)
    run_again(acme)
    acme.okrs.write_text(acme.okrs.read_text().replace("Buying is effortless", "Nobody waits at the till"))
    assert "Nobody waits at the till" in browser.get("/").text


def test_answers_of_old_files_are_not_taken_for_those_of_new_ones(acme: Installation, visit: Visit) -> None:
    """Somebody reads the files anew while an answer is made from the old ones."""
    browser = visit()
    room = room_of(browser)

    def meanwhile(desk: Desk) -> object:
        acme.okrs.write_text(acme.okrs.read_text().replace("Buying is effortless", "Nobody waits at the till"))
        assert room.app is not None
        return OVERVIEW.answer(desk)

    room.ahead = True
    Ahead(room, (replace(OVERVIEW, answer=meanwhile),), Heard()).look()
    assert "Nobody waits at the till" in browser.get("/").text


def test_another_day_is_seen_at_once(acme: Installation, visit: Visit) -> None:
    browser = visit()
    worker(browser)
    room = room_of(browser)
    with room.desk() as today:
        assert room.knows(OVERVIEW, today)
        tomorrow = replace(today, now=today.now.replace(day=today.now.day + 1))
        assert room.basis(tomorrow).rest != room.basis(today).rest


def test_an_answer_of_before_a_run_tells_nobody_what_is_kept_from_them(tmp_path: Path) -> None:
    with secretive_team(tmp_path / "acme") as acme:
        room = Room(acme.open, acme.config, acme.sandbox.clock.now)
        ana, max_ = (
            TestClient(create(room), "http://localhost", headers={"Authorization": f"Bearer {TOKENS[name]}"})
            for name in ("ana", "max")
        )
        worker(ana)
        run_again(acme)
        with room.desk() as desk:
            assert not room.knows(OVERVIEW, desk), "all of this is lent"
        for address in ("/", "/coach", "/figures", "/orphans", "/api/v1/objectives", "/api/v1/key-results"):
            assert "hush" not in ana.get(address).text.casefold(), address
        assert "hush-1" in max_.get("/").text
        acme.okrs.write_text(
            acme.okrs.read_text().replace("    team: shop\n", "    team: shop\n    visibility: team\n")
        )
        acme.config.write_text(acme.config.read_text().replace("teams: [shop]", "teams: []"))
        assert "checkout-1" not in ana.get("/").text
        room.close()


def test_what_fails_is_told_once_and_does_not_stop_the_others(acme: Installation, visit: Visit) -> None:
    browser = visit()
    room, log = room_of(browser), Heard()

    def fails(desk: Desk) -> object:
        raise RuntimeError("no answer to this")

    ahead = Ahead(room, (Question("broken", fails), OVERVIEW), log)
    ahead.look()
    ahead.look()
    assert [(one["event"], one["question"]) for one in log.told] == [("answer failed", "broken")]
    with room.desk() as desk:
        assert room.knows(OVERVIEW, desk)


def test_trouble_that_has_a_hint_is_told_with_it_and_without_a_traceback(acme: Installation, visit: Visit) -> None:
    log = Heard()

    def fails(desk: Desk) -> object:
        raise StoreError("The store cannot be used.", hint="Look at its folder.")

    Ahead(room_of(visit()), (Question("broken", fails),), log).look()
    told = {"question": "broken", "error": "The store cannot be used.", "hint": "Look at its folder."}
    assert log.told == [{"event": "answer failed", **told}]


def test_what_could_not_be_answered_is_not_lent(acme: Installation, visit: Visit) -> None:
    browser = visit()
    worker(browser)
    before = progress(browser)
    run_again(acme)

    def fails(desk: Desk) -> object:
        raise RuntimeError("no answer to this")

    Ahead(room_of(browser), (replace(OVERVIEW, answer=fails),), Heard()).look()
    assert progress(browser) != before


def test_a_store_that_cannot_be_opened_is_told_and_does_not_stop_it(
    acme: Installation, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = visit()
    room, log = room_of(browser), Heard()
    ahead = Ahead(room, QUESTIONS, log)
    with monkeypatch.context() as broken:
        broken.setattr(room, "desk", _refuses)
        ahead.look()
    ahead.look()
    assert [one["error"] for one in log.told] == ["no desk today"]
    with room.desk() as desk:
        assert room.knows(OVERVIEW, desk)


def _refuses() -> Any:
    raise OSError("no desk today")


def answering() -> set[threading.Thread]:
    """Those of other tests' servers too: some are up as long as a whole session of tests."""
    return {one for one in threading.enumerate() if one.name == "answers ahead"}


def test_the_thread_lives_as_long_as_the_server(acme: Installation, visit: Visit) -> None:
    browser = visit()
    room = room_of(browser)
    others = answering()
    with browser:
        (ours,) = answering() - others
        assert browser.get("/").status_code == 200
    assert not ours.is_alive()
    assert not room.ahead


def test_a_server_that_ends_does_not_wait_for_the_questions_that_are_left(acme: Installation, visit: Visit) -> None:
    room, asked = room_of(visit()), list[str]()
    begun = threading.Event()

    def leave_after(name: str) -> Callable[[Desk], str]:
        def answer(desk: Desk) -> str:
            asked.append(name)
            begun.set()
            ahead.leaving.wait(10)
            return name

        return answer

    ahead = Ahead(room, (Question("one", leave_after("one")), Question("two", leave_after("two"))), Heard())
    with ahead.working():
        assert begun.wait(10)
    assert asked == ["one"]


def test_a_server_that_has_not_answered_yet_does_not_call_itself_ready(acme: Installation, visit: Visit) -> None:
    browser, asked, go_on = visit(), threading.Event(), threading.Event()

    def slowly(desk: Desk) -> object:
        asked.set()
        go_on.wait(10)
        return OVERVIEW.answer(desk)

    room = room_of(browser)
    assert browser.get("/readyz").status_code == 200, "nobody answers ahead here"
    with Ahead(room, (replace(OVERVIEW, answer=slowly),), Heard()).working():
        assert asked.wait(10)
        answer = browser.get("/readyz")
        assert (answer.status_code, answer.json()["reasons"]) == (503, [CATCHING_UP])
        go_on.set()
        assert room.caught_up.wait(10)
        assert browser.get("/readyz").json() == {"ready": True, "reasons": []}
