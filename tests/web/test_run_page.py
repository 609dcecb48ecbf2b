"""The page of a run: every change under its ticket, what went wrong first, and never too long to read."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from visiting import Visit

from okrsync.web.pages import run


@pytest.fixture
def long(acme: Installation) -> int:
    """The number of a run that touched thirty tickets more."""
    for number in range(30):
        acme.sandbox.github.create("acme/shop", f"Step {number}", milestone="One page")
    acme.run()
    with acme.open() as app:
        found: int = app.store.journal.runs(1)[0].id
        return found


def tickets(part: str) -> list[str]:
    return re.findall(r"<li><span><strong>(.*?)</strong>", part)


def touched(browser: TestClient, number: int) -> set[str]:
    """The tickets of a run, as the API tells them."""
    return {one["change"]["ref"]["key"] for one in browser.get(f"/api/v1/runs/{number}").json()["writes"]}


def test_a_long_run_stands_ticket_by_ticket_and_folds_all_but_the_first(long: int, visit: Visit) -> None:
    page = visit().get(f"/operations/runs/{long}").text
    open_, folded = (tickets(part) for part in page.split('<details class="more">'))
    assert len(open_) == run.TICKETS_OPEN
    assert len(open_) + len(folded) == len(set(open_ + folded))
    assert set(open_ + folded) == touched(visit(), long)
    assert f"<summary>{len(folded)} more tickets</summary>" in page
    assert "30 labels added, 30 notes written" in page


def test_a_very_long_run_has_several_pages_that_hold_everything_once(
    long: int, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "TICKETS_SHOWN", 12)
    browser = visit()
    pages = [browser.get(f"/operations/runs/{long}?page={number}").text for number in (1, 2, 3)]
    found = [name for page in pages for name in tickets(page)]
    assert len(found) == len(set(found))
    assert set(found) == touched(browser, long)
    assert 'href="?page=2" rel="next"' in pages[0]
    assert 'rel="next"' not in pages[2]
    assert browser.get(f"/operations/runs/{long}?page=99").text == pages[2]
    assert browser.get(f"/operations/runs/{long}?page=0").status_code == 422


def test_what_did_not_go_well_comes_first_and_says_so(acme: Installation, visit: Visit) -> None:
    for number in range(20):
        acme.sandbox.github.create("acme/shop", f"Step {number}", milestone="One page")
    ref = acme.sandbox.github.create("acme/shop", "The last step", milestone="One page")
    acme.sandbox.faults.add("status", path=f"/issues/{ref.number}/labels$", method="POST", status=422, times=None)
    acme.run()
    with acme.open() as app:
        number = app.store.journal.runs(1)[0].id
    page = visit().get(f"/operations/runs/{number}").text
    assert tickets(page)[0] == f"acme/shop#{ref.number}"
    assert '<strong class="problem">failed: ' in page
    assert "ended otherwise; " in page
    assert "labels added" in page
