"""Carry-over into several files, and into files that stand there already."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from carrying_over import ELSEWHERE, NEW, NEXT, carried, new_file, read_again
from closing_time import at_the_end, closed
from practising import Practice

from okrsync.errors import ConfigError
from okrsync.model.closing import CarryOver, Decision
from okrsync.practice import okrfiles
from okrsync.practice.carryover import Next
from okrsync.practice.scoring import Word

GOES_ON = Word(decision=Decision.CONTINUE)
SHOP = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: customers-find-what-they-look-for-shop
    title: The shop grows
    parent: customers-find-what-they-look-for-api
    key_results: [{id: shop-1, title: More people, measure: {type: boolean}}]
"""
API = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: customers-find-what-they-look-for-api
    title: The interface grows
    key_results: [{id: api-1, title: More calls, measure: {type: boolean}}]
"""


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    return at_the_end(tmp_path / "acme")


def two_folders(acme: Practice) -> None:
    """The same file name in two folders."""
    acme.config.write_text(acme.config.read_text().replace("okrs/*.yaml", "okrs/*/*.yaml"))
    for name, text in (("shop", SHOP), ("api", API)):
        (acme.okrs.parent / name).mkdir()
        (acme.okrs.parent / name / "2026-q4.yaml").write_text(text)


def test_files_of_one_name_in_two_folders_are_carried_over_together(acme: Practice) -> None:
    two_folders(acme)
    made = carried(acme, "shop-1", "api-1")
    assert [Path(one).relative_to(acme.okrs.parent).as_posix() for one in made.files] == [
        "api/2027-q1.yaml",
        "shop/2027-q1.yaml",
    ]
    objectives = {one.title: one for one, cycle in read_again(acme).objectives if cycle.id == NEXT.id}
    assert objectives["The shop grows"].parent == objectives["The interface grows"].id


def test_objectives_whose_ids_are_cut_to_the_same_get_ids_of_their_own(acme: Practice) -> None:
    two_folders(acme)
    carried(acme, "shop-1", "api-1")
    ids = {one.id for one, cycle in read_again(acme).objectives if cycle.id == NEXT.id}
    assert ids == {"customers-find-what-they-look-fo-2027-q1", "customers-find-what-they-look-2027-q1-2"}


def test_each_of_several_files_is_checked_and_named_as_it_would_be_called(acme: Practice) -> None:
    two_folders(acme)
    (acme.okrs.parent / "shop" / "tokyo.yaml").write_text(ELSEWHERE)
    with pytest.raises(ConfigError) as refused:
        carried(acme, "shop-1", "api-1")
    for folder in ("api", "shop"):
        assert f"{acme.okrs.parent / folder / '2027-q1.yaml'}:" in str(refused.value)
    assert "/tmp" not in str(refused.value).replace(str(acme.okrs.parent), "")


def again(acme: Practice, *chosen: str, **targets: float) -> CarryOver:
    named = {name.replace("_", "-"): value for name, value in targets.items()}
    return carried(acme, *chosen, following=Next(NEXT.id, NEXT.start, NEXT.end, named))


def test_what_is_missing_is_added_below_what_stands(acme: Practice) -> None:
    carried(acme, "checkout-1")
    before = new_file(acme)
    made = again(acme, "checkout-1", "checkout-2", "checkout-3")
    assert [one.before for one in made.carried] == ["checkout-2", "checkout-3"]
    assert [(one.before, one.after) for one in made.stood] == [("checkout-1", "checkout-1-2027-q1")]
    assert (made.files, [Path(one).name for one in made.added]) == ((), [NEW])
    assert new_file(acme).startswith(before)
    added = new_file(acme).removeprefix(before)
    assert added.startswith("\n      # Nobody likes bugs.\n      - id: checkout-2-2027-q1\n")
    assert "\n      # What it is for.\n      - id: checkout-3-2027-q1\n" in added


def test_in_the_end_the_same_stands_there_as_if_all_had_been_carried_at_once(acme: Practice, tmp_path: Path) -> None:
    whole = at_the_end(tmp_path / "whole")
    carried(whole, "checkout-1", "checkout-2", "checkout-3")
    for name in ("checkout-1", "checkout-2", "checkout-3"):
        again(acme, name)
    assert new_file(acme) == new_file(whole)


def test_what_people_changed_in_the_file_is_kept(acme: Practice) -> None:
    carried(acme, "checkout-1")
    path = acme.okrs.parent / NEW
    changed = new_file(acme).replace("state: draft", "state: active").replace("checkout-2027-q1", "easy")
    changed = (
        "# Agreed on in January.\n" + changed.replace("checkout-1-2027-q1", "one-page  # renamed") + "# The end.\n"
    )
    path.write_text(changed)
    path.rename(path.with_name("spring.yaml"))
    made = again(acme, "checkout-1", "checkout-3")
    assert [(one.before, one.after) for one in made.stood] == [("checkout-1", "one-page")]
    assert ([Path(one).name for one in made.added], made.draft) == (["spring.yaml"], False)
    found = path.with_name("spring.yaml").read_text()
    kept = changed.removesuffix("# The end.\n")
    assert found.startswith(kept)
    assert found.endswith("# The end.\n")
    assert found.removeprefix(kept).count("- id:") == 1
    placed = read_again(acme).by_id()["checkout-3-2027-q1"]
    assert placed.objective.id == "easy"


def test_another_objective_comes_below_those_that_stand(acme: Practice) -> None:
    carried(acme, "checkout-1")
    before = new_file(acme)
    made = again(acme, api_1=150)
    assert [one.after for one in made.carried] == ["api-1-2027-q1"]
    assert new_file(acme).startswith(before + "\n  # What developers feel.\n  - id: api-2027-q1\n")


def test_an_objective_that_came_along_without_key_results_gets_its_first(acme: Practice) -> None:
    own = "    rollup: both\n    key_results:\n      - {id: growth-1, title: Revenue, measure: {type: boolean}}\n"
    acme.rewrite("    rollup: children\n", own)
    carried(acme, "checkout-1")
    again(acme, "growth-1")
    placed = read_again(acme).by_id()["growth-1-2027-q1"]
    assert (placed.objective.id, placed.objective.rollup) == ("growth-2027-q1", "both")


def test_nothing_missing_changes_nothing_and_says_what_stands(acme: Practice) -> None:
    closed(acme, checkout_1=GOES_ON)
    carried(acme)
    before = new_file(acme)
    made = carried(acme)
    assert (made.files, made.added, made.carried) == ((), (), ())
    assert [one.after for one in made.stood] == ["checkout-1-2027-q1"]
    assert new_file(acme) == before


def test_what_lost_its_line_carried_from_is_known_by_its_id(acme: Practice) -> None:
    carried(acme, "checkout-1")
    path = acme.okrs.parent / NEW
    path.write_text("".join(line for line in path.open() if "carried_from: checkout-1" not in line))
    assert [one.before for one in again(acme, "checkout-1").stood] == ["checkout-1"]


def test_a_new_target_for_what_stands_is_refused_with_its_place(acme: Practice) -> None:
    again(acme, api_1=150)
    assert again(acme, api_1=150).stood[0].after == "api-1-2027-q1", "it has that target"
    line = next(n for n, one in enumerate(new_file(acme).splitlines(), 1) if "- id: api-1-2027-q1" in one)
    with pytest.raises(ConfigError, match=rf"goes on already as api-1-2027-q1 in .*{NEW}, line {line}") as refused:
        again(acme, api_1=120)
    assert refused.value.hint == "Change its target there. Nothing was written."


def test_other_days_than_those_that_stand_are_refused(acme: Practice) -> None:
    carried(acme, "checkout-1")
    with pytest.raises(ConfigError, match="2027-Q1 runs from 2027-01-01 to 2027-03-31") as refused:
        carried(acme, "checkout-3", following=Next("2027-q1", NEXT.start, date(2027, 3, 30)))
    assert refused.value.hint == "Say --start 2027-01-01 --end 2027-03-31, or correct the file."


def test_a_list_in_another_form_is_refused_and_nothing_is_written(acme: Practice) -> None:
    carried(acme, "checkout-3")
    path = acme.okrs.parent / NEW
    text = new_file(acme)
    head, _, _ = text.partition("    key_results:")
    path.write_text(head + "    key_results: [{id: x-1, title: X, measure: {type: boolean}}]\n")
    before = new_file(acme)
    with pytest.raises(ConfigError, match="does not dare to edit"):
        again(acme, "checkout-1")
    assert new_file(acme) == before


def test_when_one_of_several_files_cannot_be_written_none_is(acme: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    two_folders(acme)
    carried(acme, "api-1")
    stands = acme.okrs.parent / "api" / "2027-q1.yaml"
    stands.write_text(stands.read_text() + "# kept\n")
    before = stands.read_text()
    (acme.okrs.parent / "api" / "2026-q4.yaml").write_text(
        API.replace("{id: api-1,", "{id: api-2, title: Fewer, measure: {type: boolean}}, {id: api-1,")
    )

    def full(path: Path, text: str) -> None:
        raise ConfigError(f"{path} cannot be written: no space left.")

    monkeypatch.setattr(okrfiles, "replace", full)
    with pytest.raises(ConfigError, match="no space left"):
        carried(acme, "shop-1", "api-2")
    assert stands.read_text() == before
    assert not (acme.okrs.parent / "shop" / "2027-q1.yaml").exists()
