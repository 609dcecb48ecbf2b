"""The main job, end to end over HTTP: work moves key results, and the tickets say so, once."""

from __future__ import annotations

import pytest
from installation import Installation

from okrsync.errors import ConfigError, UnsafePlan
from okrsync.model.change import AddLabel, DefineLabel, PutNote
from okrsync.model.run import RunReport
from okrsync.practice.checkins import Words, check_in
from okrsync.sandbox.team import work_a_week


def writes_sent(acme: Installation) -> int:
    return len(acme.sandbox.log.writes())


def test_every_linked_open_ticket_gets_its_label_and_one_note(acme: Installation) -> None:
    report = acme.run()
    assert report.exit_code == 0
    notes = acme.notes()
    labelled = {key for key, labels in acme.labels().items() if any(label.startswith("okr:c") for label in labels)}
    assert notes
    assert set(notes.values()) == {1}
    assert labelled <= set(notes)
    assert "SHOP-120" not in notes, "an epic counts through its stories"


def test_a_second_sync_plans_nothing_and_writes_nothing(acme: Installation) -> None:
    acme.run()
    report = acme.run()
    assert report.plan.changes == ()
    assert writes_sent(acme) == 0
    assert report.movements == ()
    assert report.exit_code == 0


def test_a_lost_store_leads_to_no_second_label_or_note(acme: Installation) -> None:
    acme.run()
    before = acme.notes(), acme.labels()
    acme.forget()
    report = acme.run()
    assert report.plan.changes == ()
    assert writes_sent(acme) == 0
    assert (acme.notes(), acme.labels()) == before


def test_a_plan_is_exact(acme: Installation) -> None:
    planned = acme.run("plan")
    assert writes_sent(acme) == 0
    done = acme.run("sync")
    assert done.plan.changes == planned.plan.changes
    assert sum(planned.plan.cost.values()) == writes_sent(acme)
    assert {type(change) for change in planned.plan.changes} == {DefineLabel, AddLabel, PutNote}


def test_a_week_of_work_moves_the_key_results_and_says_why(acme: Installation) -> None:
    acme.run()
    before = {name: acme.value(name) for name in ("checkout-1", "checkout-2", "api-1")}
    work_a_week(acme.sandbox)
    report = acme.run()
    moved = {movement.key_result: movement for movement in report.movements}
    assert set(moved) == set(before)
    for name, value in before.items():
        assert acme.value(name) != value
        assert moved[name].because
    assert writes_sent(acme) < 60
    assert acme.run().plan.changes == ()


def test_an_incremental_run_costs_three_requests_a_scope(acme: Installation) -> None:
    acme.run()
    acme.run()
    assert len(acme.sandbox.log.select(tracker="github")) <= 2 * 3
    assert len(acme.sandbox.log.select(tracker="jira")) <= 3 + 1, "and one for the query"


def test_incremental_runs_arrive_where_a_full_one_does(acme: Installation) -> None:
    acme.run()
    for _ in range(3):
        work_a_week(acme.sandbox)
        acme.run()
    values = {name: acme.value(name) for name in ("checkout-1", "checkout-2", "api-1")}
    tickets = acme.labels()
    acme.forget()
    assert acme.run().plan.changes == ()
    assert {name: acme.value(name) for name in values} == values
    assert acme.labels() == tickets


def test_the_explanation_adds_up(acme: Installation) -> None:
    acme.run()
    with acme.open() as app:
        explained = app.explain("checkout-1")
    sample = explained.status.sample
    assert sample is not None
    assert sum(one.adds for one in explained.contributions) == pytest.approx(sample.numerator)
    assert sum(one.of for one in explained.contributions) == pytest.approx(sample.denominator)
    assert all(one.reasons for one in explained.contributions)
    assert any("cancelled" in one.left_out for one in explained.contributions)


def test_a_key_result_nobody_has_is_reported_with_the_tickets_address(acme: Installation) -> None:
    (dangling,) = acme.run().dangling
    assert dangling.names == "checkout-9"
    assert dangling.url.startswith("http")
    assert acme.run("plan").dangling == (dangling,)


