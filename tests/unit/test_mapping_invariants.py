"""What holds for any work and any links."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from okr_builders import item, placed, version

from okrsync.mapping import Mapper, Surroundings
from okrsync.model.sample import Linked
from okrsync.model.work import Item

NAMES = st.sampled_from(["a", "b", "c"])
NUMBERS = st.sampled_from([str(n) for n in range(1, 9)])

labels = st.fixed_dictionaries({}, optional={"all": st.lists(NAMES, max_size=2), "any": st.lists(NAMES)}).filter(
    lambda chosen: any(chosen.values())
)

links = st.fixed_dictionaries(
    {},
    optional={
        "project": st.sampled_from(["SHOP", "API"]),
        "labels": labels,
        "type": st.sampled_from(["Task", "Bug"]),
        "assignee": NAMES,
        "version": st.sampled_from(["1.0", "2.0"]),
        "query": st.sampled_from(["q1", "q2"]),
        "epic": NUMBERS.map(lambda n: f"SHOP-{n}"),
        "items": st.lists(NUMBERS.map(lambda n: f"shop-{n}"), min_size=1, max_size=2),
    },
).filter(any)

weighted = st.tuples(links, st.sampled_from([1.0, 2.0, 3.0]), st.sampled_from(["contributes", "supports"])).map(
    lambda drawn: {**drawn[0], "weight": drawn[1], "role": drawn[2]}
)


@st.composite
def work(draw: st.DrawFn) -> list[Item]:
    """Eight items; a parent may be any of them, by id or key, so circles occur."""
    return [
        item(
            str(number),
            scope=draw(st.sampled_from(["100", "200"])),
            labels=tuple(draw(st.lists(NAMES, max_size=2, unique=True))),
            assignees=tuple(draw(st.lists(NAMES, max_size=1))),
            type=draw(st.sampled_from(["Task", "Bug", "Epic"])),
            milestones=tuple(draw(st.lists(st.sampled_from(["11", "12"]), max_size=1))),
            parent=draw(st.none() | NUMBERS | NUMBERS.map(lambda n: f"SHOP-{n}")),
            references=tuple(draw(st.lists(st.just("checkout-1"), max_size=1))),
        )
        for number in range(1, 9)
    ]


def surroundings(items: list[Item]) -> Surroundings:
    named = {one.parent for one in items}
    return Surroundings(
        milestones=(version("11", "1.0"), version("12", "2.0", scope="200")),
        scopes={("jira", "100"): "SHOP", ("jira", "200"): "API"},
        parents={("jira", one.id): one for one in items if {one.id, one.key} & named},
        memberships={("jira", "q1"): frozenset("123"), ("jira", "q2"): frozenset("345")},
    )


def everything(items: list[Item], chosen: list[dict[str, Any]]) -> dict[str, list[Linked]]:
    mapper = Mapper([placed(*chosen)], surroundings(items))
    return {one.id: found for one in items if (found := mapper.links(one))}


@settings(max_examples=40)
@given(work(), st.lists(weighted, max_size=4), st.randoms())
def test_the_order_of_items_and_links_does_not_matter(
    items: list[Item], chosen: list[dict[str, Any]], dice: Any
) -> None:
    shuffled, other_links = items[:], chosen[:]
    dice.shuffle(shuffled)
    dice.shuffle(other_links)
    assert everything(items, chosen) == everything(shuffled, other_links)


@settings(max_examples=40)
@given(work(), st.lists(weighted, min_size=1, max_size=3))
def test_a_link_written_twice_changes_nothing(items: list[Item], chosen: list[dict[str, Any]]) -> None:
    assert everything(items, chosen) == everything(items, chosen * 2)


@settings(max_examples=40)
@given(work(), st.lists(weighted, max_size=4))
def test_an_item_is_linked_at_most_once_and_a_parent_never(items: list[Item], chosen: list[dict[str, Any]]) -> None:
    inner = {number for _, number in surroundings(items).parents}
    for number, found in everything(items, chosen).items():
        assert len(found) == 1
        assert number not in inner


@settings(max_examples=40)
@given(work(), st.lists(weighted, max_size=4), weighted)
def test_one_more_link_only_adds(items: list[Item], chosen: list[dict[str, Any]], more: dict[str, Any]) -> None:
    before, after = everything(items, chosen), everything(items, [*chosen, more])
    assert before.keys() <= after.keys()
    for number, (linked,) in before.items():
        assert set(linked.reasons) <= set(after[number][0].reasons)


@settings(max_examples=40)
@given(work(), links)
def test_the_index_finds_exactly_what_comparing_everything_with_everything_finds(
    items: list[Item], link: dict[str, Any]
) -> None:
    around = surroundings(items)
    mapper = Mapper([placed(link)], around)
    for one in items:
        bare = msgspec.structs.replace(one, references=())
        chain = lineage(bare, items)
        expected = any(matches(link, node, chain[n:], around) for n, node in enumerate(chain))
        expected |= any(node.references for node in chain)
        assert bool(mapper.links(bare)) == (expected and ("jira", one.id) not in around.parents)


def lineage(one: Item, items: list[Item]) -> list[Item]:
    """An item and what is above it; members of a circle have no parent."""
    chain, circle = [one], circular(items)
    while chain[-1].id not in circle and (above := parent(chain[-1], items)):
        chain.append(above)
    return chain


def parent(one: Item, items: list[Item]) -> Item | None:
    return next((other for other in items if one.parent in (other.id, other.key)), None)


def circular(items: list[Item]) -> set[str]:
    found = set()
    for start in items:
        current: Item | None = start
        for _ in items:
            current = parent(current, items) if current else None
            if current is not None and current.id == start.id:
                found.add(start.id)
    return found


def matches(link: dict[str, Any], node: Item, lineage: list[Item], around: Surroundings) -> bool:
    """The rule as written: every given field matches the node, and its epic is the node or above it."""
    titles = {one.title: one for one in around.milestones}
    labels = link.get("labels") or {}
    wanted = titles.get(link.get("version", ""))
    scoped = wanted and link.get("project", "SHOP") == around.scopes["jira", wanted.scope]
    return all(
        (
            "project" not in link or around.scopes["jira", node.scope] == link["project"],
            set(labels.get("all", ())) <= set(node.labels),
            not labels.get("any") or bool(set(labels["any"]) & set(node.labels)),
            "type" not in link or node.type == link["type"],
            "assignee" not in link or link["assignee"] in node.assignees,
            "version" not in link or (("project" not in link or scoped) and wanted and wanted.id in node.milestones),
            "query" not in link or node.id in around.memberships["jira", link["query"]],
            "epic" not in link or link["epic"] in [one.key for one in lineage],
            "items" not in link or node.key.lower() in link["items"],
        )
    )
