from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from written_okrs import CONFIGURATION, CYCLE, Load, key_result, loader, messages_of, objective, problems_of

from okrsync.connector import ConnectionOptions
from okrsync.marker import Namespace
from okrsync.model.okr import Completion, Count, Link, OkrFile
from okrsync.okrfile.across import Source, problems_across
from okrsync.okrfile.salvage import salvage, touches
from okrsync.yamlfile import parse_yaml


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    return loader(tmp_path, monkeypatch)


def test_key_results_come_in_file_order_with_their_surroundings(load: Load) -> None:
    okrs = load(
        b=[objective(key_result(id="b-1"), id="b")],
        a=[objective(key_result(id="a-2"), key_result(id="a-1"), id="a", owner="ana")],
    )
    assert [placed.key_result.id for placed in okrs.placed] == ["a-2", "a-1", "b-1"]
    assert [objective.id for objective, _ in okrs.objectives] == ["a", "b"]
    first = okrs.placed[0]
    assert (first.objective.owner, first.cycle.end, first.file) == ("ana", date(2026, 12, 31), "okrs/a.yaml")
    assert first.line is not None
    assert Path(first.file).read_text().splitlines()[first.line - 1].strip() == "- id: a-2"
    assert okrs.live() == okrs.placed


def test_the_model_holds_what_was_written(load: Load) -> None:
    links = [{"connection": "jira", "epic": "SHOP-120", "weight": 2, "labels": "fast", "created_since": "2026-10-05"}]
    [placed] = load(shop=[objective(key_result(measure={"type": "completion", "by": "points"}, links=links))]).placed
    assert placed.key_result.measure == Completion(type="completion", by="points")
    assert placed.key_result.links == (
        Link.model_validate(
            {
                "connection": "jira",
                "epic": "SHOP-120",
                "weight": 2.0,
                "labels": {"all": ["fast"]},
                "created_since": date(2026, 10, 5),
            }
        ),
    )


def test_a_key_result_without_links_can_be_fed_by_lines_in_tickets(load: Load) -> None:
    assert load(shop=[objective(key_result())]).placed[0].key_result.links == ()


def test_objectives_may_have_no_key_results(load: Load) -> None:
    okrs = load(shop=[{"id": "growth", "title": "Grow", "rollup": "children"}])
    assert okrs.placed == ()
    assert len(okrs.objectives) == 1


def test_problems_of_all_files_come_at_once(load: Load) -> None:
    problems = problems_of(
        load,
        a="cycle: [",
        b=[objective(key_result(measure={"type": "cmpletion"}))],
        c=[objective(key_result(links=[{"connection": "gitlab", "items": ["a/b#1"]}]), id="c", weight=1)],
        d="",
    )
    assert [problem.partition(":")[0] for problem in problems] == [
        "okrs/a.yaml", "okrs/b.yaml", "okrs/c.yaml", "okrs/c.yaml", "okrs/d.yaml",
    ]  # fmt: skip
    assert "`checkout-1` exists already, at okrs/b.yaml" in problems[2]


WRONG_IN_MANY_WAYS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-09-31}
objectives:
  - id: checkout
    title: Buying is effortless
    kind: commited
    parent: growht
    key_results:
      - id: k1
        title: Ship it
        measure: {type: cmpletion}
        links: [{connection: gitlab, items: [a]}, {connection: github, repository: acme/shp, weight: much}]
      - id: K1
        measure: {type: count, of: open, start: 5, target: 5}
        due: 2026-13-01
        links: [{connection: jira, epik: SHOP-1}, {connection: github, labels: [okr:k1]}, shop]
      - shop
      - {id: k2, title: Fast, measure: {type: sum, field: Costs, target: 3}, links: [{connection: jira, items: [S-1]}]}
  - {id: growth, title: Grow, ignore: [{rule: no-such-rule, reason: we know}], wieght: 2}
