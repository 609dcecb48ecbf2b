"""Rules on scores and on work."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from coach_facts import DAY_50, day, facts, found, key_result, objective, reasons, sample

from okrsync.method.coach import Facts, Orphans, Overlap, Scored

ENDS = {"2026-Q1": date(2026, 3, 31), "2026-Q2": date(2026, 6, 30), "2026-Q3": date(2026, 9, 30)}


def _scores(cycle: str, *scores: float, kind: str = "aspirational", team: str = "shop") -> list[Scored]:
    return [Scored(cycle, ENDS[cycle], team, f"{cycle}-{n}", kind, score) for n, score in enumerate(scores)]


def test_aspirations_that_were_always_met_are_found() -> None:
    given = facts(scores=[*_scores("2026-Q2", 0.95, 1), *_scores("2026-Q3", 1)])
    assert reasons("SANDBAG", given) == [
        "shop: every aspirational key result scored 0.95 or more in 2026-Q2 (2 key results) and 2026-Q3 (1 key result)."
    ]


@pytest.mark.parametrize(
    "scores",
    [
        _scores("2026-Q3", 1, 1),
        [*_scores("2026-Q2", 1, 0.94), *_scores("2026-Q3", 1)],
        [*_scores("2026-Q1", 1), *_scores("2026-Q2", 1), *_scores("2026-Q3", 0.7)],
        [*_scores("2026-Q1", 1), *_scores("2026-Q2", 1), *_scores("2026-Q3", 1, kind="committed")],
        [*_scores("2026-Q2", 1, team="shop"), *_scores("2026-Q3", 1, team="platform")],
        [*_scores("2026-Q2", 1, kind="committed"), *_scores("2026-Q3", 1, kind="committed")],
    ],
)
def test_once_or_nearly_or_committed_is_fine(scores: list[Scored]) -> None:
    assert not found("SANDBAG", facts(scores=scores))


def test_promises_beside_aspirations_do_not_matter() -> None:
    scores = [*_scores("2026-Q2", 1), *_scores("2026-Q3", 1), *_scores("2026-Q3", 0.2, kind="committed")]
    assert found("SANDBAG", facts(scores=scores))


def test_two_of_five_key_results_at_next_to_nothing_are_found() -> None:
    given = facts(scores=_scores("2026-Q3", 0.1, 0, 0.5, 0.7, 1))
    assert reasons("ZEROS", given)[0] == (
        "shop: 2 of 5 key results (40 %) ended at 0.1 or less in 2026-Q3: 2026-Q3-0 and 2026-Q3-1."
    )


def test_less_than_forty_per_cent_is_fine() -> None:
    assert not found("ZEROS", facts(now=day("2026-10-05"), scores=_scores("2026-Q3", 0.1, 0.11, 0.5)))


def test_only_the_last_closed_cycle_is_looked_at() -> None:
    scores = [*_scores("2026-Q2", 0, 0), *_scores("2026-Q3", 0.7, 0.8)]
    assert not found("ZEROS", facts(now=day("2026-10-05"), scores=scores))


def _running(now: Any) -> Facts:
    results = [key_result(name) for name in "abcde"]
    return facts(objective(*results), now=now, samples={name: sample(name, 0.5) for name in "abc"})


def test_a_running_cycle_is_looked_at_after_half_time() -> None:
    assert reasons("ZEROS", _running(DAY_50)) == [
        "shop: 2 of 5 key results (40 %) stand at 0.1 or less in 2026-Q4: d and e."
    ]
    assert not found("ZEROS", _running(day("2026-11-14")))


def test_a_finding_about_a_team_is_told_in_its_newest_file() -> None:
    [one] = found("SANDBAG", facts(scores=[*_scores("2026-Q2", 1), *_scores("2026-Q3", 1)]))
    assert (one.team, one.file, one.line, one.objectives) == ("shop", "okrs/shop.yaml", 10, ())


def test_orphans_are_counted_by_scope_the_worst_first() -> None:
    api = Orphans("github", "acme/api", 4, ("acme/api#1",))
    shop = Orphans("jira", "SHOP", 9, tuple(f"SHOP-{number}" for number in range(1, 8)))
    first, second = found("ORPHANS", facts(orphans=[api, shop, Orphans("jira", "OPS", 3, ())]))
    assert first.reason == (
        "SHOP: 7 of 9 active tickets (78 %) are linked to no key result: "
        "SHOP-1, SHOP-2, SHOP-3, SHOP-4, SHOP-5 and 2 more."
    )
    assert len(first.tickets) == 7
    assert second.reason == "acme/api: 1 of 4 active tickets (25 %) is linked to no key result: acme/api#1."


def test_items_of_several_key_results_are_told_by_set() -> None:
    given = facts(overlaps=[Overlap(("checkout-1", "checkout-2"), ("SHOP-1", "SHOP-2"))])
    [one] = found("OVERLAP", given)
    assert one.reason == "2 tickets count for each of checkout-1 and checkout-2: SHOP-1 and SHOP-2."
    assert (one.key_results, one.tickets) == (("checkout-1", "checkout-2"), ("SHOP-1", "SHOP-2"))


def test_key_results_that_are_not_live_overlap_with_nothing() -> None:
    given = facts(objective(key_result("a"), key_result("b", state="closed")), overlaps=[Overlap(("a", "b"), ("X-1",))])
    assert not found("OVERLAP", given)
