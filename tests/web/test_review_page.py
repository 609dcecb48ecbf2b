"""A cycle's review as a page of the dashboard: it waits for no drawing, and a large cycle has several pages."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import vl_convert
from fastapi.testclient import TestClient
from installation import Installation
from visiting import Visit

from okrsync.practice.closing import ending
from okrsync.practice.desk import Desk
from okrsync.practice.review import Portions
from okrsync.practice.scoring import Ending
from okrsync.report import review as report
from okrsync.web import questions, shared

PAGE = "/review/2026-Q4"
MORE = """\
  - id: api
    title: The API answers
    key_results: [{id: api-1, title: From 1 to 10, measure: {type: manual, start: 1, target: 10}}]
"""


def drawings(page: str) -> list[str]:
    return re.findall(r'(?:src|srcset)="([^"]+\.svg[^"]*)"', page)


def told(page: str) -> list[str]:
    """The key results that are told of."""
    return re.findall(r'<p class="small"><code>(.*?)</code>', page)


@pytest.fixture
def divided(acme: Installation, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Two objectives, of which a page has room for one."""
    monkeypatch.setattr(questions, "PORTIONS", Portions(whole=2, page=2))
    acme.okrs.write_text(acme.okrs.read_text() + MORE)
    return visit()


def test_the_page_draws_nothing(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.delattr(vl_convert, "vega_to_svg")
        assert drawings(visit().get(PAGE).text)


def test_its_drawings_are_there_in_both_sizes_and_described(visit: Visit) -> None:
    browser = visit()
    page = browser.get(PAGE)
    assert "img-src 'self'" in page.headers["content-security-policy"]
    assert 'alt="checkout-1: ' in page.text
    found = drawings(page.text)
    assert len(found) == 4
    for address in found:
        answer = browser.get(address)
        assert answer.headers["content-type"] == "image/svg+xml"
        box = ElementTree.fromstring(answer.text).get("viewBox", "").split()
        assert f'width="{box[2]}" height="{box[3]}"' in page.text
    assert browser.get(found[0].replace("checkout-1", "nothing")).status_code == 404


def test_a_large_cycle_is_divided_and_every_key_result_told_of_once(divided: TestClient) -> None:
    first, second = (divided.get(f"{PAGE}?page={number}").text for number in (1, 2))
    assert told(first) == ["checkout-1", "checkout-2"]
    assert told(second) == ["api-1"]
    assert divided.get(PAGE).text == first
    assert divided.get(f"{PAGE}?page=99").text.count("Page 2 of 2") == 2
    assert divided.get(f"{PAGE}?page=0").status_code == 422
    assert '<a href="?page=2" rel="next">Next</a>' in first


def test_a_divided_review_says_how_the_whole_is_printed_and_its_pages_say_which_they_are(divided: TestClient) -> None:
    page = divided.get(PAGE).text
    assert "<code>okrsync cycle report 2026-Q4</code> writes the whole as one" in page
    assert ".ways, .pages a { display: none; }" in page.partition("@media print")[2]


def test_programs_read_the_pages_that_people_see(divided: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = [divided.get(f"{PAGE}?page={number}").text for number in (1, 2)]
    with monkeypatch.context() as broken:
        broken.delattr(shared, "review_without")
        read = [divided.get(f"/api/v1/cycles/2026-Q4/review?page={number}").json() for number in (1, 2)]
    for page, found in zip(shown, read, strict=True):
        of = [one["ended"]["id"] for objective in found["objectives"] for one in objective["key_results"]]
        assert of == told(page)
        assert (bool(found["figures"]), found["pages"]) == ("The four figures" in page, 2)
    assert divided.get("/api/v1/cycles/2026-Q4/review?page=0").status_code == 422


def test_a_cycle_that_fits_on_one_page_is_not_divided(divided: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "PORTIONS", Portions(whole=3, page=2))
    assert told(divided.get(PAGE).text) == ["checkout-1", "checkout-2", "api-1"]


def test_how_the_cycle_stands_is_worked_out_once_for_all_later_pages(
    divided: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[str] = []

    def counted(desk: Desk, cycle: str) -> Ending:
        worked_out.append(cycle)
        return ending(desk, cycle)

    monkeypatch.setattr(questions, "ending", counted)
    assert told(divided.get(f"{PAGE}?page=2").text) == told(divided.get(f"{PAGE}?page=3").text) == ["api-1"]
    assert worked_out == ["2026-Q4"]


def test_the_last_page_has_the_figures_and_the_gravest_remarks(
    divided: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "REMARKS_SHOWN", 1)
    first, second = (divided.get(f"{PAGE}?page={number}").text for number in (1, 2))
    assert "more; the coach has all of them." in second
    assert "The API answers" not in first
    assert "The four figures" not in first
    assert "The four figures" in second
    assert "Buying is effortless</td>" not in second


def test_a_small_cycle_is_one_page(visit: Visit) -> None:
    page = visit().get(PAGE).text
    assert "Made for A4: print it from the browser.<" in page
    assert 'rel="next"' not in page
    assert "The four figures" in page
