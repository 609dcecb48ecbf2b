"""The quarter of ``closing_time`` carried over to the next one."""

from __future__ import annotations

from datetime import date

from practising import Practice

from okrsync.model.closing import CarryOver
from okrsync.model.okr import Okrs
from okrsync.practice.carryover import Next, carry_over

NEXT = Next("2027-Q1", date(2027, 1, 1), date(2027, 3, 31))
NEW = "shop-2027-q1.yaml"
ELSEWHERE = """\
cycle: {id: 2027-Q1, start: 2027-01-01, end: 2027-03-31, timezone: Asia/Tokyo}
objectives:
  - {id: tokyo, title: Tokyo opens, key_results: [{id: tokyo-1, title: It is open, measure: {type: boolean}}]}
"""
"""Another team's file of the next cycle, with which a cycle in UTC does not go together."""


def carried(acme: Practice, *chosen: str, following: Next = NEXT) -> CarryOver:
    with acme.desk() as desk:
        return carry_over(desk, "2026-Q4", following, chosen)


def new_file(acme: Practice) -> str:
    return (acme.okrs.parent / NEW).read_text()


def read_again(acme: Practice) -> Okrs:
    with acme.open() as opened:
        return opened.okrs
