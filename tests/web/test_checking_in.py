"""The form to check in: nothing that was typed is lost, and what is wrong is told in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from practising import FRIDAY, Practice, practise
from visiting import Visit

from okrsync.practice.closing import close, ending
from okrsync.web.room import Room
from okrsync.web.server import create


@dataclass(frozen=True)
class Form:
    """``post(...)`` sends it, ``post.page()`` shows its page."""

    send: Callable[..., Any]
    page: Callable[[], str]

    def __call__(self, files: Any = None, **fields: str) -> Any:
        return self.send(files, **fields)


@pytest.fixture
def shop(tmp_path: Path) -> Practice:
    made = practise(tmp_path / "shop")
    made.know()
    made.now = FRIDAY
    return made


@pytest.fixture
def post(shop: Practice) -> Iterator[Form]:
    """Sends the form of checkout-3, as a browser does."""
    room = Room(shop.open, shop.config, lambda: shop.now)
    client = TestClient(create(room, session_key="a key for tests"), "http://localhost", follow_redirects=False)

    def send(files: Any = None, **fields: str) -> Any:
        found = re.search(r'name="csrf" value="([^"]+)"', client.get("/key-results/checkout-3").text)
        assert found
        return client.post("/key-results/checkout-3/check-ins", data={"csrf": found[1], **fields}, files=files)

    yield Form(send, lambda: client.get("/key-results/checkout-3").text)
    room.close()


def kept(shop: Practice) -> list[float | None]:
    with shop.desk() as desk:
        return [one.value for one in desk.store.checkins.of("checkout-3")]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"value": "1.234,5"}, "Value &#39;1.234,5&#39; cannot be read as a number."),
        ({"value": "many"}, "Value &#39;many&#39; cannot be read"),
        ({"confidence": "7.5"}, "Confidence &#39;7.5&#39; is no whole number from 0 (no hope) to 10 (certain)."),
        ({"confidence": "11"}, "11 is no confidence."),
        ({"status": "behind"}, "needs a reason. Add the reason."),
        ({"status": "bogus"}, "Nobody can say that it is &#39;bogus&#39;."),
        ({"blocker": "x" * 4001}, "longer than 4,000 characters"),
    ],
)
def test_a_refused_check_in_keeps_what_was_typed_and_names_the_field(
    shop: Practice, post: Form, wrong: dict[str, str], told: str
) -> None:
    answer = post(**{"note": "Half of it is live", "next_step": "the other half", **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert ">Half of it is live</textarea>" in answer.text
    assert 'value="the other half"' in answer.text
    assert "--" not in re.sub(r"<[^>]*>", "", answer.text)
    assert kept(shop) == []


@pytest.mark.parametrize(("typed", "value"), [("2,7", 2.7), ("2.7 %", 2.7), ("2.7%", 2.7), (" 2.5 ", 2.5)])
def test_a_value_may_have_a_comma_and_its_unit(shop: Practice, post: Form, typed: str, value: float) -> None:
    assert post(value=typed).status_code == 303
    assert kept(shop) == [value]


def test_a_value_far_outside_is_asked_about_once(shop: Practice, post: Form) -> None:
    asked = post(value="-5")
    assert asked.status_code == 422
    assert "-5 is far from 2.1 → 3. Is it right?" in asked.text
    assert kept(shop) == []
    assert post(value="-5", sure="yes").status_code == 303
    assert kept(shop) == [-5]


def test_pages_tell_where_in_the_cycle_today_is(acme: Installation, visit: Visit) -> None:
    browser = visit()
    for page in ("/", "/key-results/checkout-1"):
        assert re.search(r"1 October 2026 to 31 December 2026, week \d+ of 14, \d+ days left", browser.get(page).text)


def test_pages_of_a_closed_cycle_say_so_and_lead_to_its_review(acme: Installation, visit: Visit) -> None:
    with acme.open() as app:
        desk = app.desk()
        close(desk, ending(desk, "2026-Q4"), {}, who="ana", accept=True, reopen=False)
    browser = visit()
    for page in ("/", "/key-results/checkout-1"):
        assert re.search(r'<a href="/review/2026-Q4">Closed on \d+ \w+ 2026</a>', browser.get(page).text)


def test_a_closed_cycle_is_not_judged_as_if_it_went_on(acme: Installation, visit: Visit) -> None:
    with acme.open() as app:
        desk = app.desk()
        close(desk, ending(desk, "2026-Q4"), {}, who="ana", accept=True, reopen=False)
    browser = visit()
    objectives = browser.get("/api/v1/objectives").json()
    rows = [row["status"]["verdict"]["status"] for one in objectives for row in one["key_results"]]
    assert {one["verdict"]["status"] for one in objectives} | set(rows) == {"closed"}
    assert [one["state"] for one in browser.get("/api/v1/cycles").json()] == ["closed"]
    found = browser.get("/api/v1/key-results/checkout-1").json()
    assert (found["explanation"]["status"]["verdict"]["status"], found["outlook"]) == ("closed", None)
    assert "its cycle 2026-Q4 is closed" in browser.get("/key-results/checkout-1").text


def test_the_form_says_that_its_cycle_was_closed_and_what_takes_a_check_in_in(shop: Practice, post: Form) -> None:
    with shop.desk() as desk:
        close(desk, ending(desk, "2026-Q4"), {}, who="ana", accept=True, reopen=False)
    asked = post(note="Half of it is live", value="-5").text
    for page in (asked, post.page()):
        assert "2026-Q4 was closed on 9 October 2026: what is said now changes no score" in page
        assert "<code>okrsync cycle close 2026-Q4 --reopen</code>" in page


def test_what_the_files_call_closed_has_no_form(shop: Practice, post: Form) -> None:
    okrs = next(shop.folder.glob("okrs/*.yaml"))
    okrs.write_text(okrs.read_text().replace("cycle: {", "cycle: {state: closed, ", 1))
    page = post.page()
    assert "2026-Q4 is closed, and what was said in it stands." in page
    assert "check-ins#check-ins" not in page
    assert 'href="#check-ins">Check in<' not in page


def test_the_headline_tells_a_share_once(acme: Installation, visit: Visit) -> None:
    page = visit().get("/key-results/checkout-1").text
    shown = re.sub(r"<[^>]*>", " ", page[page.index('class="headline') : page.index('class="rule"')])
    assert len(re.findall(r"\d %", shown)) == len(re.findall(r"\d % (?:done|expected)", shown))
    assert re.search(r"\d+ of \d+", shown)


def test_a_misspelt_filter_of_a_page_is_refused(visit: Visit) -> None:
    answer = visit().get("/?statsu=behind")
    assert answer.status_code == 422
    assert "Did you mean status?" in answer.text


def test_a_file_in_the_place_of_words_says_nothing(shop: Practice, post: Form) -> None:
    assert post(files={"note": ("note.txt", b"a file")}).status_code == 422
    assert kept(shop) == []
