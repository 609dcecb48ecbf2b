"""What goes wrong, and what must hold nevertheless."""

from __future__ import annotations

from datetime import timedelta

import pytest
from installation import CONFIG, Installation

from okrsync.app import RunRequest
from okrsync.errors import Busy, ConfigError, UnsafePlan
from okrsync.model.change import Done
from okrsync.practice.checkins import Words, check_in
from okrsync.sandbox.data import fill_github


def kept_cursor(acme: Installation, connection: str) -> object:
    with acme.open() as app:
        return [app.store.scopes.cursor(connection, scope.id) for scope in app.store.scopes.known(connection)]


def test_a_connection_that_is_down_stops_nobody_else(acme: Installation) -> None:
    acme.run()
    value = acme.value("checkout-2")
    acme.sandbox.faults.add("status", path="^/jira/", status=503, times=None)
    acme.sandbox.clock.advance(timedelta(hours=2))
    acme.sandbox.github.close("acme/api", 4)
    report = acme.run()
    assert report.exit_code == 4
    failed = {one.connection: one for one in report.connections}["jira"]
    assert failed.error
    assert failed.hint
    assert {movement.key_result for movement in report.movements} == {"api-1"}
    assert set(report.stale) == {"checkout-1", "checkout-2"}
    assert not acme.sandbox.log.writes("jira")
    with acme.open() as app:
        rows = {row.key_result: row for objective in app.status() for row in objective.key_results}
    assert rows["checkout-2"].stale
    assert rows["checkout-2"].sample is not None
    assert rows["checkout-2"].sample.value == value
    assert rows["checkout-2"].pulled_at == acme.sandbox.clock.now() - timedelta(hours=2)
    assert not rows["api-1"].stale


def test_a_pull_that_breaks_on_page_seven_concludes_nothing(acme: Installation) -> None:
    fill_github(acme.sandbox.github, "acme/bulk", items=1000)
    acme.config.write_text(acme.config.read_text().replace("[acme/shop, acme/api]", "[acme/bulk]"))
    acme.okrs.write_text(
        acme.okrs.read_text().replace("repository: acme/shop, milestone: One-page checkout", "repository: acme/bulk")
    )
    acme.okrs.write_text(acme.okrs.read_text().replace("repository: acme/api, labels: [latency]", "labels: [bug]"))
    acme.sandbox.faults.add("status", path=r"/issues\?", status=502, times=None, skip=6)
    report = acme.run(connections=("github",))
    assert report.exit_code == 4
    assert "api-1" in report.stale
    assert acme.value("api-1") is None
    assert not acme.sandbox.log.writes()
    (cursor,) = kept_cursor(acme, "github")
    assert cursor.since is None  # type: ignore[attr-defined]
    acme.sandbox.faults.clear()
    assert acme.run(connections=("github",), write_back=False).exit_code == 0
    assert acme.value("api-1") is not None


def test_a_persons_label_added_between_pull_and_apply_stays(acme: Installation) -> None:
    acme.run("plan")
    key = "SHOP-122"
    added: list[str] = []

    def meanwhile() -> bool:
        if acme.sandbox.log.writes() and not added:
            acme.sandbox.jira.add_label(key, "a-persons-label")
            acme.sandbox.github.label("acme/shop", 6, "a-persons-label")
            added.append(key)
        return False

    with acme.open(stopping=meanwhile) as app:
        app.sync(RunRequest())
    assert added
    assert "a-persons-label" in acme.labels()[key]
    assert "a-persons-label" in acme.labels()["acme/shop#6"]
    assert "okr:checkout-1" in acme.labels()[key]


@pytest.mark.parametrize("kind", ["committed-then-status", "committed-then-reset"])
def test_a_write_that_was_carried_out_and_not_answered_is_not_repeated(acme: Installation, kind: str) -> None:
    acme.sandbox.faults.add(kind, path=r"/comments?$|/comment\b", method="POST", times=5, skip=2)
    report = acme.run()
    assert report.exit_code == 0
    assert set(acme.notes().values()) == {1}
    assert {write.receipt.done for write in report.writes if write.receipt} == {Done.APPLIED, Done.ALREADY}
    assert acme.run().plan.changes == ()


def test_a_long_rate_limit_defers_the_rest_to_the_next_run(acme: Installation) -> None:
    acme.sandbox.faults.add("rate-limit", path="/comments", method="POST", retry_after=3600, times=None, skip=3)
    report = acme.run()
    assert report.exit_code == 4
    assert any(write.receipt is None and not write.error for write in report.writes)
    assert all(
        write.receipt
        for write in report.writes
        if getattr(write.change, "ref", None) and write.change.ref.connection == "jira"
    )  # type: ignore[union-attr]
    acme.sandbox.faults.clear()
    assert acme.run().exit_code == 0
    assert set(acme.notes().values()) == {1}
    assert acme.run().plan.changes == ()


def test_a_locked_issue_is_left_alone_with_a_reason(acme: Installation) -> None:
    acme.sandbox.github.lock_issue("acme/shop", 6)
    report = acme.run()
    assert report.exit_code == 0
    assert {one.ref.key: one.reason for one in report.plan.left_alone}["acme/shop#6"] == "it is locked"
    assert "acme/shop#6" not in acme.notes()


def test_a_token_that_may_not_write_is_told_once_and_not_per_ticket(acme: Installation) -> None:
    acme.sandbox.faults.add("status", method="PUT|POST", path="/jira/rest/api/2/issue/", status=403, times=None)
    report = acme.run()
    assert report.exit_code == 4
    assert len(acme.sandbox.log.writes("jira")) <= 5
    assert {one.connection: one.hint for one in report.connections}["jira"]


