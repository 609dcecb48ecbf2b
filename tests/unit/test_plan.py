"""What tickets should show, and the smallest changes that get them there."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_builders import NOW, TARGET, item, kinds, linked, placed, plan_of, planner, shown_as_wanted, ticket

from okrsync.connector import WriteBack
from okrsync.model.change import (
    AddLabel,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    PutLink,
    PutNote,
    RemoveLabel,
    ShownNote,
    UndefineLabel,
)
from okrsync.model.okr import Phase
from okrsync.model.run import LeftAlone
from okrsync.model.ticket import Showing, Ticket
from okrsync.model.work import LabelDefinition, Outcome, State
from okrsync.plan import Planner, Wanted, clean_plan, counts, make_plan, needs_a_look, tenth


def test_a_newly_linked_ticket_gets_its_label_and_one_note() -> None:
    plan = plan_of(ticket())
    assert kinds(plan) == [AddLabel, PutNote]
    assert plan.cost == {"github": 2}


def test_a_ticket_that_shows_what_it_should_needs_nothing() -> None:
    assert plan_of(shown_as_wanted(ticket())).changes == ()


def test_labels_are_created_with_a_description_before_they_are_worn() -> None:
    plan = plan_of(ticket(), defined=())
    first, second = plan.changes[:2]
    assert isinstance(first, DefineLabel)
    assert isinstance(second, DefineLabel)
    described = {one.label: one.description for one in (first, second)}
    assert described["okr:checkout-1"] == "Key result: Ship the one-page checkout"
    assert described["okr:ignore"]


def test_a_description_that_names_an_old_title_is_refreshed() -> None:
    labels = [LabelDefinition("1", "okr:checkout-1", "Key result: an old title"), LabelDefinition("2", "okr:ignore")]
    plan = make_plan([shown_as_wanted(ticket())], planner(), {("github", "10"): labels}, lambda change: 1)
    (change,) = plan.changes
    assert isinstance(change, DefineLabel)
    assert change.exists


def test_label_descriptions_fit_the_tracker_and_lead_to_the_page() -> None:
    target = msgspec.structs.replace(TARGET, dashboard_url="https://okr.acme.example/")
    plan = plan_of(ticket(), by=planner(target), defined=())
    described = [change.description for change in plan.changes if isinstance(change, DefineLabel)]
    assert all(len(text) <= 100 for text in described)
    assert any(text.startswith("https://okr.acme.example/key-results/checkout-1") for text in described)


def test_peoples_labels_are_never_touched() -> None:
    one = ticket(labels=("bug", "okr-ish", "okr:old"))
    changed = {change.label for change in plan_of(one).changes if isinstance(change, AddLabel | RemoveLabel)}
    assert changed == {"okr:checkout-1", "okr:old"}


def test_a_label_in_another_case_is_the_same_label() -> None:
    assert AddLabel not in kinds(plan_of(ticket(labels=("OKR:Checkout-1",))))
    assert RemoveLabel not in kinds(plan_of(ticket(labels=("okr:Checkout-1",))))


def test_a_ticket_that_is_linked_no_more_loses_label_and_note() -> None:
    shown = shown_as_wanted(ticket())
    gone = msgspec.structs.replace(shown, linked=())
    assert kinds(plan_of(gone)) == [RemoveLabel, DeleteNote]


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.DRAFT])
def test_a_key_result_out_of_its_time_is_shown_no_more(phase: Phase) -> None:
    shown = shown_as_wanted(ticket())
    assert kinds(plan_of(shown, by=planner(TARGET, 0.36, placed(phase=phase)))) == [RemoveLabel, DeleteNote]


def test_the_ignore_label_silences_a_ticket() -> None:
    shown = shown_as_wanted(ticket())
    muted = msgspec.structs.replace(shown, item=item(labels=("okr:checkout-1", "OKR:ignore")))
    assert kinds(plan_of(muted)) == [RemoveLabel, DeleteNote]
    assert plan_of(ticket(labels=("okr:ignore",))).changes == ()


def test_closed_tickets_keep_what_they_show() -> None:
    closed = ticket(state=State.DONE, outcome=Outcome.DELIVERED)
    assert plan_of(closed).changes == ()
    everywhere = msgspec.structs.replace(TARGET, write_back=WriteBack(on="all"))
    assert kinds(plan_of(closed, by=planner(everywhere))) == [AddLabel, PutNote]


def test_label_and_note_can_be_off() -> None:
    quiet = msgspec.structs.replace(TARGET, write_back=WriteBack(label=False))
    assert kinds(plan_of(ticket(), by=planner(quiet))) == [PutNote]
    mute = msgspec.structs.replace(TARGET, write_back=WriteBack(note=False))
    assert kinds(plan_of(ticket(), by=planner(mute))) == [AddLabel]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (ticket(writable=False), "locked"),
        (ticket(scope="archived"), "archived"),
        (ticket(showing=Showing(blocked="not permitted")), "not permitted"),
    ],
)
def test_a_ticket_that_takes_no_writes_is_left_alone_with_a_reason(broken: Ticket, reason: str) -> None:
    target = msgspec.structs.replace(TARGET, archived=frozenset({"archived"}))
    plan = plan_of(broken, by=planner(target))
    assert plan.changes == ()
    assert reason in plan.left_alone[0].reason


def test_tickets_of_a_connection_that_failed_are_not_touched() -> None:
    assert plan_of(ticket(), by=Planner({}, {}, {})).changes == ()


def test_an_unreachable_ticket_is_not_touched() -> None:
    lost = msgspec.structs.replace(ticket(), unreachable="deleted")
    assert plan_of(lost).changes == ()


def test_a_note_changes_only_with_what_a_reader_would_notice() -> None:
    shown = shown_as_wanted(ticket(), planner(progress=0.36))
    assert plan_of(shown, by=planner(progress=0.40)).changes == ()
    assert plan_of(shown, by=planner(progress=0.46)).changes == ()
    assert kinds(plan_of(shown, by=planner(progress=0.48))) == [PutNote]


def test_a_note_is_edited_in_place() -> None:
    shown = shown_as_wanted(ticket(), planner(progress=0.1))
    (change,) = plan_of(shown, by=planner(progress=0.9)).changes
    assert isinstance(change, PutNote)
    assert change.note_id == "77"


def test_notes_too_many_are_deleted() -> None:
    shown = shown_as_wanted(ticket())
    doubled = msgspec.structs.replace(shown, showing=msgspec.structs.replace(shown.showing, surplus=("78",)))
    assert plan_of(doubled).changes == (DeleteNote(shown.item.ref, "78"),)


def test_remote_links_are_put_once_and_taken_back() -> None:
    target = msgspec.structs.replace(TARGET, remote_link=True, dashboard_url="https://okr.acme.example")
    wanted = planner(target).wanted(ticket())
    assert isinstance(wanted, Wanted)
    (link,) = wanted.links
    assert PutLink in kinds(plan_of(ticket(), by=planner(target)))
    stale = ticket(links=(), showing=Showing(known=True, links={"checkout-1": "abc"}))
    assert DeleteLink in kinds(plan_of(stale, by=planner(target)))
    assert link.url == "https://okr.acme.example/key-results/checkout-1"


def test_new_links_come_before_removals_and_refreshed_notes() -> None:
    old = shown_as_wanted(ticket("2"), planner(progress=0.0))
    gone = msgspec.structs.replace(shown_as_wanted(ticket("3")), linked=())
    plan = plan_of(old, gone, ticket("1"))
    assert kinds(plan) == [AddLabel, PutNote, RemoveLabel, DeleteNote, PutNote]


def test_recently_updated_tickets_come_first() -> None:
    plan = plan_of(ticket("1"), ticket("2", updated=NOW + timedelta(days=1)))
    labels = [change.ref.key for change in plan.changes if isinstance(change, AddLabel)]
    assert labels == ["acme/shop#2", "acme/shop#1"]


def test_removing_much_at_once_is_unsafe() -> None:
    shown = [shown_as_wanted(ticket(str(number))) for number in range(10)]
    gone = [msgspec.structs.replace(one, linked=()) for one in shown[:5]]
    assert plan_of(*gone, *shown[5:]).unsafe
    assert not plan_of(*gone[:4], *shown[4:]).unsafe


def test_clean_removes_everything_of_ours_and_nothing_else() -> None:
    shown = shown_as_wanted(ticket(labels=("bug",)))
    defined = {
        ("github", "10"): [
            LabelDefinition("1", "okr:checkout-1"),
            LabelDefinition("2", "bug"),
            LabelDefinition("3", "okr:ignore"),
        ]
    }
    plan = clean_plan([shown], planner(), defined, lambda change: 1)
    assert kinds(plan) == [RemoveLabel, DeleteNote, UndefineLabel]
    assert not plan.unsafe


def test_a_label_of_a_key_result_that_nobody_here_knows_is_another_installations() -> None:
    one = ticket(labels=("okr:theirs-1", "okr:x,y"), links=(), showing=Showing(known=True))
    assert plan_of(one).changes == ()
    assert clean_plan([one], planner(), {}, lambda change: 1).changes == ()


def test_a_label_that_our_note_names_is_ours_though_the_key_result_was_forgotten() -> None:
    note = ShownNote("77", "0", labels=("okr:forgotten-1",))
    one = ticket(labels=("okr:forgotten-1",), links=(), showing=Showing(known=True, note=note))
    assert kinds(plan_of(one)) == [RemoveLabel, DeleteNote]
    defined = {("github", "10"): [LabelDefinition("1", "okr:forgotten-1")]}
    assert kinds(clean_plan([one], planner(), defined, lambda change: 1)) == [RemoveLabel, DeleteNote, UndefineLabel]


def test_a_label_that_another_installations_note_names_stays_though_we_know_it_too() -> None:
    one = ticket(labels=("okr:Checkout-1",), links=(), showing=Showing(known=True, claimed=("okr:checkout-1",)))
    defined = {("github", "10"): [LabelDefinition("1", "okr:checkout-1", "theirs"), LabelDefinition("2", "okr:ignore")]}
    assert make_plan([one], planner(), defined, lambda change: 1).changes == ()
    assert clean_plan([one], planner(), defined, lambda change: 1).changes == ()


def test_a_ticket_that_is_to_lose_a_label_is_looked_at_once_more_where_others_commented() -> None:
    by, nothing = planner(), Wanted()
    commented = ticket(labels=("okr:checkout-1",), links=(), comments=1, showing=Showing(known=True))
    assert needs_a_look(commented, nothing, by, afresh=False)
    own = Showing(known=True, note=ShownNote("77", "0"))
    assert not needs_a_look(msgspec.structs.replace(commented, showing=own), nothing, by, afresh=False)
    claimed = Showing(known=True, claimed=("okr:checkout-1",))
    assert not needs_a_look(msgspec.structs.replace(commented, showing=claimed), nothing, by, afresh=False)


def test_a_ticket_that_is_to_get_its_first_note_is_looked_at_in_each_state_where_somebody_commented() -> None:
    by = planner()
    changed = ticket(comments=1, showing=Showing(known=True))
    assert needs_a_look(changed, by.wanted(changed), by, afresh=False)
    seen = ticket(comments=1, showing=Showing(known=True, as_of=changed.item.updated))
    assert not needs_a_look(seen, by.wanted(seen), by, afresh=False)
    noted = ticket(comments=2, showing=Showing(known=True, note=ShownNote("77", "0")))
    assert not needs_a_look(noted, by.wanted(noted), by, afresh=False)


def test_a_ticket_without_comments_needs_no_look() -> None:
    by = planner()
    fresh, commented = ticket(), ticket(comments=2)
    untold = ticket(comments=None)
    assert not needs_a_look(fresh, by.wanted(fresh), by, afresh=False)
    assert needs_a_look(commented, by.wanted(commented), by, afresh=False)
    assert needs_a_look(untold, by.wanted(untold), by, afresh=False)


def test_a_ticket_with_a_write_under_way_is_always_looked_at() -> None:
    doubtful = ticket(showing=Showing(under_way=True))
    assert needs_a_look(doubtful, planner().wanted(doubtful), planner(), afresh=False)


def test_a_ticket_left_alone_is_not_looked_at() -> None:
    locked = ticket(writable=False, comments=3)
    wanted = planner().wanted(locked)
    assert isinstance(wanted, LeftAlone)
    assert not needs_a_look(locked, wanted, planner(), afresh=True)


def test_the_note_says_what_the_ticket_itself_counts() -> None:
    by_points = placed(by="points")
    assert counts(placed(), item(), linked()) == "1 item"
    assert counts(by_points, item(points=5.0), linked(weight=2.0)) == "5 points, weight 2"
    assert counts(by_points, item(), linked()) == "not estimated"
    assert counts(placed(), item(), linked(supports=True)) == "supports it, not counted"
    assert counts(placed(), item(state=State.DONE, outcome=Outcome.CANCELLED), linked()) == "cancelled, not counted"


@given(st.floats(0, 2, allow_nan=False), st.none() | st.integers(0, 10))
def test_ten_tenths_mean_reached_and_nothing_less(progress: float, shown: int | None) -> None:
    assert (tenth(progress, shown) == 10) == (progress >= 1)


@given(st.floats(0, 1, allow_nan=False), st.none() | st.integers(0, 10))
def test_a_shown_tenth_settles_at_once(progress: float, shown: int | None) -> None:
    settled = tenth(progress, shown)
    assert tenth(progress, settled) == settled
