"""Rules on the shape of OKRs: each with what it finds, and with what comes near and is fine."""

from __future__ import annotations

from datetime import date

import pytest
from coach_facts import CYCLE, facts, found, key_result, objective, okrs, reasons, together

from okrsync.method.coach import Facts
from okrsync.model.okr import Cycle, Phase


def _objectives(count: int, **changed: object) -> list[dict[str, object]]:
    return [objective(id=f"o{number}", **changed) for number in range(count)]


def test_a_sixth_objective_of_a_team_is_one_too_many() -> None:
    [one] = found("O-COUNT", facts(*_objectives(6)))
    assert one.reason == "shop has 6 objectives in 2026-Q4: o0, o1, o2, o3, o4 and o5."
    assert (one.file, one.line, one.team) == ("okrs/shop.yaml", 10, "shop")


def test_five_objectives_of_a_team_are_fine() -> None:
    assert not found("O-COUNT", facts(*_objectives(5)))


def test_objectives_of_two_teams_do_not_add_up() -> None:
    both = [*_objectives(5), *(objective(id=f"p{number}", team="platform") for number in range(5))]
    assert not found("O-COUNT", facts(*both))


def test_postponed_objectives_are_not_counted() -> None:
    assert not found("O-COUNT", facts(*_objectives(5), objective(id="later", state="postponed")))


def test_without_teams_each_file_is_a_team() -> None:
    files = [
        okrs(*[objective(id=f"{name}{n}", team=None) for n in range(4)], file=f"okrs/{name}.yaml") for name in "ab"
    ]
    assert not found("O-COUNT", facts(okrs=together(*files)))
    assert reasons("O-COUNT", facts(*_objectives(6, team=None)))[0].startswith("okrs/shop.yaml has 6 objectives")


@pytest.mark.parametrize("count", [1, 6, 7])
def test_one_key_result_or_more_than_five_is_found(count: int) -> None:
    [one] = found("KR-COUNT", facts(objective(*(key_result(f"kr-{number}") for number in range(count)))))
    assert one.objectives == ("checkout",)
    assert ("single" in one.reason) == (count == 1)


@pytest.mark.parametrize("count", [2, 5])
def test_two_to_five_key_results_are_fine(count: int) -> None:
    assert not found("KR-COUNT", facts(objective(*(key_result(f"kr-{number}") for number in range(count)))))


def test_abandoned_key_results_are_not_counted() -> None:
    assert found("KR-COUNT", facts(objective(key_result("a"), key_result("b", state="abandoned"))))


def test_an_objective_without_key_results_is_found() -> None:
    bare = objective(id="dream") | {"key_results": ()}
    assert reasons("KR-NONE", facts(bare)) == [
        "`dream` has no key result that is pursued, so nothing tells whether it is reached."
    ]
    assert not found("KR-COUNT", facts(bare))


def test_an_objective_that_gathers_others_needs_no_key_results() -> None:
    gathering = objective(id="company", rollup="children") | {"key_results": ()}
    assert not found("KR-NONE", facts(gathering, objective(parent="company", top=False)))
    assert found("KR-NONE", facts(gathering))


def test_an_objective_without_an_owner_names_the_key_results_that_lack_one_too() -> None:
    nobody = objective(key_result("a"), key_result("b", owner="ben"), owner=None)
    assert reasons("OWNER", facts(nobody)) == ["`checkout` has no owner, and a has none either."]


def test_the_owner_of_an_objective_owns_its_key_results() -> None:
    assert not found("OWNER", facts(objective(key_result("a"), key_result("b"))))


def test_an_objective_without_a_parent_is_found_unless_it_stands_at_the_top() -> None:
    below, top = objective(top=False), objective(id="company")
    assert [one.objectives for one in found("PARENT", facts(below, top))] == [("checkout",)]
    assert not found("PARENT", facts(objective(top=False, parent="company"), top))


def test_a_parent_that_is_not_marked_as_top_is_told_who_names_it() -> None:
    company = objective(id="company", top=False)
    [reason] = reasons("PARENT", facts(company, objective(top=False, parent="company")))
    assert reason == "`company` names no parent, though checkout names it as theirs."


def test_days_outside_of_the_cycle_are_found() -> None:
    late = key_result("late", due=date(2027, 1, 1))
    planned = key_result("planned", plan=[{"date": "2026-09-30", "value": 1}, {"date": "2026-12-31", "value": 3}])
    assert reasons("DATES", facts(objective(late, planned))) == [
        "late is due or planned on 1 Jan 2027, outside 2026-Q4 (1 Oct 2026 to 31 Dec 2026).",
        "planned is due or planned on 30 Sep 2026, outside 2026-Q4 (1 Oct 2026 to 31 Dec 2026).",
    ]


def test_the_first_and_the_last_day_belong_to_the_cycle() -> None:
    assert not found("DATES", facts(objective(key_result(due=CYCLE.start), key_result("b", due=CYCLE.end))))


def test_a_child_must_not_run_longer_than_its_parent() -> None:
    year = Cycle(id="2026", start=date(2026, 1, 1), end=date(2026, 12, 31))
    short = Cycle(id="2026-11", start=date(2026, 11, 1), end=date(2026, 11, 30))

    def below(above: Cycle) -> Facts:
        company = okrs(objective(id="company"), cycle=above, file="okrs/company.yaml")
        return facts(okrs=together(company, okrs(objective(parent="company", top=False))))

    assert not found("DATES", below(year))
    assert len(found("DATES", below(short))) == 1


def test_closed_cycles_are_left_in_peace() -> None:
    closed = CYCLE.model_copy(update={"state": Phase.CLOSED})
    given = facts(okrs=okrs(objective(owner=None, top=False) | {"key_results": ()}, cycle=closed))
    assert not any(found(rule, given) for rule in ("OWNER", "PARENT", "KR-NONE", "O-COUNT"))