"""
ALL_OF_IT = (
    ("1", "cycle.end", "must be a date"),
    ("5", "objectives[0].kind", "`commited` is not possible"),
    ("6", "objectives[0].parent", "no objective is called `growht`"),
    ("10", "objectives[0].key_results[0].measure.type", "`cmpletion` is not possible"),
    ("11", "objectives[0].key_results[0].links[0].connection", "no connection is called `gitlab`"),
    ("11", "objectives[0].key_results[0].links[1].repository", "`acme/shp` is not among the repositories"),
    ("11", "objectives[0].key_results[0].links[1].weight", "must be a number"),
    ("12", "objectives[0].key_results[1].id", "the key result `K1` exists already"),
    ("12", "objectives[0].key_results[1].title", "is missing"),
    ("13", "objectives[0].key_results[1].measure", "start and target are both 5"),
    ("14", "objectives[0].key_results[1].due", "must be a date"),
    ("15", "objectives[0].key_results[1].links[0].epik", "did you mean `epic`"),
    ("15", "objectives[0].key_results[1].links[1].labels", "`okr:k1` is a label that okrsync writes"),
    ("15", "objectives[0].key_results[1].links[2]", "must be fields with values"),
    ("16", "objectives[0].key_results[2]", "must be fields with values"),
    ("17", "objectives[0].key_results[3].measure.field", "reads the number `Costs`"),
    ("18", "objectives[1].ignore[0].rule", "the coach has no rule `no-such-rule`"),
    ("18", "objectives[1].wieght", "did you mean `weight`"),
)


def test_everything_wrong_with_one_file_is_told_at_once(load: Load) -> None:
    configuration = CONFIGURATION.replace("organization: acme", "repositories: [acme/shop]")
    problems = problems_of(load, shop=WRONG_IN_MANY_WAYS, configuration=configuration)
    assert len(problems) == len(ALL_OF_IT), "\n".join(problems)
    for problem, (line, place, message) in zip(problems, ALL_OF_IT, strict=True):
        assert problem.startswith(f"okrs/shop.yaml:{line}: {place}: ")
        assert message in problem


_PLACES: tuple[tuple[str | int, ...], ...] = (
    ("cycle",), ("cycle", "end"), ("objectives", 0, "id"), ("objectives", 0, "title"),
    ("objectives", 0, "key_results", 0, "measure"), ("objectives", 0, "key_results", 0, "links", 0),
    ("objectives", 0, "key_results", 0, "links", 1, "items"), ("objectives", 0, "key_results", 1),
)  # fmt: skip


@given(st.sets(st.sampled_from(_PLACES), min_size=1), st.sampled_from([3.5, [[], 2], {"no": "such field"}, None]))
def test_only_what_is_wrong_is_blamed_and_the_rest_is_understood(places: set[tuple[str | int, ...]], bad: Any) -> None:
    links = [{"connection": "a", "items": ["b"]}, {"connection": "a", "items": ["c"]}]
    content = {"cycle": CYCLE, "objectives": [objective(key_result(links=links), key_result(id="checkout-2"))]}
    whole = OkrFile.model_validate(content)
    wrong: Any = deepcopy(content)
    for place in sorted(places, key=len, reverse=True):
        around = wrong
        for step in place[:-1]:
            around = around[step]
        around[place[-1]] = bad
    left = salvage(wrong)
    assert left.content is not None
    assert {place for place in places if any(where[: len(place)] == place for where, _ in left.found)} >= {
        place for place in places if not any(place != other and place[: len(other)] == other for other in places)
    }
    assert all(any(where[: len(place)] == place for place in places) for where, _ in left.found)
    for at, above in enumerate(left.content.objectives):
        for below, one in enumerate(above.key_results):
            if not touches(("objectives", at, "key_results", below), left.replaced):
                assert one == whole.objectives[at].key_results[below]


MISSPELT = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objective:
  - id: checkout
    titel: One
    key_result:
      - id: checkout-1
        title: One
        mesure: {typ: count, of: opened, start: 4, target: 1}
        link: [{conection: gitlub, items: [a]}]
"""


def test_what_stands_under_a_misspelt_name_is_looked_at_too(load: Load) -> None:
    assert [problem.removeprefix("okrs/shop.yaml:") for problem in problems_of(load, shop=MISSPELT)] == [
        "2: objective: is not a field here; did you mean `objectives`?",
        "4: objectives[0].titel: is not a field here; did you mean `title`?",
        "5: objectives[0].key_result: is not a field here; did you mean `key_results`?",
        "8: objectives[0].key_results[0].measure.of: `opened` is not possible; did you mean `open`?",
        "8: objectives[0].key_results[0].measure.typ: is not a field here; did you mean `type`?",
        "8: objectives[0].key_results[0].mesure: is not a field here; did you mean `measure`?",
        "9: objectives[0].key_results[0].link: is not a field here; did you mean `links`?",
        "9: objectives[0].key_results[0].links[0].conection: is not a field here; did you mean `connection`?",
        "9: objectives[0].key_results[0].links[0].connection: no connection is called `gitlub`; did you mean `github`?",
    ]


