"""Every rule has its check, and what a team lives with is set apart with its reason."""

from __future__ import annotations

from typing import Any

import pytest
from coach_facts import CYCLE, facts, key_result, objective, okrs, rules, together

from okrsync.method.coach import CHECKS, Finding, Orphans, find
from okrsync.model.okr import Cycle, Phase
from okrsync.model.rules import RULES, UNUSED_IGNORE, Severity

VERB = {"rule": "KR-VERB", "reason": "it is what they call the product"}


def test_every_rule_of_the_method_has_a_check_and_every_check_a_rule() -> None:
    assert list(CHECKS) == [rule for rule in RULES if rule != UNUSED_IGNORE]
    assert " ".join(CHECKS) == (
        "O-COUNT KR-COUNT KR-NONE KR-NUM KR-BASE KR-VERB O-NUM OWNER PARENT DATES NOSTART PASTDUE DUP NOWORK IDLE "
        "STALE SANDBAG ZEROS LATE-TARGET NOCOUNTER OUTPUT-ONLY ORPHANS OVERLAP"
    )


def test_good_okrs_give_nothing_to_talk_about() -> None:
    good = objective(key_result("a", title="Conversion of visits"), key_result("b", title="Orders sent back"))
    assert rules(facts(good, now=facts().now.replace(month=10, day=2))) == set()


def _verb(**changed: Any) -> dict[str, Any]:
    return key_result("verb", title="Build the app", **changed)


def _ignored(*objectives: dict[str, Any], **top: Any) -> list[Finding]:
    return [one for one in find(facts(okrs=okrs(*objectives, **top))) if one.ignored]


@pytest.mark.parametrize(
    ("in_key_result", "in_objective", "in_file"), [([VERB], [], []), ([], [VERB], []), ([], [], [VERB])]
)
def test_a_finding_is_ignored_at_the_key_result_the_objective_or_the_file(
    in_key_result: list[Any], in_objective: list[Any], in_file: list[Any]
) -> None:
    one = objective(_verb(ignore=in_key_result), key_result("b"), ignore=in_objective)
    [found] = _ignored(one, ignore=in_file)
    assert (found.rule, found.ignored) == ("KR-VERB", VERB["reason"])


def test_an_ignore_reaches_no_further_than_where_it_stands() -> None:
    elsewhere = objective(key_result("c"), key_result("d", ignore=[VERB]), id="other")
    given = facts(objective(_verb(), key_result("b")), elsewhere)
    assert {"KR-VERB", UNUSED_IGNORE} <= rules(given)


def test_a_double_is_ignored_at_either_of_the_two() -> None:
    same = {"rule": "DUP", "reason": "one for each country"}
    twice = [key_result(name, title="Orders a day") for name in "ab"]
    for position in range(2):
        pair = [one | ({"ignore": [same]} if at == position else {}) for at, one in enumerate(twice)]
        assert [one.rule for one in _ignored(objective(*pair))] == ["DUP"]


def test_work_that_belongs_to_no_file_may_be_ignored_in_any() -> None:
    given = okrs(objective(), ignore=[{"rule": "ORPHANS", "reason": "support takes half of our time"}])
    found = find(facts(okrs=given, orphans=[Orphans("jira", "SHOP", 2, ("SHOP-1",))]))
    assert [one.rule for one in found if one.ignored] == ["ORPHANS"]


def test_an_ignore_that_covers_nothing_any_more_is_itself_found() -> None:
    unused = objective(key_result("a", ignore=[VERB]), key_result("b"))
    [one] = [one for one in find(facts(unused)) if one.rule == UNUSED_IGNORE]
    assert one.severity is Severity.INFO
    assert one.reason == (
        "Nothing in the key result a is found by KR-VERB any more; ignored was: it is what they call the product"
    )
    assert (one.file, one.line, one.key_results) == ("okrs/shop.yaml", 11, ("a",))


def test_in_closed_cycles_nobody_has_to_tidy_up() -> None:
    before = Cycle(id="2026-Q3", start="2026-07-01", end="2026-09-30", state=Phase.CLOSED)  # type: ignore[arg-type]
    closed = okrs(objective(key_result("a", ignore=[VERB]), id="old"), cycle=before, file="okrs/q3.yaml")
    assert CYCLE.state is Phase.ACTIVE
    assert UNUSED_IGNORE not in rules(facts(okrs=together(closed, okrs(objective()))))


def test_the_gravest_come_first() -> None:
    bare = objective(id="bare", owner=None, top=False) | {"key_results": ()}
    found = find(facts(objective(top=False), bare))
    assert [one.severity.rank for one in found] == sorted(one.severity.rank for one in found)
    assert found[0].rule == "KR-NONE"
