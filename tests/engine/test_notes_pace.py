"""Notes tell the status, end to end over HTTP, and time alone edits them when the status turns and at no other time."""

from __future__ import annotations

from datetime import timedelta

from installation import Installation

from okrsync.model.change import PutNote
from okrsync.model.run import RunReport
from okrsync.model.verdict import Status
from okrsync.sandbox.team import work_a_week


def statuses(report: RunReport) -> set[str]:
    return {line.status for change in report.plan.changes if isinstance(change, PutNote) for line in change.note.lines}


def standing(acme: Installation, key_result: str) -> Status:
    with acme.open() as app:
        rows = {row.key_result: row for objective in app.status() for row in objective.key_results}
    verdict = rows[key_result].verdict
    assert verdict is not None
    return verdict.status


def test_the_notes_of_a_first_sync_say_what_status_says(acme: Installation) -> None:
    report = acme.run()
    told = {standing(acme, name) for name in ("checkout-1", "checkout-2", "api-1")}
    assert statuses(report) == told
    assert acme.run().plan.changes == ()


def test_weeks_without_work_edit_each_note_only_when_its_status_turns(acme: Installation) -> None:
    acme.run()
    edits, most = dict[str, int](), dict[str, int]()
    for _ in range(14):
        acme.sandbox.clock.advance(timedelta(days=7))
        report = acme.run()
        for change in report.plan.changes:
            assert isinstance(change, PutNote)
            edits[change.ref.key] = edits.get(change.ref.key, 0) + 1
            most[change.ref.key] = 3 * len(change.note.lines)
        assert acme.run().plan.changes == ()
    assert edits
    assert all(count <= most[key] for key, count in edits.items()), "behind, at risk, overdue, for each key result"


def test_a_run_says_where_what_moved_stands(acme: Installation) -> None:
    acme.run()
    work_a_week(acme.sandbox)
    report = acme.run()
    assert report.movements
    for movement in report.movements:
        assert movement.verdict is not None
        assert movement.verdict.status == standing(acme, movement.key_result)


def test_a_lost_store_finds_the_shown_status_in_the_marks(acme: Installation) -> None:
    acme.run()
    acme.sandbox.clock.advance(timedelta(days=2))
    quiet = acme.run().plan.changes
    acme.forget()
    assert quiet == acme.run().plan.changes == ()
