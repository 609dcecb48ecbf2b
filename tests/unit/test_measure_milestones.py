"""Milestones, versions and epics as what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from okr_builders import NOON, item, part, placed, version

from okrsync.mapping import Mapper, Surroundings
from okrsync.measure import Evidence, contributions, measure
from okrsync.model.okr import Placed
from okrsync.model.sample import Contribution, Linked, Sample
from okrsync.model.work import Item, State

Parts = Sequence[tuple[Item, Linked]]


def milestone_reading(by: str, parts: Parts, *links: dict[str, Any], **known: Any) -> tuple[Placed, Sample, Evidence]:
    one = placed(*links, measure={"type": "milestones", "by": by})
    evidence = Evidence(at=NOON, targets=Mapper([one], Surroundings(**known)).targets(one))
    return one, measure(one, iter(parts), evidence), evidence


MILESTONES = (version("1", "1.0", state=State.DONE), version("2", "2.0"), version("3", "3.0", state=State.UNKNOWN))


def test_milestones_and_epics_count_done_by_weight() -> None:
    epic = item("120", type="Epic", title="Payment", done=True)
    links = ({"version": "1.0"}, {"version": "2.0", "weight": 2}, {"version": "3.0"}, {"epic": "SHOP-120"})
    one, sample, evidence = milestone_reading(
        "done", [], *links, milestones=MILESTONES, parents={("jira", "120"): epic}
    )
    assert (sample.numerator, sample.denominator, sample.value) == (2, 4, 0.5)
    assert sample.flags == ("version 3.0 was given up or is in an unknown state",)
    rows = list(contributions(one, [], evidence, sample))
    assert sum(row.adds for row in rows) == 2
    assert [row.title for row in rows if row.adds] == ["Payment", "1.0"]


def test_milestones_by_fraction_average_their_linked_leaves() -> None:
    parts = [
        part(item("1", milestones=("1",), done=True)),
        part(item("2", milestones=("1",))),
        part(item("3", milestones=("2",), done=True)),
        part(item("4", milestones=("2",), cancelled=True)),
        part(item("5", milestones=("9",))),
    ]
    links = ({"version": "1.0"}, {"version": "2.0"})
    one, sample, evidence = milestone_reading("fraction", parts, *links, milestones=MILESTONES)
    assert (sample.value, sample.excluded) == (0.75, 2)
    words = [row.word for row in contributions(one, parts, evidence, sample) if row.item.startswith("milestone:")]
    assert words == ["1 of 2 done", "1 of 1 done"]


def test_an_epic_with_nothing_below_it_is_its_own_milestone() -> None:
    _, sample, _ = milestone_reading("fraction", [part(item("50", type="Epic", done=True))], {"epic": "SHOP-50"})
    assert (sample.value, sample.flags) == (1, ("not broken down: SHOP-50",))
    _, missing, _ = milestone_reading("done", [], {"epic": "SHOP-50"})
    assert missing.value is None
    assert missing.flags == ("SHOP-50 is not among the work that counts", "no milestone, version or epic to count")


def test_milestones_and_epics_come_first_in_the_explanation_then_the_items() -> None:
    epic = item("120", type="Epic", title="Payment", state=State.DOING)
    given_up = item("130", type="Epic", title="Gone", cancelled=True)
    parts = [
        part(item("1", parent="120", done=True)),
        part(item("2", parent="120")),
        part(item("5", milestones=("9",))),
    ]
    links = ({"epic": "SHOP-120", "weight": 2}, {"epic": "SHOP-130"}, {"version": "1.0"}, {"milestone": "2.0"})
    pages = tuple(
        version(one.id, one.title, state=one.state, url=f"https://jira.example/{one.id}") for one in MILESTONES
    )
    parents = {("jira", one.id): one for one in (epic, given_up)}
    one, sample, evidence = milestone_reading("done", parts, *links, milestones=pages, parents=parents)
    assert sample.rule == "milestones by done v1"
    assert (sample.value, sample.numerator, sample.denominator) == (0.25, 1, 4)
    assert (sample.scope, sample.done, sample.excluded) == (4, 1, 1)
    first, second, third, fourth, *items = contributions(one, parts, evidence, sample)
    assert first == Contribution(
        connection="jira",
        item="epic:120",
        key="SHOP-120",
        title="Payment",
        url="https://jira.example/browse/SHOP-120",
        state="doing",
        word="1 of 2 done",
        adds=0.0,
        of=2.0,
        left_out="",
        reasons=("a linked epic",),
    )
    assert (second.item, second.left_out, second.of) == ("epic:130", "is cancelled", 0)
    assert third == Contribution(
        connection="jira",
        item="milestone:1",
        key="version",
        title="1.0",
        url="https://jira.example/1",
        state="done",
        word="0 of 0 done",
        adds=1.0,
        of=1.0,
        left_out="",
        reasons=("a linked milestone",),
    )
    assert (fourth.key, fourth.adds, fourth.of) == ("milestone", 0, 1)
    assert [row.left_out for row in items] == ["", "", "is in none of the milestones and epics counted"]
    assert all(row.adds == row.of == 0 for row in items)


def test_by_fraction_is_not_by_done() -> None:
    parts = [part(item("1", milestones=("2",), done=True)), part(item("2", milestones=("2",)))]
    values = [
        milestone_reading(by, parts, {"version": "2.0"}, milestones=MILESTONES)[1].value for by in ("done", "fraction")
    ]
    assert values == [0, 0.5]
