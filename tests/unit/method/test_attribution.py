"""Attribution: whatever happens between two moments, its causes add up to the change, ticket by ticket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import fsum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import NOON, item, part, placed
from work_strategies import MEASURES, Part, moments

from okrsync.measure import Evidence
from okrsync.method.attribution import ESTIMATED
from okrsync.method.causes import Step, attribute, natural, sentence
from okrsync.method.snapshot import Snapshot, snapshot
from okrsync.model.attribution import Cause
from okrsync.model.okr import Placed

WEEK = timedelta(days=7)
LATER = NOON + WEEK


def shot(one: Placed, parts: list[Part], at: datetime = NOON, **known: Any) -> Snapshot:
    return snapshot(one, parts, Evidence(at=at, **known))


def split(one: Placed, before: list[Part], after: list[Part], **known: Any) -> tuple[Cause, ...]:
    return attribute([Step(one, shot(one, before), shot(one, after, LATER, **known))])


def by_name(causes: tuple[Cause, ...]) -> dict[str, tuple[float, list[str]]]:
    return {one.name: (round(one.contributes, 4), [piece.item for piece in one.pieces]) for one in causes}


COUNTED = placed()
TEN = [part(item(str(number), done=number <= 3, closed=NOON)) for number in range(1, 11)]


def changed(number: str, **how: Any) -> list[Part]:
    return [part(item(one.id, **how)) if one.id == number else (one, linked) for one, linked in TEN]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (changed("4", done=True, closed=LATER), {"finished": (0.1, ["4"])}),
        (changed("1"), {"reopened": (-0.1, ["1"])}),
        (changed("4", cancelled=True), {"cancelled": (round(3 / 9 - 3 / 10, 4), ["4"])}),
        (changed("1", cancelled=True), {"cancelled": (round(2 / 9 - 3 / 10, 4), ["1"])}),
        (TEN[1:], {"removed": (round(2 / 9 - 3 / 10, 4), ["1"])}),
        (TEN[:-1], {"removed": (round(3 / 9 - 3 / 10, 4), ["10"])}),
    ],
)
def test_each_cause_has_its_name_and_its_ticket(after: list[Part], told: Mapping[str, Any]) -> None:
    assert by_name(split(COUNTED, TEN, after)) == told


def test_an_item_that_came_and_was_finished_is_both_added_and_finished() -> None:
    new = part(item("11", created=LATER, done=True, closed=LATER))
    assert by_name(split(COUNTED, TEN, [*TEN, new])) == {
        "finished": (round(1 / 11, 4), ["11"]),
        "added": (round(3 / 11 - 3 / 10, 4), ["11"]),
    }


def test_an_item_that_was_finished_before_it_was_linked_is_only_added() -> None:
    old = part(item("11", done=True, closed=NOON - WEEK))
    assert by_name(split(COUNTED, TEN, [*TEN, old])) == {"added": (0.0636, ["11"])}


def test_more_points_are_a_re_estimate_and_so_is_what_they_do_to_the_others() -> None:
    one = placed(measure={"type": "completion", "by": "points"})
    before = [part(item("1", done=True, points=2.0)), part(item("2", points=2.0)), part(item("3"))]
    after = [before[0], part(item("2", points=6.0)), before[2]]
    (cause,) = split(one, before, after)
    assert cause.name == ESTIMATED
    assert {piece.item: piece.detail for piece in cause.pieces} == {
        "2": "2 to 6 points",
        "3": "has no estimate, its size follows the median",
    }
    assert cause.contributes == pytest.approx(2 / 12 - 2 / 6)


def test_a_size_that_follows_the_median_is_a_re_estimate_also_of_what_was_relabelled_or_finished_meanwhile() -> None:
    one = placed(measure={"type": "completion", "by": "points"})
    estimated = part(item("1", done=True, points=2.0))
    before = [estimated, part(item("2", points=2.0)), part(item("3")), part(item("4"))]
    after = [
        estimated,
        part(item("2", points=6.0)),
        part(item("3", labels=("okr:checkout-1",))),
        part(item("4", done=True, closed=LATER)),
    ]
    causes = by_name(split(one, before, after))
    assert causes == {"finished": (4 / 16, ["4"]), "re-estimated": (round(2 / 16 - 2 / 8, 4), ["2", "3", "4"])}


def test_a_link_that_weighs_more_is_told_as_such() -> None:
    heavier = [part(TEN[0][0], weight=3.0), *TEN[1:]]
    (cause,) = split(COUNTED, TEN, heavier)
    assert (cause.name, cause.pieces[0].detail) == ("re-weighted", "weight 1 to 3")


def test_an_unreachable_item_is_removed_with_the_reason() -> None:
    (cause,) = split(COUNTED, TEN, TEN, unreachable={("jira", "10"): "deleted"})
    assert (cause.name, cause.pieces[0].detail) == ("removed", "deleted")


def test_an_item_that_only_supports_moves_nothing() -> None:
    assert split(COUNTED, TEN, [*TEN, part(item("11"), supports=True)]) == ()


def test_a_percentile_is_one_cause_and_names_what_entered_and_left_its_window() -> None:
    one = placed(measure={"type": "duration", "of": "lead", "percentile": 50, "start": 9, "target": 1})
    quick = [part(item(f"{n}", done=True, closed=NOON + timedelta(days=2))) for n in range(10)]
    slow = [part(item(f"s{n}", done=True, closed=NOON + timedelta(days=8))) for n in range(12)]
    causes = split(one, quick, [*quick[1:], *slow])
    moved = next(cause for cause in causes if cause.name == "percentile moved")
    assert moved.contributes == pytest.approx(6 / -8)
    told = {piece.item: piece.detail for cause in causes for piece in cause.pieces}
    assert (told["s1"], told["0"]) == ("took 8.0 d", "2.0 d, no more counted")


def test_a_change_of_the_target_is_a_cause_between_two_stretches() -> None:
    easier = placed(measure={"type": "completion", "target": 0.5})
    after = changed("4", done=True, closed=LATER)
    causes = attribute(
        [
            Step(COUNTED, shot(COUNTED, TEN), shot(COUNTED, after), ("target 1 -> 0.5",)),
            Step(easier, shot(easier, after), shot(easier, after)),
        ]
    )
    assert by_name(causes) == {"finished": (0.1, ["4"]), "target 1 -> 0.5": (0.4, [])}


@pytest.mark.parametrize(
    ("before", "after", "said", "regression"),
    [
        (TEN, changed("1"), "-10.0 points: 1 item reopened.", True),
        (TEN, changed("4", done=True, closed=LATER), "+10.0 points: 1 item finished.", False),
        (
            TEN,
            changed("4", cancelled=True),
            "+3.3 points: 1 item cancelled. No work was finished: what there is to do changed.",
            False,
        ),
        (
            TEN,
            [*changed("4", done=True, closed=LATER), *(part(item(str(n), created=LATER)) for n in range(11, 21))],
            "-10.0 points: 1 item finished and 10 items added. "
            "Not a regression: no work was undone; work went forward by 5.0 points.",
            False,
        ),
        (TEN, TEN, "+0.0 points: nothing happened.", False),
    ],
)
def test_the_sentence_says_whether_a_fall_is_a_regression(
    before: list[Part], after: list[Part], said: str, regression: bool
) -> None:
    causes = split(COUNTED, before, after)
    assert sentence(causes, fsum(one.contributes for one in causes), unit=None, share=True) == (said, regression)


@given(moments(), st.sampled_from(MEASURES), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(
    found: tuple[list[Part], list[Part], dict[tuple[str, str], str]], measured: dict[str, Any], chance: Any
) -> None:
    one = placed(measure=measured)
    before, after, lost = found
    plain = split(one, before, after, unreachable=lost)
    chance.shuffle(before)
    chance.shuffle(after)
    assert split(one, before, after, unreachable=lost) == plain


def test_tickets_that_weigh_the_same_come_in_the_order_of_their_numbers() -> None:
    assert sorted(["acme/api#11", "acme/api#2", "SHOP-100", "SHOP-2"], key=natural) == [
        "SHOP-2",
        "SHOP-100",
        "acme/api#2",
        "acme/api#11",
    ]
