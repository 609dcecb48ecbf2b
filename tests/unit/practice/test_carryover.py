"""Carry-over: the next cycle's files say what goes on, keep every comment, and pass the check."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from carrying_over import ELSEWHERE, NEW, NEXT, carried, new_file, read_again
from closing_time import OKRS, at_the_end, closed, measured
from practising import Practice

from okrsync.errors import ConfigError
from okrsync.model.closing import Carried, Decision
from okrsync.model.okr import Manual, Phase
from okrsync.practice.carryover import Next, carry_over, new_id
from okrsync.practice.closing import find_cycle
from okrsync.practice.scoring import Word

GOES_ON = Word(decision=Decision.CONTINUE)


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    return at_the_end(tmp_path / "acme")


def test_what_was_decided_to_go_on_goes_on_from_where_it_ended(acme: Practice) -> None:
    closed(acme, checkout_1=GOES_ON, checkout_3=GOES_ON, checkout_2=Word(decision=Decision.RETIRE))
    made = carried(acme)
    assert made.carried == (
        Carried("checkout-1", "checkout-1-2027-q1", 0.923077),
        Carried("checkout-3", "checkout-3-2027-q1", 2.42),
    )
    assert dict(made.left) == {"checkout-2": "retire", "api-1": "nobody decided", "api-2": "nobody decided"}
    found = read_again(acme).by_id()
    assert found["checkout-3-2027-q1"].key_result.carried_from == "checkout-3"
    measure = found["checkout-3-2027-q1"].key_result.measure
    assert isinstance(measure, Manual)
    assert (measure.start, measure.target, measure.unit) == (2.42, 3, "%")
    assert found["checkout-1-2027-q1"].key_result.links == found["checkout-1"].key_result.links


def test_the_new_cycle_is_a_draft_so_that_no_ticket_shows_it_yet(acme: Practice) -> None:
    carried(acme, "checkout-1")
    cycle = read_again(acme).by_id()["checkout-1-2027-q1"].cycle
    assert (cycle.id, cycle.start, cycle.end, cycle.state) == (NEXT.id, NEXT.start, NEXT.end, Phase.DRAFT)


def test_every_comment_stays_with_what_it_is_about(acme: Practice) -> None:
    carried(acme, "checkout-1", "checkout-2", "checkout-3")
    gone = ("# before the holidays", "# What developers feel.")
    for line in OKRS.splitlines():
        _, sign, comment = line.partition("#")
        if sign:
            assert (f"#{comment}" in new_file(acme)) is (f"#{comment}" not in gone), comment


def test_only_the_lines_that_must_differ_do(acme: Practice) -> None:
    carried(acme, "checkout-3")
    before, after = OKRS.splitlines(), new_file(acme).splitlines()
    assert [line for line in after if line not in before] == [
        "cycle: {id: 2027-Q1, state: draft, start: 2027-01-01, end: 2027-03-31}  # agreed on 28 September",
        "  - id: growth-2027-q1",
        "    carried_from: growth",
        "  - id: checkout-2027-q1",
        "    carried_from: checkout",
        "    parent: growth-2027-q1          # serves the company",
        "      - id: checkout-3-2027-q1",
        "        carried_from: checkout-3",
        '        measure: {type: manual, start: 2.42, target: 3, unit: "%"}',
    ]


def test_what_is_left_behind_takes_its_comments_along(acme: Practice) -> None:
    carried(acme, "checkout-3")
    for comment in ("# The one page.", "# Nobody likes bugs.", "# What developers feel."):
        assert comment not in new_file(acme)


def test_days_of_the_old_cycle_do_not_go_on(acme: Practice) -> None:
    carried(acme, "checkout-2")
    found = read_again(acme).by_id()["checkout-2-2027-q1"].key_result
    assert (found.due, found.plan) == (None, ())


def test_objectives_above_go_on_with_those_below(acme: Practice) -> None:
    carried(acme, "checkout-1")
    found = {one.id: one for one, cycle in read_again(acme).objectives if cycle.id == "2027-Q1"}
    assert set(found) == {"growth-2027-q1", "checkout-2027-q1"}
    assert found["checkout-2027-q1"].parent == "growth-2027-q1"


def test_what_is_postponed_can_be_taken_up_again(acme: Practice) -> None:
    carried(acme, "api-2")
    found = read_again(acme).by_id()["api-2-2027-q1"]
    assert found.key_result.state == "active"


def test_a_reached_target_needs_a_new_one(acme: Practice) -> None:
    closed(acme, api_1=GOES_ON, checkout_1=GOES_ON)
    made = carried(acme)
    assert dict(made.left)["api-1"].startswith("ended at 190 and its target is 200; --target api-1=VALUE")
    assert [one.before for one in made.carried] == ["checkout-1"]


def test_a_chosen_one_that_has_reached_its_target_is_refused(acme: Practice) -> None:
    with pytest.raises(ConfigError, match="api-1 ended at 190 and its target is 200") as refused:
        carried(acme, "api-1")
    assert refused.value.hint == "--target api-1=VALUE gives it a new one."
    assert not (acme.okrs.parent / NEW).exists()


def test_a_new_target_carries_it_on(acme: Practice) -> None:
    carried(acme, following=Next(NEXT.id, NEXT.start, NEXT.end, {"api-1": 150}))
    measure = read_again(acme).by_id()["api-1-2027-q1"].key_result.measure
    assert isinstance(measure, Manual)
    assert (measure.start, measure.target) == (190, 150)


def test_nothing_is_ever_overwritten(acme: Practice) -> None:
    acme.config.write_text(acme.config.read_text().replace("okrs/*.yaml", "okrs/shop.yaml"))
    (acme.okrs.parent / NEW).write_text("mine")
    with pytest.raises(ConfigError, match="exists already"):
        carried(acme, "checkout-1")
    assert new_file(acme) == "mine"


def test_the_old_file_is_left_as_it_is(acme: Practice) -> None:
    carried(acme, "checkout-1")
    assert acme.okrs.read_text() == OKRS


def test_nothing_decided_is_told_with_what_to_do(acme: Practice) -> None:
    with pytest.raises(ConfigError, match="goes on: it is not closed yet") as refused:
        carried(acme)
    assert "--decide KR=continue" in refused.value.hint
    closed(acme)
    with pytest.raises(ConfigError, match="No key result of the cycle 2026-Q4 goes on"):
        carried(acme)


def test_a_file_that_no_pattern_reads_is_told(acme: Practice) -> None:
    acme.config.write_text(acme.config.read_text().replace("okrs/*.yaml", "okrs/shop.yaml"))
    made = carried(acme, "checkout-1")
    assert [Path(one).name for one in made.unread] == [NEW]


@pytest.mark.parametrize(
    ("following", "message"),
    [
        (Next("two words", NEXT.start, NEXT.end), "--to: 'two words' cannot be an id"),
        (Next("2026-q4", NEXT.start, NEXT.end), "is the cycle to carry over from"),
        (Next("2027-Q1", NEXT.end, NEXT.start), "would end before it begins"),
        (Next("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)), "would not be after 2026-Q4"),
    ],
)
def test_days_that_make_no_sense_are_refused(acme: Practice, following: Next, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        carried(acme, "checkout-1", following=following)


def test_what_would_not_pass_the_check_is_not_written(acme: Practice) -> None:
    (acme.okrs.parent / "tokyo.yaml").write_text(ELSEWHERE)
    with pytest.raises(ConfigError) as refused:
        carried(acme, "checkout-1")
    assert f"{acme.okrs.parent / NEW}:" in str(refused.value)
    assert refused.value.hint.startswith("Nothing was written. Correct what carry-over was told")
    assert sorted(one.name for one in acme.okrs.parent.iterdir()) == ["shop.yaml", "tokyo.yaml"]


def test_what_cannot_be_edited_without_loss_is_refused(acme: Practice) -> None:
    acme.rewrite("  - id: growth\n", "  -\n    id: growth\n")
    with pytest.raises(ConfigError, match="does not dare to edit"):
        carried(acme, "api-1", following=Next(NEXT.id, NEXT.start, NEXT.end, {"api-1": 150}))
    assert [one.name for one in acme.okrs.parent.iterdir()] == ["shop.yaml"]


@pytest.mark.parametrize(
    ("old", "taken", "new"),
    [
        ("checkout-1", (), "checkout-1-2027-q1"),
        ("checkout-1-2026-q4", (), "checkout-1-2027-q1"),
        ("checkout-1.2026-Q4", (), "checkout-1-2027-q1"),
        ("2026-Q4", (), "2026-Q4-2027-q1"),
        ("checkout-1", ("CHECKOUT-1-2027-Q1",), "checkout-1-2027-q1-2"),
        ("a" * 40, (), "a" * 32 + "-2027-q1"),
        ("a" * 31 + "-bcdefgh", (), "a" * 31 + "-2027-q1"),
    ],
)
def test_new_ids_can_be_told_from_the_old_ones_and_read(
    acme: Practice, old: str, taken: tuple[str, ...], new: str
) -> None:
    with acme.desk() as desk:
        assert new_id(old, find_cycle(desk, "2026-Q4"), NEXT, taken) == new


def test_a_carried_cycle_can_be_carried_over_again(acme: Practice) -> None:
    carried(acme, "checkout-3")
    path = acme.okrs.parent / NEW
    path.write_text(path.read_text().replace("state: draft", "state: active"))
    with acme.desk() as desk:
        following = Next("2027-Q2", date(2027, 4, 1), date(2027, 6, 30))
        made = carry_over(desk, "2027-Q1", following, ["checkout-3-2027-q1"])
    assert [(one.before, one.after) for one in made.carried] == [("checkout-3-2027-q1", "checkout-3-2027-q2")]
    assert [Path(one).name for one in made.files] == ["shop-2027-q2.yaml"]
    assert "carried_from: checkout-3-2027-q1" in (acme.okrs.parent / "shop-2027-q2.yaml").read_text()


def test_what_goes_on_starts_where_the_cycle_ended_and_not_where_it_is_by_now(acme: Practice) -> None:
    acme.later(days=14)
    measured(acme, acme.now, {"checkout-2": (7, 0.94)})
    with acme.desk() as desk:
        carry_over(desk, "2026-Q4", NEXT, ("checkout-2",))
    assert "start: 12" in new_file(acme)


def test_what_has_no_target_takes_no_new_one(acme: Practice) -> None:
    with pytest.raises(ConfigError, match="api-2 is a yes or a no and has no target") as refused:
        carried(acme, following=Next(NEXT.id, NEXT.start, NEXT.end, {"api-2": 1}))
    assert refused.value.hint == "Name it with --kr api-2 instead."


def test_the_file_ends_with_its_last_line(acme: Practice) -> None:
    carried(acme, "checkout-1")
    assert new_file(acme).endswith("# both repositories later\n")
