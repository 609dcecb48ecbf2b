"""What a plan says of itself, the order of its changes, and the words of its notes."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from plan_builders import NOW, TARGET, item, kinds, linked, placed, plan_of, planner, shown_as_wanted, ticket

from okrsync import marker
from okrsync.connector import WriteBack
from okrsync.marker import Namespace
from okrsync.model.change import (
    AddLabel,
    DeleteLink,
    DeleteNote,
    Note,
    NoteLine,
    PutLink,
    PutNote,
    RemoveLabel,
    ShownNote,
)
from okrsync.model.run import LeftAlone
from okrsync.model.ticket import Showing, Ticket
from okrsync.model.verdict import Pace, Status
from okrsync.model.work import LabelDefinition, Outcome, State
from okrsync.plan import Target, Wanted, counts, link_fingerprint, make_plan, needs_a_look, tenth
from okrsync.plan.words import page_url

PAGES = msgspec.structs.replace(TARGET, dashboard_url="https://okr.example/", remote_link=True)


def test_a_note_says_everything_a_reader_should_know() -> None:
    reasons = ("a", "b", "c", "d")
    one = ticket(links=(linked(reasons=reasons),))
    (change,) = (change for change in plan_of(one, by=planner(PAGES)).changes if isinstance(change, PutNote))
    line = NoteLine(
        key_result="checkout-1",
        title="Ship the one-page checkout",
        objective="Buying is effortless",
        tenth=4,
        counts="1 item",
        reasons=("a", "b", "c"),
        url="https://okr.example/key-results/checkout-1",
    )
    assert change == PutNote(one.item.ref, Note((line,), "okr:ignore"))


def test_a_note_of_a_key_result_that_was_never_measured_shows_no_progress() -> None:
    by = msgspec.structs.replace(planner(), samples={})
    wanted = by.wanted(ticket())
    assert isinstance(wanted, Wanted)
    assert wanted.note is not None
    assert wanted.note.lines[0].tenth is None
    assert wanted.note.lines[0].url == ""


def test_a_ticket_shows_only_live_key_results_and_each_with_its_own_tenth() -> None:
    by = planner(TARGET, 0.36, placed("checkout-1"), placed("api-1"))
    note = ShownNote("77", "0", {"api-1": 3})
    one = ticket(links=(linked(), linked("api-1"), linked("gone-1")), showing=Showing(known=True, note=note))
    wanted = by.wanted(one)
    assert isinstance(wanted, Wanted)
    assert wanted.labels == ("okr:checkout-1", "okr:api-1")
    assert wanted.note is not None
    assert [(line.key_result, line.tenth) for line in wanted.note.lines] == [("checkout-1", 4), ("api-1", 3)]


def test_remote_links_need_a_page_and_a_wish() -> None:
    for changed in ({"dashboard_url": ""}, {"remote_link": False}):
        assert PutLink not in kinds(plan_of(ticket(), by=planner(msgspec.structs.replace(PAGES, **changed))))
    one = ticket()
    link = PutLink(
        one.item.ref, "checkout-1", "Ship the one-page checkout", "https://okr.example/key-results/checkout-1"
    )
    assert link in plan_of(one, by=planner(PAGES)).changes


def test_a_link_that_shows_what_it_should_stays_and_the_others_go() -> None:
    shown = shown_as_wanted(ticket(), planner(PAGES))
    wanted = planner(PAGES).wanted(shown)
    assert isinstance(wanted, Wanted)
    links = {"checkout-1": link_fingerprint(wanted.links[0]), "b-1": "x", "a-1": "x"}
    one = msgspec.structs.replace(shown, showing=msgspec.structs.replace(shown.showing, links=links))
    plan = make_plan([one], planner(PAGES), {}, lambda change: 1)
    assert plan.changes == (
        DeleteLink(shown.item.ref, "a-1"),
        DeleteLink(shown.item.ref, "b-1"),
    )
    assert plan.owned == 5


def test_the_fingerprint_of_a_link_is_the_same_in_every_version() -> None:
    """Were it to change, every remote link out there would be written again."""
    link = PutLink(item().ref, "a-1", "Ship it", "https://okr.example/key-results/a-1")
    assert link_fingerprint(link) == "45b5904f47ae8d9d"


def test_open_tickets_come_before_closed_ones_and_links_before_notes() -> None:
    everywhere = msgspec.structs.replace(TARGET, write_back=WriteBack(on="all"))
    closed = ticket("1", state=State.DONE, outcome=Outcome.DELIVERED, updated=NOW + timedelta(days=9))
    old = ticket("2", updated=NOW - timedelta(days=9))
    refresh = shown_as_wanted(ticket("3", updated=NOW + timedelta(days=9)), planner(progress=0.0))
    plan = plan_of(closed, refresh, old, by=planner(everywhere))
    assert [
        (type(change), change.ref.key[-1]) for change in plan.changes if isinstance(change, AddLabel | PutNote)
    ] == [
        (AddLabel, "2"),
        (PutNote, "2"),
        (AddLabel, "1"),
        (PutNote, "1"),
        (PutNote, "3"),
    ]


def test_changed_statuses_come_after_new_links_and_before_removals_and_refreshed_numbers() -> None:
    late = planner(progress=0.0)
    late = msgspec.structs.replace(late, paces={"checkout-1": (Pace(Status.AT_RISK, "late"),)})
    fresh, linked_before = ticket("1"), ticket("2", updated=NOW + timedelta(days=3))
    gone = msgspec.structs.replace(shown_as_wanted(ticket("3", updated=NOW + timedelta(days=4)), late), linked=())
    further = msgspec.structs.replace(late, samples=planner(progress=0.4).samples)
    number = shown_as_wanted(ticket("4", updated=NOW + timedelta(days=5)), further)
    status = shown_as_wanted(linked_before, planner(progress=0.0))
    plan = plan_of(number, gone, status, fresh, by=late)
    assert [(type(change), change.ref.key[-1]) for change in plan.changes] == [
        (AddLabel, "1"),
        (PutNote, "1"),
        (PutNote, "2"),
        (RemoveLabel, "3"),
        (DeleteNote, "3"),
        (PutNote, "4"),
    ]


def test_a_new_remote_link_comes_before_a_changed_status() -> None:
    late = msgspec.structs.replace(planner(PAGES), paces={"checkout-1": (Pace(Status.AT_RISK, "late"),)})
    status = shown_as_wanted(ticket("1", updated=NOW + timedelta(days=9)), planner(PAGES))
    plan = plan_of(status, shown_as_wanted(ticket("2"), late), by=late)
    about = [change for change in plan.changes if isinstance(change, PutLink | PutNote)]
    assert [(type(change), change.ref.key[-1]) for change in about] == [(PutLink, "1"), (PutLink, "2"), (PutNote, "1")]


def test_a_remote_link_with_another_title_waits_for_the_new_ones() -> None:
    shown = shown_as_wanted(ticket("1", updated=NOW + timedelta(days=9)), planner(PAGES))
    retitled = msgspec.structs.replace(shown, showing=msgspec.structs.replace(shown.showing, links={"checkout-1": "x"}))
    plan = plan_of(retitled, ticket("2"), by=planner(PAGES))
    assert [change.ref.key[-1] for change in plan.changes if isinstance(change, PutLink)] == ["2", "1"]


def test_a_plan_counts_what_is_ours_what_goes_and_what_it_costs() -> None:
    shown = shown_as_wanted(ticket("1", labels=("bug",)))
    gone = msgspec.structs.replace(shown_as_wanted(ticket("2")), linked=())
    locked = ticket("3", writable=False)
    lost = msgspec.structs.replace(ticket("4"), unreachable="deleted")
    tickets = [locked, lost, shown, gone, ticket("5")]
    price = {RemoveLabel: 1, DeleteNote: 2, AddLabel: 4, PutNote: 8}
    labels = [
        LabelDefinition("1", "okr:checkout-1", "Key result: Ship the one-page checkout"),
        LabelDefinition("2", "okr:ignore"),
    ]
    plan = make_plan(tickets, planner(), {("github", "10"): labels}, lambda change: price[type(change)])
    assert kinds(plan) == [AddLabel, PutNote, RemoveLabel, DeleteNote]
    assert plan.left_alone == (LeftAlone(locked.item.ref, "it is locked"),)
    assert (plan.removals, plan.owned, plan.cost, plan.unsafe) == (2, 4, {"github": 15}, False)


def test_every_ticket_left_alone_is_told() -> None:
    tickets = [ticket("1", writable=False), ticket("2", scope="30"), ticket("3", showing=Showing(blocked="no"))]
    plan = plan_of(*tickets, by=planner(msgspec.structs.replace(TARGET, archived=frozenset({"30"}))))
    assert [one.reason for one in plan.left_alone] == [
        "it is locked",
        "its repository or project is archived",
        "no",
    ]
    assert plan_of(ticket(writable=False, links=())).left_alone == ()


def test_a_label_shared_with_any_ticket_before_keeps_its_description() -> None:
    claims = Ticket(item("1"), (), Showing(known=True, claimed=("okr:checkout-1",)))
    old = [LabelDefinition("1", "okr:checkout-1", "theirs"), LabelDefinition("2", "okr:ignore")]
    calm = shown_as_wanted(ticket("2"))
    assert make_plan([claims, calm], planner(), {("github", "10"): old}, lambda change: 1).changes == ()


def test_a_claimed_label_is_not_ours_even_when_our_note_names_it() -> None:
    note = ShownNote("77", "0", labels=("okr:theirs-1",))
    one = ticket(labels=("okr:theirs-1",), links=(), showing=Showing(known=True, note=note, claimed=("okr:Theirs-1",)))
    assert kinds(plan_of(one)) == [DeleteNote]


def test_the_ignore_label_is_never_ours_and_the_own_template_decides() -> None:
    own = Target(Namespace("goal/{key_result}"), WriteBack())
    by = planner(own)
    assert by.knows(own.namespace, "goal/Checkout-1")
    assert not by.knows(own.namespace, "okr:checkout-1")
    assert not by.knows(own.namespace, "goal/unknown")
    ignored = msgspec.structs.replace(by, known=frozenset({"ignore"}))
    assert not ignored.knows(own.namespace, "goal/ignore")


def look(one: Ticket, *, afresh: bool = False) -> bool:
    by = planner()
    return needs_a_look(one, by.wanted(one), by, afresh=afresh)


def untold(showing: Showing) -> Ticket:
    """A ticket that is to lose a label, of a tracker that does not tell how many comments there are."""
    return ticket(comments=None, links=(), labels=("okr:old",), showing=showing)


@pytest.mark.parametrize(
    ("one", "afresh", "needed"),
    [
        (ticket(comments=1, showing=Showing(known=True, as_of=NOW)), False, False),
        (ticket(comments=1, showing=Showing(known=True, as_of=NOW - timedelta(days=1))), False, True),
        (ticket(comments=1, showing=Showing(known=True)), True, True),
        (ticket(comments=0), True, False),
        (ticket(comments=0, showing=Showing(known=True, note=ShownNote("77", "0"))), True, True),
        (ticket(comments=0, showing=Showing(note=ShownNote("77", "0"))), False, True),
        (ticket(comments=1, links=()), False, False),
        (ticket(comments=1, links=(), labels=("bug",)), False, False),
        (ticket(comments=1, links=(), labels=("bug", "okr:theirs-1")), False, True),
        (
            ticket(comments=2, links=(), labels=("okr:old",), showing=Showing(known=True, note=ShownNote("7", "0"))),
            False,
            True,
        ),
        (
            ticket(comments=1, links=(), labels=("okr:old",), showing=Showing(known=True, note=ShownNote("7", "0"))),
            False,
            False,
        ),
        (untold(Showing(known=True)), False, True),
        (untold(Showing(known=True, as_of=NOW)), False, False),
        (untold(Showing(known=True, as_of=NOW - timedelta(days=1))), False, True),
        (untold(Showing(as_of=NOW)), False, True),
        (untold(Showing(known=True, as_of=NOW)), True, True),
        (ticket(comments=0, showing=Showing(under_way=True)), False, True),
    ],
)
def test_a_note_is_looked_for_only_where_it_can_matter(one: Ticket, afresh: bool, needed: bool) -> None:
    assert look(one, afresh=afresh) is needed


def test_a_connection_that_may_not_be_written_to_is_not_looked_at() -> None:
    assert not look(ticket(connection="jira", comments=3, showing=Showing(under_way=True)))


@pytest.mark.parametrize(
    ("progress", "shown", "expected"),
    [
        (None, 3, None),
        (0.0, None, 0),
        (0.049, None, 0),
        (0.05, None, 1),
        (0.999, None, 9),
        (1.0, 9, 10),
        (1.5, None, 10),
        (0.99, 10, 9),
        (0.93, 10, 9),
        (0.5, 0, 5),
        (0.06, 0, 0),
        (0.07, 0, 0),
        (0.08, 0, 1),
        (0.24, 3, 3),
        (0.22, 3, 2),
        (0.97, 9, 9),
    ],
)
def test_a_tenth_is_rounded_and_stays_while_it_is_near(
    progress: float | None, shown: int | None, expected: int | None
) -> None:
    assert tenth(progress, shown) == expected


@pytest.mark.parametrize(
    ("points", "weight", "text"),
    [(None, 1.0, "not estimated"), (1.0, 1.0, "1 point"), (0.5, 1.0, "0.5 points"), (3.0, 2.5, "3 points, weight 2.5")],
)
def test_points_are_told_as_people_say_them(points: float | None, weight: float, text: str) -> None:
    assert counts(placed(by="points"), item(points=points), linked(weight=weight)) == text


def test_a_page_has_one_slash_before_it() -> None:
    assert page_url("https://okr.example//", "a-1") == "https://okr.example/key-results/a-1"
    assert page_url("https://okr.example/X", "a-1") == "https://okr.example/X/key-results/a-1"
    assert page_url("", "a-1") == ""


def test_a_note_whose_digest_is_shown_stays() -> None:
    one = shown_as_wanted(ticket())
    wanted = planner().wanted(one)
    assert isinstance(wanted, Wanted)
    assert wanted.note is not None
    assert one.showing.note is not None
    assert one.showing.note.digest == marker.digest(wanted.note)
    assert plan_of(one).changes == ()