def test_what_a_token_could_not_write_is_written_when_it_may(acme: Installation) -> None:
    acme.sandbox.faults.add("status", method="PUT|POST", path="/jira/rest/api/2/issue/", status=403, times=None)
    acme.run()
    acme.sandbox.faults.clear()
    report = acme.run()
    assert report.plan.left_alone == ()
    assert report.exit_code == 0
    assert acme.run().plan.changes == ()


def test_a_repository_archived_meanwhile_is_noticed_within_a_day(acme: Installation) -> None:
    acme.run()
    acme.sandbox.github.archive("acme/api")
    acme.okrs.write_text(acme.okrs.read_text().replace("Every endpoint under 200 ms", "Every endpoint in time"))
    acme.sandbox.clock.advance(timedelta(days=1, minutes=1))
    report = acme.run()
    assert {one.reason for one in report.plan.left_alone} == {"its repository or project is archived"}
    assert not [write for write in acme.sandbox.log.writes("github") if "acme/api" in write.path]
    assert report.exit_code == 0


def test_a_deleted_ticket_leaves_the_numbers_with_a_reason(acme: Installation) -> None:
    acme.run()
    acme.sandbox.jira.delete("SHOP-122")
    report = acme.run(census=True)
    assert report.exit_code == 0
    with acme.open() as app:
        explained = app.explain("checkout-1")
    (lost,) = explained.unreachable
    assert lost.key == "SHOP-122"
    assert "census" in lost.left_out
    assert acme.run().plan.changes == ()


def test_many_items_missing_at_once_stop_the_run(acme: Installation) -> None:
    acme.run()
    value = acme.value("checkout-2")
    for number in range(1, 60):
        acme.sandbox.jira.delete(f"SHOP-{number}")
    with pytest.raises(UnsafePlan, match="no longer there"):
        acme.run(census=True)
    assert acme.value("checkout-2") == value
    assert not acme.sandbox.log.writes()
    assert acme.run(census=True, force=True).exit_code == 0
    assert acme.value("checkout-2") != value


def test_a_renamed_label_moves_the_items_that_wear_it(acme: Installation) -> None:
    acme.run()
    acme.sandbox.github.rename_label("acme/api", "latency", "slow")
    acme.run(force=True)
    with acme.open() as app:
        assert not [one for one in app.explain("api-1").contributions if one.key.startswith("acme/api")]
    acme.okrs.write_text(acme.okrs.read_text().replace("labels: [latency]", "labels: [slow]"))
    acme.run()
    with acme.open() as app:
        assert [one for one in app.explain("api-1").contributions if one.key.startswith("acme/api")]


def test_a_renamed_milestone_is_followed_when_the_file_is(acme: Installation) -> None:
    acme.run()
    value = acme.value("checkout-1")
    acme.sandbox.github.edit_milestone("acme/shop", 1, title="One page")
    acme.okrs.write_text(acme.okrs.read_text().replace("milestone: One-page checkout", "milestone: One page"))
    acme.run()
    assert acme.value("checkout-1") == value


def test_a_second_run_on_the_same_store_is_refused_and_named(acme: Installation) -> None:
    acme.run()
    with acme.open() as one, acme.open() as two:
        in_use = pytest.raises(Busy, match=r"in use by `sync` \(process \d+ on .*\) since 2026")
        with one.store.held("sync", acme.sandbox.clock.now()), in_use:
            two.plan(RunRequest())
        assert two.plan(RunRequest()).exit_code == 0


def test_data_center_and_cloud_read_the_same(acme: Installation) -> None:
    acme.run(write_back=False)
    values = {name: acme.value(name) for name in ("checkout-1", "checkout-2")}
    acme.forget()
    acme.config.write_text(CONFIG.format(github=acme.sandbox.github_url, jira=acme.sandbox.jira_dc_url))
    acme.environ.pop("JIRA_EMAIL")
    acme.environ["JIRA_API_TOKEN"] = "jira-dc-token"
    assert acme.run(write_back=False).exit_code == 0
    assert {name: acme.value(name) for name in values} == values


def test_a_link_that_reaches_nothing_is_named_by_the_run_with_the_nearest(acme: Installation) -> None:
    acme.okrs.write_text(acme.okrs.read_text().replace("milestone: One-page checkout", "milestone: One-page chekout"))
    for kind in ("plan", "sync", "sync"):
        (warning,) = acme.run(kind).warnings
        assert warning.subject == "checkout-1"
        assert "no milestone 'One-page chekout'" in warning.message
        assert warning.hint == "Did you mean 'One-page checkout'?"


def test_a_refused_query_holds_back_only_the_key_result_that_asks_it(acme: Installation) -> None:
    acme.run()
    right = acme.okrs.read_text()
    worn = acme.labels()
    acme.okrs.write_text(right.replace("= Highest", "= Highst"))
    acme.sandbox.jira.transition("SHOP-122", "Done", resolution="Done")
    report = acme.run(connections=("jira",))
    assert report.exit_code == 4
    (warning,) = [one for one in report.warnings if one.subject == "checkout-2"]
    assert "'type = Bug AND priority = Highst' was refused" in warning.message
    assert "OKR files" in warning.hint
    assert report.stale == ("checkout-2",)
    assert [movement.key_result for movement in report.movements] == ["checkout-1"]
    assert acme.value("checkout-2") == 40
    acme.okrs.write_text(right)
    assert acme.run().exit_code == 0
    assert acme.labels() == worn


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_refused(acme: Installation, value: float) -> None:
    with acme.open() as app, pytest.raises(ConfigError, match="is no value"):
        check_in(app.desk(), "checkout-3", Words(value=value), "ana")
