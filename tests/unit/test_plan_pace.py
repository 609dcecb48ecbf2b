"""Status and pace on tickets: always true, and never a reason to edit a note every day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import CYCLE, placed
from plan_builders import NOW, TARGET, kinds, linked, plan_of, shown_as_wanted, ticket

from okrsync import marker
from okrsync.marker import Namespace
from okrsync.method.pace import paces
from okrsync.method.status import verdict
from okrsync.model.change import PutNote, RemoveLabel
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Objective, Placed
from okrsync.model.sample import Sample
from okrsync.model.ticket import Ticket
from okrsync.model.verdict import Pace, Preset, Rule, Status, Verdict
from okrsync.plan import Planner, Wanted

MANUAL: dict[str, Any] = {"type": "manual", "start": 0, "target": 1}
MAINTAIN: dict[str, Any] = {"type": "maintain", "below": 3, "of": {"type": "count", "of": "open", "target": 1}}
QUARTER = [CYCLE.start + timedelta(days=number) for number in range(-10, 106)]
"""From before the cycle begins until two weeks after its end."""


def make(**given: Any) -> Placed:
    """A key result with the title that the label definitions of these tests tell."""
    one = placed(**given)
    return one.model_copy(
        update={"key_result": one.key_result.model_copy(update={"title": "Ship the one-page checkout"})}
    )


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), CYCLE.zone)


def planner_on(
    day: date, one: Placed, raw: float | None, preset: Preset = Preset.VIVA, said: tuple[CheckIn, ...] = ()
) -> Planner:
    name = one.key_result.id
    sample = Sample(name, noon(day), raw, raw)
    judged = verdict(one, sample, noon(day), preset=preset, checkins=said)
    return Planner({name: one}, {name: sample}, {"github": TARGET}, frozenset({name}), paces={name: paces(one, judged)})


def line(by: Planner, on: Ticket | None = None) -> tuple[str, str]:
    wanted = by.wanted(on or ticket())
    assert isinstance(wanted, Wanted)
    assert wanted.note is not None
    (only,) = wanted.note.lines
    return only.status, only.pace


def lived(one: Placed, progress: Callable[[date], float | None], preset: Preset) -> list[tuple[date, str, int | None]]:
    """Every edit of the note, day by day: when, and the status and tenth it showed from then on."""
    shown, edits = ticket(), []
    for day in QUARTER:
        by = planner_on(day, one, progress(day), preset)
        if PutNote in kinds(plan_of(shown, by=by)):
            shown = shown_as_wanted(shown, by)
            assert shown.showing.note is not None
            name = one.key_result.id
            edits.append((day, line(by, shown)[0], shown.showing.note.tenths.get(name)))
        assert plan_of(shown, by=by).changes == (), "a second sync right after the first changes nothing"
    return edits


@given(
    raw=st.none() | st.floats(-0.5, 1.5, allow_nan=False),
    preset=st.sampled_from(Preset),
    measure=st.sampled_from([MANUAL, MAINTAIN, {"type": "boolean"}]),
    due=st.none() | st.dates(CYCLE.start, CYCLE.end),
)
def test_in_a_quarter_without_work_a_note_changes_only_with_its_status_and_seldom(
    raw: float | None, preset: Preset, measure: dict[str, Any], due: date | None
) -> None:
    edits = lived(make(measure=measure, due=due), lambda _: raw, preset)
    said = [status for _, status, _ in edits]
    assert all(before != after for before, after in pairwise(said))
    assert len(edits) <= 6, "not started, too early, on track, behind, at risk, overdue"


@given(items=st.integers(10, 80), preset=st.sampled_from([Preset.VIVA, Preset.UPRAISE, Preset.OBOARD]))
def test_work_that_keeps_pace_item_by_item_makes_no_note_go_to_and_fro(items: int, preset: Preset) -> None:
    def done(day: date) -> float:
        even = min(1.0, max(0.0, (day - CYCLE.start).days / 91))
        return int(even * items) / items

    edits = lived(make(measure=MANUAL), done, preset)
    said = [status for _, status, _ in edits]
    turns = sum(before != after for before, after in pairwise(said))
    assert turns <= {Preset.VIVA: 3, Preset.OBOARD: 4, Preset.UPRAISE: 5}[preset], "it begins, settles, and is reached"
    assert len(edits) <= 10 + 1 + turns, "a tenth at a time, and what the status says"


def test_the_words_on_the_pace_name_no_figure_that_grows_by_the_day() -> None:
    assert line(planner_on(date(2026, 11, 15), make(measure=MANUAL), 0.3)) == (
        "behind",
        "up to about 25 points short of the pace for 31 December",
    )
    assert line(planner_on(date(2026, 11, 15), make(measure=MANUAL, due="2026-12-01"), 0.8)) == (
        "on track",
        "about on pace for 1 December",
    )


@pytest.mark.parametrize(
    ("one", "raw", "day", "said"),
    [
        (make(measure=MANUAL, due="2026-11-01"), 0.5, date(2026, 11, 2), ("overdue", "it was due 1 November")),
        (make(measure=MANUAL), 0.0, date(2026, 9, 1), ("not started", "begins 1 October")),
        (make(measure=MAINTAIN), 1.0, date(2026, 11, 2), ("on track", "it holds")),
        (make(measure=MAINTAIN), 0.0, date(2026, 11, 2), ("at risk", "it does not hold")),
        (make(measure={"type": "boolean"}), 0.0, date(2026, 11, 2), ("on track", "due 31 December")),
        (make(measure=MANUAL), 1.1, date(2026, 11, 2), ("", "")),
        (make(measure=MANUAL), None, date(2026, 11, 2), ("", "")),
    ],
)
def test_what_tickets_say_in_special_cases(one: Placed, raw: float | None, day: date, said: tuple[str, str]) -> None:
    assert line(planner_on(day, one, raw)) == said


def test_an_override_is_shown_without_its_reason_which_may_not_be_for_everybody() -> None:
    given_ = CheckIn("checkout-1", NOW, "ana", status=Status.AT_RISK, reason="the supplier is nearly bankrupt")
    by = planner_on(date(2026, 11, 3), make(measure=MANUAL), 0.9, said=(given_,))
    assert line(by) == ("at risk", "set by hand, due 31 December")


@pytest.mark.parametrize("preset", list(Preset))
def test_every_preset_has_words_for_every_status_it_gives(preset: Preset) -> None:
    for status in (Status.ON_TRACK, Status.BEHIND, Status.AT_RISK):
        judged = Verdict(status, "", 0.5, 0.5, preset, rule=Rule.PRESET)
        own, *_ = paces(make(), judged)
        assert own.status is status
        assert "31 December" in own.words


def test_a_shown_status_stays_while_progress_is_within_half_a_tenth_of_its_band() -> None:
    on_track = Pace(Status.ON_TRACK, "x")
    judged = Verdict(Status.BEHIND, "", actual=0.46, expected=0.50, rule=Rule.PRESET)
    assert [one.status for one in paces(make(), judged)] == [Status.BEHIND, on_track.status]
    far = msgspec.structs.replace(judged, actual=0.44)
    assert [one.status for one in paces(make(), far)] == [Status.BEHIND]


def test_the_mark_on_the_ticket_remembers_the_shown_status_when_the_store_is_lost() -> None:
    one, day = make(measure=MANUAL), date(2026, 11, 15)
    by = planner_on(day, one, 0.5)
    wanted = by.wanted(ticket())
    assert isinstance(wanted, Wanted)
    assert wanted.note is not None
    own = marker.find_hidden(marker.hidden(marker.mark("acme", wanted.note, Namespace())))
    assert own is not None
    found = marker.shown("77", own)
    assert found.statuses == {"checkout-1": "on track"}
    again = ticket(labels=("okr:checkout-1",))
    again = msgspec.structs.replace(again, showing=msgspec.structs.replace(again.showing, known=True, note=found))
    assert plan_of(again, by=planner_on(day + timedelta(days=4), one, 0.5)).changes == ()


def test_a_private_objective_shows_on_no_ticket() -> None:
    one, day = make(measure=MANUAL), date(2026, 11, 15)
    shown = shown_as_wanted(ticket(), planner_on(day, one, 0.5))
    private = make(measure=MANUAL, objective=Objective(id="checkout", title="Secret", visibility="team"))
    hidden = planner_on(day, private, 0.5)
    assert RemoveLabel in kinds(plan_of(shown, by=hidden))
    assert plan_of(ticket(links=(linked(),)), by=hidden, defined=("okr:checkout-1", "okr:ignore")).changes == ()
