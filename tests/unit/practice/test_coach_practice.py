"""The coach over a real store: what is counted, and what the rules are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from coach_facts import CYCLE, DAY_50, day, key_result, objective, okrs
from okr_builders import item
from past_runs import installed

from okrsync.errors import ConfigError
from okrsync.method.coach import Work
from okrsync.model.checkin import CheckIn
from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing, Score
from okrsync.model.okr import Okrs
from okrsync.model.sample import Linked, Sample
from okrsync.model.verdict import Status, Verdict
from okrsync.model.work import Item, Kind, Scope, State
from okrsync.practice.coach import coaching, facts, findings, findings_then
from okrsync.practice.desk import Desk
from okrsync.settings import load_settings
from okrsync.store import Store
from okrsync.store.lives import Lives
from okrsync.store.scopes import ConnectionState

CONFIG = """\
okrs: [okrs/*.yaml]
connections:
  jira: {type: jira, url: https://jira.acme.example, projects: [SHOP]}
"""
COMPLETION = {"type": "completion"}
LINK = {"connection": "jira", "labels": ["x"]}
OKRS = okrs(
    objective(
        key_result("a", measure=COMPLETION, links=[LINK]), key_result("b", measure=COMPLETION, links=[LINK]), id="one"
    ),
    objective(id="two", team="platform"),
)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    config = installed(tmp_path / "acme").folder / "okrsync.yaml"
    config.write_text(CONFIG)
    return Desk(store, OKRS, load_settings(config, {"JIRA_API_TOKEN": "t"}), DAY_50)


@contextmanager
def _in(store: Store) -> Iterator[Store]:
    with store.transaction():
        store.scopes.keep("jira", [Scope("100", "SHOP")])
        store.scopes.set_state("jira", ConnectionState(DAY_50))
        yield store


def _link(store: Store, *items: Item, to: str, supports: bool = False) -> None:
    for one in items:
        held = [link for _, link in store.links.parts("a") if link.item == one.id]
        new = Linked(to, one.connection, one.id, 1.0, supports, ("has label x",))
        store.links.replace(one.connection, [one.id], [*held, new])


def _keep(store: Store, *items: Item) -> None:
    store.items.keep(items, lambda label: False)


def test_linked_items_are_counted_by_where_they_stand(desk: Desk, store: Store) -> None:
    items = [item("1"), item("2", state=State.DOING), item("3", done=True), item("4", cancelled=True), item("5")]
    with _in(store):
        _keep(store, *items)
        _link(store, *items, to="a")
        store.items.mark_unreachable("jira", {"5": "deleted"})
    assert facts(desk).work == {"a": Work(todo=1, doing=1, done=1, linked=5)}


def test_where_tickets_never_tell_that_they_are_in_progress_an_assignee_does(desk: Desk, store: Store) -> None:
    """An open issue on GitHub says nothing about whether somebody works on it; Jira's other tickets do."""
    items = [
        item("1", connection="github", assignees=("ana",)),
        item("2", connection="github"),
        item("3", connection="github", kind=Kind.PULL_REQUEST, state=State.DOING),
        item("4", assignees=("ben",)),
        item("5", done=True, started=DAY_50, closed=DAY_50),
    ]
    with _in(store):
        _keep(store, *items)
        _link(store, *items, to="a")
    assert facts(desk).work == {"a": Work(todo=3, doing=1, done=1, linked=5, taken=1, delivered=DAY_50)}


def test_active_tickets_that_nobody_links_are_orphans(desk: Desk, store: Store) -> None:
    doing = {"state": State.DOING}
    epic = item("9", type="Epic", **doing)
    items = [
        item("1", **doing),
        item("2", **doing),
        item("3"),
        item("4", subtask=True, parent="2", **doing),
        item("5", kind=Kind.PULL_REQUEST, **doing),
        item("6", labels=("OKR:Ignore",), **doing),
        item("7", **doing),
        epic,
        item("10", parent="9", **doing),
    ]
    with _in(store):
        _keep(store, *items)
        _link(store, items[0], to="a")
        _link(store, items[6], to="gone")
        store.items.mark_unreachable("jira", {"10": "deleted"})
    [told] = coaching(desk).orphans
    assert (told.scope, told.active, told.keys) == ("SHOP", 4, ("SHOP-2", "SHOP-7", "SHOP-9"))


def test_items_that_count_twice_are_overlaps_and_supporting_ones_are_not(desk: Desk, store: Store) -> None:
    with _in(store):
        _keep(store, item("1"), item("2"))
        _link(store, item("1"), item("2"), to="a")
        _link(store, item("1"), to="b")
        _link(store, item("2"), to="b", supports=True)
    [told] = facts(desk).overlaps
    assert (told.key_results, told.keys) == (("a", "b"), ("SHOP-1",))


def test_target_moves_are_read_from_the_samples(desk: Desk, store: Store) -> None:
    with _in(store):
        for number, target in enumerate((None, 10.0, 10.0, 8.0)):
            at = DAY_50 - timedelta(days=10 - number)
            store.history.add_sample(Sample("A", at, float(number), 0.1, start=0.0, target=target))
    [move] = facts(desk).moves
    assert (move.key_result, move.before, move.after) == ("A", 10.0, 8.0)


def test_readings_are_found_in_whatever_case_the_files_write_the_id(desk: Desk, store: Store) -> None:
    with _in(store):
        store.history.add_sample(Sample("A", DAY_50, 1.0, 0.5))
    assert facts(desk).samples["a"].raw == 0.5


def test_what_was_never_read_is_said(desk: Desk, store: Store) -> None:
    assert not coaching(desk).read
    with _in(store):
        pass
    assert coaching(desk).read


def test_silence_counts_from_the_last_word(desk: Desk, store: Store) -> None:
    with _in(store):
        for name in ("a", "b"):
            store.history.add_sample(Sample(name, day("2026-10-02"), 1.0, 0.5))
        store.checkins.add(CheckIn("b", DAY_50 - timedelta(days=13), "ben", note="on it"))
    assert [one.key_results for one in findings(desk) if one.rule == "STALE"] == [("a",)]


def test_final_scores_of_closed_cycles_are_looked_at(desk: Desk, store: Store) -> None:
    with store.transaction():
        for number, cycle in enumerate(("2026-Q2", "2026-Q3")):
            store.closings.add(_closing(cycle, number))
    [told] = [one for one in findings(desk) if one.rule == "SANDBAG"]
    assert told.team == "shop"


def _closing(cycle: str, number: int) -> Closing:
    score = Score(f"k{number}", 1.0, 0.96)
    ended = ClosedKeyResult(
        f"k{number}", "T", None, "", "manual", 0.0, 1.0, 1.0, "active", None, Verdict(Status.CLOSED, ""), score
    )
    above = ClosedObjective(f"o{number}", "T", None, "shop", "aspirational", "active", 1.0, 1.0, (ended,))
    start, end = CYCLE.start.replace(month=4 + 3 * number), CYCLE.start.replace(month=6 + 3 * number, day=30)
    return Closing(cycle, start, end, "UTC", DAY_50, "ana", (above,))


def test_one_team_hears_of_itself_only(desk: Desk) -> None:
    told = coaching(desk, "Platform")
    assert {one.team for one in told.findings} == {"platform"}
    assert told.orphans == ()


def test_a_mistyped_team_is_answered_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(ConfigError) as refused:
        coaching(desk, "platfrom")
    assert refused.value.hint == "Did you mean platform?"


def test_without_any_objective_there_is_nothing_to_say(desk: Desk) -> None:
    assert findings(Desk(desk.store, Okrs(), desk.settings, desk.now)) == ()


def test_of_a_past_day_the_coach_finds_later_what_it_found_on_that_day(desk: Desk, store: Store) -> None:
    """One ticket rests, a shared one counts twice; ten days later all is done, spoken about and has another goal."""
    begun = day("2026-10-02")
    rests, shared = (item(name, created=begun, updated=begun) for name in ("1", "2"))
    early = item("3", created=begun, started=begun, closed=day("2026-10-09"), updated=day("2026-10-09"), done=True)
    with _in(store):
        store.items.keep([rests, shared, early], lambda label: False, begun)
        _link(store, rests, shared, early, to="a")
        _link(store, shared, to="b")
        store.history.add_sample(Sample("a", begun, 0.3, 0.3, start=0.0, target=0.5))
    before = [one for one in findings(desk) if one.rule != "ORPHANS"]
    assert {"IDLE", "OVERLAP", "STALE"} <= {one.rule for one in before}
    later = desk.now + timedelta(days=10)
    with _in(store):
        done = [item(name, created=begun, closed=later, updated=later, done=True) for name in ("1", "2")]
        store.items.keep(done, lambda label: False, later)
        store.history.add_sample(Sample("a", later, 1.0, 0.4, start=0.0, target=1.0))
        store.checkins.add(CheckIn("a", later, "ana", confidence=9))
    assert list(findings_then(replace(desk, now=later), DAY_50)) == before
    assert [one.rule for one in findings(replace(desk, now=later))] != [one.rule for one in before]


def test_what_is_found_now_takes_a_glance_at_work_and_no_replay(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = day("2026-09-01")
    rests, shared = (item(name, created=begun, updated=begun) for name in ("1", "2"))
    early = item("3", created=begun, started=begun, closed=day("2026-10-09"), updated=day("2026-10-09"), done=True)
    with _in(store):
        store.items.keep([rests, shared, early], lambda label: False, begun)
        _link(store, rests, shared, early, to="a")
        _link(store, shared, to="b")
    replayed = findings_then(replace(desk, now=desk.now + timedelta(seconds=1)), desk.now)
    monkeypatch.delattr(Lives, "all")
    found = findings_then(desk, desk.now)
    assert found == replayed
    assert {"IDLE", "OVERLAP"} <= {one.rule for one in found}
