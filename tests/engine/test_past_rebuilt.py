"""What was before the installation, read back from the trackers: the same as if somebody had looked every day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import okrsync_github.client
import pytest
from installation import Installation, install
from sandbox_github import GitHubClient

from okrsync.errors import ConfigError, Interrupted
from okrsync.method.course import weeks
from okrsync.model.backfill import BackfillReport
from okrsync.model.sample import Sample
from okrsync.practice.backfill import backfill, estimate
from okrsync.sandbox.quarter import build_quarter, work_a_day
from okrsync.sandbox.server import Sandbox

JUST_BEFORE_MIDNIGHT = datetime(2026, 10, 4, 23, 55, tzinfo=UTC)
DAYS = 24
CONFIG = """\
installation: NAME
okrs: [okrs/*.yaml]
connections:
  github: {{type: github, url: "{github}", repositories: [acme/shop, acme/api], parallel: 2}}
  jira: {{type: jira, url: "{jira}", projects: [SHOP]}}
  office: {{type: jira, url: "{jira_dc}", projects: [SHOP]}}
write_back: false
"""
OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - id: checkout-1
        title: Ship the one-page checkout
        measure: {type: completion, by: points}
        links:
          - {connection: github, repository: acme/shop, milestone: One-page checkout, weight: 2}
          - {connection: jira, epic: SHOP-120}
      - id: checkout-2
        title: Open P1 bugs from 40 to 5
        measure: {type: count, of: open, start: 40, target: 5}
        links: [{connection: jira, query: "type = Bug AND priority = Highest"}]
      - id: office-1
        title: The same epic on Data Center
        measure: {type: completion, by: count, denominator: baseline}
        links: [{connection: office, epic: SHOP-120}]
  - id: api
    title: Fast answers
    key_results:
      - id: api-1
        title: Every endpoint under 200 ms
        measure: {type: completion}
        links: [{connection: github, repository: acme/api, labels: [latency]}]
"""
ENVIRON = {
    "GITHUB_TOKEN": "github-sandbox-token",
    "OKRSYNC_CONNECTIONS__JIRA__EMAIL": "ana@acme.example",
    "OKRSYNC_CONNECTIONS__JIRA__TOKEN": "jira-sandbox-token",
    "OKRSYNC_CONNECTIONS__OFFICE__TOKEN": "jira-dc-token",
}
KEY_RESULTS = ("checkout-1", "checkout-2", "office-1", "api-1")


@dataclass
class Twins:
    """``watcher`` looked at the end of every day since the first; ``late`` looks for the first time after ``DAYS``."""

    watcher: Installation
    late: Installation
    sandbox: Sandbox

    def days(self) -> Iterator[datetime]:
        first = JUST_BEFORE_MIDNIGHT.replace(minute=59, second=59, microsecond=999_999)
        return (first + timedelta(days=number) for number in range(DAYS))


def make(folder: Path, sandbox: Sandbox, name: str) -> Installation:
    made = install(folder / name, sandbox, config=CONFIG.replace("NAME", name), okrs=OKRS)
    made.environ = ENVIRON
    return made


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    folder = tmp_path_factory.mktemp("twins")
    with Sandbox(start=JUST_BEFORE_MIDNIGHT) as sandbox:
        build_quarter(sandbox)
        watcher = make(folder, sandbox, "watcher")
        watcher.run()
        for _ in range(DAYS):
            work_a_day(sandbox)
            watcher.run()
        yield Twins(watcher, make(folder, sandbox, "late"), sandbox)


@pytest.fixture
def twins(worked: Twins) -> Iterator[Twins]:
    """The late one has just looked for the first time."""
    worked.late.forget()
    assert worked.late.run().exit_code == 0
    yield worked
    worked.sandbox.faults.clear()


def rebuild(acme: Installation, *connections: str) -> BackfillReport:
    acme.sandbox.log.clear()
    with acme.open() as app:
        return backfill(app.house(), connections)


def seen(acme: Installation, key_result: str, at: datetime) -> dict[str, Any]:
    """How a key result read then, without when and how the reading came about."""
    with acme.open() as app:
        sample = app.store.history.sample(key_result, at)
    assert sample is not None, (key_result, at)
    kept = ("value", "raw", "numerator", "denominator", "scope", "done", "excluded", "unestimated", "flags")
    return {name: getattr(sample, name) for name in (*kept, "start", "target", "weight", "definition")}


def samples(acme: Installation, key_result: str) -> tuple[Sample, ...]:
    with acme.open() as app:
        return app.store.history.samples(key_result)


@pytest.mark.parametrize("key_result", KEY_RESULTS)
def test_every_past_day_reads_as_it_did_to_one_who_was_there(twins: Twins, key_result: str) -> None:
    assert rebuild(twins.late).exit_code == 0
    read = [seen(twins.late, key_result, day) for day in twins.days()]
    assert read == [seen(twins.watcher, key_result, day) for day in twins.days()]
    assert len({one["done"] for one in read}) > 3, "a past in which nothing happened proves nothing"


@pytest.mark.parametrize("key_result", KEY_RESULTS)
def test_every_past_week_brought_what_it_brought_to_one_who_was_there(twins: Twins, key_result: str) -> None:
    rebuild(twins.late)
    told = []
    for acme in (twins.watcher, twins.late):
        with acme.open() as app:
            lives = app.store.lives.of(key_result)
            told.append(weeks(lives, JUST_BEFORE_MIDNIGHT.date() + timedelta(days=1), twins.sandbox.clock.now(), UTC))
    assert told[0] == told[1]
    assert sum(week.throughput for week in told[0].weeks) > 0


def test_readings_that_were_taken_stay_and_rebuilt_ones_say_what_they_are(twins: Twins) -> None:
    before = {one: samples(twins.late, one) for one in KEY_RESULTS}
    rebuild(twins.late)
    for key_result in KEY_RESULTS:
        after = samples(twins.late, key_result)
        rebuilt = [one for one in after if one.rebuilt]
        assert tuple(one for one in after if not one.rebuilt) == before[key_result]
        assert all(one.at < before[key_result][0].at for one in rebuilt)
        assert all(one.rule.endswith("rebuilt from histories") for one in rebuilt)
        assert rebuilt[0].at == datetime(2026, 10, 1, 23, 59, 59, 999_999, tzinfo=UTC)


def test_the_second_backfill_asks_for_nothing_and_changes_nothing(twins: Twins) -> None:
    first = rebuild(twins.late)
    kept = twins.late.store.read_bytes()
    assert sum(one.told for one in first.connections) == sum(one.items for one in first.connections) > 100
    again = rebuild(twins.late)
    assert not list(twins.sandbox.log)
    assert [one.items for one in again.connections] == [0, 0, 0]
    assert not any(one.changed for one in again.key_results)
    assert len(kept) == len(twins.late.store.read_bytes())


def test_a_sync_after_it_has_nothing_to_measure_anew_but_cycle_times(twins: Twins) -> None:
    rebuild(twins.late)
    report = twins.late.run()
    assert (report.exit_code, report.movements) == (0, ())
    assert rebuild(twins.late).key_results
    assert not list(twins.sandbox.log)


def test_what_it_takes_is_said_before_anything_is_asked(twins: Twins) -> None:
    twins.sandbox.log.clear()
    with twins.late.open() as app:
        told = {one.connection: one for one in estimate(app.house())}
    assert not list(twins.sandbox.log)
    report = rebuild(twins.late)
    for one in report.connections:
        assert (told[one.connection].items, told[one.connection].error) == (one.items, "")
        assert 0 < one.requests <= told[one.connection].requests
    assert sum(one.requests for one in report.connections) == len(twins.sandbox.log)


def test_a_connection_that_fails_keeps_its_key_results_as_they_are_and_the_others_go_on(twins: Twins) -> None:
    twins.sandbox.faults.add(path="/jira/.*/changelog", kind="status", status=503, times=None)
    report = rebuild(twins.late)
    assert report.exit_code == 4
    failed = {one.connection: one for one in report.connections}["jira"]
    assert (failed.told, bool(failed.error), bool(failed.hint)) == (0, True, True)
    told = {one.key_result: one for one in report.key_results}
    assert "still to be read" in told["checkout-2"].reason
    assert (told["checkout-2"].days, told["api-1"].days) == (0, 27)
    assert not [one for one in samples(twins.late, "checkout-1") if one.rebuilt]
    twins.sandbox.faults.clear()
    healed = rebuild(twins.late)
    assert (healed.exit_code, [one.connection for one in healed.connections if one.items]) == (0, ["jira"])
    assert [one for one in samples(twins.late, "checkout-1") if one.rebuilt]


def test_one_connection_alone_leaves_the_others_for_later(twins: Twins) -> None:
    report = rebuild(twins.late, "office")
    assert [one.connection for one in report.connections] == ["office"]
    assert {one.key_result for one in report.key_results if one.days} == {"office-1"}


def test_the_reserve_of_the_rate_limit_stays_and_the_next_run_goes_on(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(okrsync_github.client, "PER_PAGE", 20)
    hub, spent = twins.sandbox.github, int(GitHubClient(twins.sandbox).get("/rate_limit").json()["rate"]["used"])
    hub.limits["core"] = (spent + 3) * 10 // 9
    report = rebuild(twins.late, "github")
    hub.limits["core"] = 5_000
    (github,) = report.connections
    assert report.exit_code == 4
    assert "are kept for others" in github.error
    twins.sandbox.clock.advance(timedelta(hours=1))
    assert rebuild(twins.late, "github").exit_code == 0


def test_somebody_who_stops_it_finds_what_was_read_kept(twins: Twins) -> None:
    seen: list[None] = []

    def stop() -> bool:
        seen.append(None)
        return len(seen) > 1

    with twins.late.open(stopping=stop) as app:
        everything = sum(one.items for one in estimate(app.house()))
        with pytest.raises(Interrupted, match="goes on from here"):
            backfill(app.house())
    rest = rebuild(twins.late)
    assert rest.exit_code == 0
    assert 0 < sum(one.items for one in rest.connections) < everything
    assert not any(one.changed for one in rebuild(twins.late).key_results)


def test_before_the_first_sync_there_is_nothing_to_rebuild(twins: Twins) -> None:
    twins.late.forget()
    with pytest.raises(ConfigError, match="Nothing was ever measured") as caught:
        rebuild(twins.late)
    assert "okrsync sync" in caught.value.hint


def test_it_is_kept_among_the_runs(twins: Twins) -> None:
    report = rebuild(twins.late)
    with twins.late.open() as app:
        row = app.runs(1)[0]
    assert (row.id, row.kind, row.exit_code) == (report.id, "backfill", 0)
    assert row.requests == sum(one.requests for one in report.connections)