FORM_AND_CONTENT = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: One
    title: Two
    knd: aspirational
    key_results:
      - {id: checkout-1, title: One, measure: {type: completon}}
      - {id: checkout-1, title: Two, measure: !later {type: completion}}
      - {<<: *nobody, id: checkout-3}
"""


def test_what_is_wrong_with_the_form_hides_nothing_that_is_wrong_with_the_content(load: Load) -> None:
    assert [problem.removeprefix("okrs/shop.yaml:") for problem in problems_of(load, shop=FORM_AND_CONTENT)] == [
        "5: `title` is given twice; the first is on line 4",
        "6: objectives[0].knd: is not a field here; did you mean `kind`?",
        "8: objectives[0].key_results[0].measure.type: `completon` is not possible; did you mean `completion`?",
        "9: the tag `!later` is not supported; write a plain value",
        "9: objectives[0].key_results[1].id: the key result `checkout-1` exists already, at okrs/shop.yaml:8",
        "10: `*nobody` has no complete `&nobody` before it",
        "10: `<<` (merging) is not supported; write the fields out",
    ]


def test_a_parent_in_an_unreadable_file_is_not_missed(load: Load) -> None:
    problems = problems_of(load, a="cycle: [", b=[objective(key_result(), parent="growth")])
    assert len(problems) == 1


def test_a_parent_may_be_in_another_file(load: Load) -> None:
    okrs = load(a=[objective(key_result(), parent="growth")], b=[objective(id="growth")])
    assert okrs.objectives[0][0].parent == "growth"


def test_a_ring_of_parents_is_told_once(load: Load) -> None:
    ring = [objective(id=name, parent=above) for name, above in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))]
    [problem] = problems_of(load, shop=ring)
    assert problem.endswith("an objective cannot be above itself: `a` → `b` → `c` → `a`")


class NoTrackers:
    """Surroundings without any connection."""

    okr_files: tuple[Path, ...] = ()
    connections: Mapping[str, ConnectionOptions] = MappingProxyType({})

    def namespace_for(self, connection: str) -> Namespace:
        raise AssertionError(connection)


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef"), max_size=6))
def test_parents_are_accepted_exactly_when_every_way_up_ends(
    tmp_path_factory: pytest.TempPathFactory, parents: dict[str, str]
) -> None:
    objectives = [objective(id=name, **({"parent": parents[name]} if name in parents else {})) for name in "abcdef"]
    text = yaml.safe_dump({"cycle": CYCLE, "objectives": objectives})
    document = parse_yaml(text, "shop.yaml")
    problems = problems_across([Source(document, OkrFile.model_validate(document.data))], NoTrackers(), {})

    def ends(name: str, steps: int = 0) -> bool:
        return name not in parents or (steps < 6 and ends(parents[name], steps + 1))

    assert bool(problems) == (not all(ends(name) for name in "abcdef"))


def test_ids_that_differ_only_in_case_are_the_same_label(load: Load) -> None:
    [problem] = problems_of(load, a=[objective(key_result())], b=[objective(key_result(id="CHECKOUT-1"), id="b")])
    assert problem.startswith("okrs/b.yaml:")
    assert "the key result `CHECKOUT-1` exists already, at okrs/a.yaml:9" in problem


def test_an_objective_and_a_key_result_may_share_a_name(load: Load) -> None:
    assert load(shop=[objective(key_result(id="checkout"))]).by_id().keys() == {"checkout"}


def test_one_cycle_may_be_written_in_several_files_when_they_agree(load: Load) -> None:
    assert load(a=[objective(key_result())], b=[objective(id="b")])
    differing = {"cycle": {**CYCLE, "start": "2026-10-02"}, "objectives": []}
    [problem] = problems_of(load, a=[objective(key_result())], b=differing)
    assert "cycle.start: is 2026-10-02 for the cycle `2026-Q4`, but 2026-10-01 at okrs/a.yaml:3" in problem


def test_the_last_day_of_a_cycle_is_part_of_it(load: Load) -> None:
    assert load(shop=[objective(key_result(due="2026-12-31"))])
    assert messages_of(load, {"due": "2027-01-01"}) == [
        "due: 2027-01-01 is outside the cycle 2026-Q4 (2026-10-01 to 2026-12-31)"
    ]


def test_counting_needs_to_know_what(load: Load) -> None:
    [placed] = load(shop=[objective(key_result(measure={"type": "count", "of": "open", "target": 5}))]).placed
    assert placed.key_result.measure == Count(type="count", of="open", target=5)
