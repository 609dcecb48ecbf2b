"""Milestones, versions and epics as what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from okr_builders import NOON, item, part, placed, version

from okrsync.mapping import Mapper, Surroundings
from okrsync.measure import Evidence, contributions, measure
from okrsync.model.okr import Placed
from okrsync.model.sample import Linked, Sample
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
