"""Drawings at addresses of their own: pages wait for none of them, and none is made twice."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import vl_convert
from installation import Installation
from small_team import work_on
from visiting import Visit

from okrsync.report.charts import INKS, NIGHT
from okrsync.web import server

PAGE = "/key-results/checkout-1"
DRAWING = "/charts/checkout-1.svg"
UNREAD = """\
  - id: api
    title: The API answers
    key_results: [{id: api-1, title: From 1 to 10, measure: {type: manual, start: 1, target: 10}}]
"""


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Everything that is drawn from now on."""
    made: list[object] = []
    really = vl_convert.vega_to_svg

    def draws(spec: object) -> str:
        made.append(spec)
        return really(spec)

    monkeypatch.setattr(vl_convert, "vega_to_svg", draws)
    return made


def test_a_page_draws_nothing_and_names_where_the_drawings_are(
    acme: Installation, visit: Visit, drawings: list[object]
) -> None:
    page = visit().get(PAGE).text
    assert drawings == []
    figure = re.search(r"<figure.*?</figure>", page, re.DOTALL)
    assert figure is not None
    assert f'src="{DRAWING}"' in figure[0]
    assert f'srcset="{DRAWING}?size=narrow"' in figure[0]
    assert 'alt="checkout-1: ' in figure[0]


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_drawing_is_as_large_as_the_page_keeps_room_for(acme: Installation, visit: Visit, size: str) -> None:
    browser = visit()
    answer = browser.get(f"{DRAWING}?size={size}")
    assert answer.headers["content-type"] == "image/svg+xml"
    box = ElementTree.fromstring(answer.text).get("viewBox", "").split()
    assert f'width="{box[2]}" height="{box[3]}"' in browser.get(PAGE).text


def test_a_drawing_is_made_once_and_sent_once_until_there_is_news(
    acme: Installation, visit: Visit, drawings: list[object]
) -> None:
    browser = visit()
    first = browser.get(DRAWING)
    again = browser.get(DRAWING, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get(DRAWING).text == first.text
    assert len(drawings) == 1
    work_on(acme.sandbox)
    acme.run()
    assert browser.get(DRAWING, headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    assert len(drawings) == 2


def test_a_drawing_is_kept_for_nobody_else(acme: Installation, visit: Visit) -> None:
    assert visit().get(DRAWING).headers["cache-control"] == "private, no-cache"


def test_there_is_no_drawing_of_what_is_not_there_or_has_no_course(acme: Installation, visit: Visit) -> None:
    acme.okrs.write_text(acme.okrs.read_text() + UNREAD)
    browser = visit()
    assert browser.get("/charts/nothing.svg").status_code == 404
    assert browser.get("/charts/api-1.svg").status_code == 404
    assert "<figure" not in browser.get("/key-results/api-1").text
    assert browser.get(f"{DRAWING}?size=huge").status_code == 422


def test_a_drawing_wears_in_the_dark_what_the_pages_wear(acme: Installation, visit: Visit) -> None:
    sheet = (Path(server.__file__).parent / "static" / "okrsync.css").read_text()
    light, dark = (
        dict(re.findall(r"(--[\w-]+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    )
    light["--goal"], dark["--goal"] = light["--soft"], dark["--soft"]
    assert {name: dark[name] for name in NIGHT} == NIGHT
    assert set(NIGHT) == {name for name, _ in INKS.values()}
    assert light["--soft"] == INKS["#010101"][1]
    assert all(ink in visit().get(DRAWING).text for ink in NIGHT.values())