def test_a_manual_key_result_moves_by_check_in(acme: Installation) -> None:
    acme.run()
    with acme.open() as app:
        check_in(app.desk(), "checkout-3", Words(value=2.4, note="after the new summary"), "ana")
        with pytest.raises(ConfigError, match="measured from tickets"):
            check_in(app.desk(), "checkout-1", Words(value=0.5), "ana")
        with pytest.raises(ConfigError, match="checkout-3"):
            check_in(app.desk(), "chekout-3", Words(value=2.4), "ana")
    (movement,) = acme.run().movements
    assert movement.after.value == 2.4
    assert movement.after.progress == pytest.approx(1 / 3)


def test_clean_takes_everything_back_and_nothing_else(acme: Installation) -> None:
    before = acme.labels()
    acme.run()
    acme.run("clean")
    assert acme.labels() == before
    assert acme.notes() == {}


def test_clean_finds_everything_without_a_store(acme: Installation) -> None:
    before = acme.labels()
    acme.run()
    acme.forget()
    acme.run("clean", full=True)
    assert acme.labels() == before
    assert acme.notes() == {}


def test_one_connection_alone_can_be_synced(acme: Installation) -> None:
    report = acme.run(connections=("jira",))
    assert [one.connection for one in report.connections] == ["jira"]
    assert acme.sandbox.log.select(tracker="github") == []
    assert "checkout-1" in report.stale
    assert acme.value("checkout-2") == 40
    assert acme.value("checkout-1") is None
    acme.run(connections=("github",))
    assert acme.value("checkout-1") is not None


def test_without_write_back_nothing_is_written(acme: Installation) -> None:
    report = acme.run(write_back=False)
    assert report.plan.changes == ()
    assert writes_sent(acme) == 0
    assert acme.value("checkout-1") is not None


def test_a_plan_knows_on_which_trackers_nothing_is_to_be_written(acme: Installation) -> None:
    acme.config.write_text(acme.config.read_text().replace("projects: [SHOP]", "projects: [SHOP], write_back: false"))
    report = acme.run("plan")
    assert {one.connection: one.silent for one in report.connections} == {"github": False, "jira": True}
    assert set(report.plan.cost) == {"github"}


def test_an_okr_file_emptied_by_accident_removes_nothing_unasked(acme: Installation) -> None:
    acme.run()
    before = acme.labels()
    text = acme.okrs.read_text()
    acme.okrs.write_text(text.partition("    key_results:")[0])
    with pytest.raises(UnsafePlan, match="removes"):
        acme.run()
    assert writes_sent(acme) == 0
    assert acme.labels() == before
    report: RunReport = acme.run(force=True)
    assert report.exit_code == 0
    assert acme.notes() == {}


def test_a_renamed_key_result_changes_its_label(acme: Installation) -> None:
    acme.run()
    acme.okrs.write_text(acme.okrs.read_text().replace("id: api-1", "id: api-one"))
    acme.run(force=True)
    worn = {label for labels in acme.labels().values() for label in labels if label.startswith("okr:")}
    assert "okr:api-one" in worn
    assert "okr:api-1" not in worn
    assert set(acme.notes().values()) == {1}


def test_the_ignore_label_silences_a_ticket_for_good(acme: Installation) -> None:
    acme.run()
    key = next(key for key in acme.notes() if key.startswith("SHOP-"))
    acme.sandbox.jira.add_label(key, "okr:ignore")
    acme.run()
    assert key not in acme.notes()
    assert "okr:ignore" in acme.labels()[key]
    assert acme.run().plan.changes == ()


def test_the_end_of_a_cycle_clears_open_tickets_unasked_and_leaves_closed_ones_alone(acme: Installation) -> None:
    acme.run()
    acme.sandbox.jira.transition("SHOP-122", "Done", resolution="Done")
    acme.run()
    acme.okrs.write_text(acme.okrs.read_text().replace("end: 2026-12-31}", "end: 2026-12-31, state: closed}"))
    report = acme.run()
    assert report.exit_code == 0
    assert not report.plan.unsafe
    assert set(acme.notes()) == {"SHOP-122"}
    assert {key for key, labels in acme.labels().items() if "okr:checkout-1" in labels} == {"SHOP-122"}
    assert acme.run().plan.changes == ()
