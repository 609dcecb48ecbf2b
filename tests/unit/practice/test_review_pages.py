"""The pages of a large review: together they tell what it tells as one."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from closing_time import at_the_end, closed
from practising import Practice

from okrsync.method.review import Review
from okrsync.practice.review import Portions, review


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    return at_the_end(tmp_path / "acme")


def pages(acme: Practice, most: Portions) -> list[Review]:
    with acme.desk() as desk:
        first = review(desk, "2026-Q4", most=most)
        return [first, *(review(desk, "2026-Q4", page=number, most=most) for number in range(2, first.pages + 1))]


def whole(acme: Practice) -> Review:
    with acme.desk() as desk:
        return review(desk, "2026-Q4")


@pytest.mark.parametrize("over", [False, True])
def test_the_pages_tell_everything_once_in_the_same_order(acme: Practice, over: bool) -> None:
    if over:
        closed(acme)
    told, found = whole(acme), pages(acme, Portions(whole=2, page=2))
    assert [len(one.objectives) for one in found] == [1, 1, 1], "an objective is never cut in two"
    assert tuple(chain.from_iterable(one.objectives for one in found)) == told.objectives
    assert [(one.figures, one.remarks) for one in found] == [((), ()), ((), ()), (told.figures, told.remarks)]


def test_a_page_has_of_the_closing_what_it_tells_of(acme: Practice) -> None:
    closed(acme)
    told, found = whole(acme).closed, pages(acme, Portions(whole=2, page=3))
    assert told is not None
    parts = [one.closed for one in found if one.closed is not None]
    assert len(parts) == len(found) == 2
    assert tuple(chain.from_iterable(one.objectives for one in parts)) == told.objectives
    assert {(one.at, one.who, one.number) for one in parts} == {(told.at, told.who, told.number)}
    assert (parts[0].remarks, parts[1].remarks, parts[1].figures) == ((), told.remarks, told.figures)


def test_what_fits_as_a_whole_is_one_page(acme: Practice) -> None:
    assert len(pages(acme, Portions(whole=5, page=2))) == 1
    assert pages(acme, Portions(whole=5, page=2)) == [whole(acme)]
