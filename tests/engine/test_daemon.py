"""The daemon's clocks, in a time that only the tests move."""

from __future__ import annotations

import io
import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
import time_machine
from installation import ENVIRON

from okrsync.app import App
from okrsync.daemon import Daemon, logger
from okrsync.errors import Busy, ConfigError, Interrupted, StoreError, UnsafePlan
from okrsync.events import ended
from okrsync.house import RunRequest
from okrsync.model.run import ConnectionRun, Plan, RunReport

MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
CONFIG = """\
okrs: [okrs.yaml]
schedule: {every: 5m}
connections:
  github: {type: github, repositories: [acme/shop]}
  jira: {type: jira, url: "https://jira.acme.example", projects: [SHOP]}
"""
OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - {id: checkout-3, title: Conversion, measure: {type: manual, start: 2, target: 3}}
"""
BOTH = ("github", "jira")


@dataclass
class Watched:
    """A daemon whose runs are noted with their minute; ``during`` happens in each, ``at`` a minute between two naps."""

    folder: Path
    traveller: time_machine.Traveller
    log: structlog.testing.LogCapture = field(default_factory=structlog.testing.LogCapture)
    runs: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)
    during: Callable[[tuple[str, ...]], object] = lambda connections: None
    errors: dict[str, str] = field(default_factory=dict)
    retry_after: float = 0.0
    paused: dict[str, float] = field(default_factory=dict)
    at: dict[int, Callable[[], object]] = field(default_factory=dict)
    began: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self.config.write_text(CONFIG)
        (self.folder / "okrs.yaml").write_text(OKRS)
        self.daemon = Daemon(
            self._open,
            structlog.wrap_logger(None, processors=[self.log]),
            self._sleep,
            config=self.config,
            clock=time.time,
            chance=lambda: 0.0,
        )

    @property
    def config(self) -> Path:
        return self.folder / "okrsync.yaml"

    @property
    def minutes(self) -> float:
        return round((time.time() - self.began) / 60, 1)

    def configure(self, old: str, new: str) -> None:
        assert old in self.config.read_text()
        self.config.write_text(self.config.read_text().replace(old, new))

    def watch(self, minutes: float) -> list[tuple[float, tuple[str, ...]]]:
        """Let the daemon run for so long; the runs it made."""
        self._end = self.began + 60 * minutes
        assert self.daemon.run() == 0
        return self.runs

    def told(self, event: str) -> list[dict[str, Any]]:
        return [dict(entry) for entry in self.log.entries if entry["event"] == event]

    def sync(self, request: RunRequest) -> RunReport:
        self.runs.append((self.minutes, request.connections))
        self.during(request.connections)
        now = datetime.now(UTC)
        connections = tuple(
            ConnectionRun(
                name,
                requests=3,
                error=self.errors.get(name, ""),
                retry_after=self.retry_after if name in self.errors else 0.0,
                paused=self.paused.pop(name, 0.0),
            )
            for name in request.connections
        )
        return RunReport(len(self.runs), "sync", now, now, connections, Plan())

    def _open(self, **given: Any) -> App:
        return App.open(self.config, environ=ENVIRON, **given)

    def _sleep(self, seconds: float) -> None:
        self.traveller.shift(seconds)
        for minute in [minute for minute in self.at if minute <= self.minutes]:
            self.at.pop(minute)()
        if time.time() >= self._end:
            self.daemon.stop()


@pytest.fixture
def moment() -> datetime:
    return MONDAY


@pytest.fixture
def watched(tmp_path: Path, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    with time_machine.travel(moment, tick=False) as traveller:
        made = Watched(tmp_path, traveller)
        monkeypatch.setattr(App, "sync", lambda _app, request: made.sync(request))
        yield made


def test_the_first_run_is_at_once_and_the_next_when_its_time_has_come(watched: Watched) -> None:
    assert watched.watch(11) == [(0, BOTH), (5, BOTH), (10, BOTH)]


def test_every_connection_has_its_own_clock(watched: Watched) -> None:
    watched.configure("type: jira,", "type: jira, every: 3m,")
    assert watched.watch(8) == [(0, BOTH), (3, ("jira",)), (5, ("github",)), (6, ("jira",))]


def test_missed_ticks_are_not_made_up(watched: Watched) -> None:
    watched.during = lambda _: watched.traveller.shift(60 * 17) if len(watched.runs) == 2 else None
    assert [minute for minute, _ in watched.watch(33)] == [0, 5, 22, 27, 32]


def test_a_changed_file_is_heeded_within_seconds_and_synced_at_once(watched: Watched) -> None:
    watched.at[7] = lambda: watched.configure("every: 5m", "every: 2m")
    assert [minute for minute, _ in watched.watch(12)] == [0, 5, 7, 9, 11]
    assert len(watched.told("configuration read")) == 1


def test_a_changed_okr_file_is_synced_at_once(watched: Watched) -> None:
    file = watched.folder / "okrs.yaml"
    watched.at[2] = lambda: file.write_text(OKRS.replace("target: 3", "target: 4"))
    assert watched.watch(6) == [(0, BOTH), (2, BOTH), (5, BOTH)]


def test_a_changed_file_that_one_connections_run_read_first_is_synced_with_all_at_once(watched: Watched) -> None:
    watched.configure("type: jira,", "type: jira, every: 3m,")

    def change_just_before_the_run() -> None:
        watched.traveller.shift(watched.began + 3 * 60 - time.time())
        (watched.folder / "okrs.yaml").write_text(OKRS.replace("target: 3", "target: 4"))

    watched.at[2.5] = change_just_before_the_run
    assert watched.watch(4) == [(0, BOTH), (3, ("jira",)), (3, BOTH)]


def test_sighup_reads_the_files_and_syncs_everything(watched: Watched) -> None:
    watched.at[3] = watched.daemon.reload
    assert [minute for minute, _ in watched.watch(6)] == [0, 3, 5]


def test_a_new_connection_is_synced_as_soon_as_it_is_seen_and_a_removed_one_never_again(watched: Watched) -> None:
    watched.at[2] = lambda: watched.configure("jira: {type", "tracker: {type")
    runs = watched.watch(11)
    assert runs[:2] == [(0, BOTH), (2, ("github", "tracker"))]
    assert {name for minute, names in runs[1:] for name in names} == {"github", "tracker"}


def test_a_broken_file_is_told_once_and_the_old_configuration_goes_on(watched: Watched) -> None:
    watched.at[1] = lambda: watched.configure("projects", "projekts")
    watched.at[11] = lambda: watched.configure("projekts", "projects")
    assert watched.watch(12) == [(0, BOTH), (5, BOTH), (10, BOTH), (11, BOTH)]
    (broken,) = watched.told("configuration broken")
    assert "projekts" in str(broken["problems"])
    assert len(watched.told("configuration mended")) == 1
    assert watched.told("run failed") == []


def test_a_connection_that_fails_is_tried_half_as_often_each_time_and_the_other_as_ever(watched: Watched) -> None:
    watched.errors["jira"] = "it is down"
    runs = watched.watch(140)
    assert [minute for minute, names in runs if "jira" in names] == pytest.approx([0, 10, 30, 70, 130], abs=0.2)
    assert [minute for minute, names in runs if "github" in names] == pytest.approx(range(0, 140, 5), abs=0.3)
    assert [one["seconds"] for one in watched.told("connection waits")] == [600, 1200, 2400, 3600, 3600]


def test_a_connection_that_works_again_is_back_on_its_own_clock(watched: Watched) -> None:
    watched.errors["jira"] = "it is down"
    watched.at[20] = watched.errors.clear
    runs = watched.watch(42)
    assert [minute for minute, names in runs if "jira" in names] == pytest.approx([0, 10, 30, 35, 40], abs=0.2)


def test_a_connection_that_named_a_time_is_asked_then_and_twice_as_late_each_time_that_was_too_soon(
    watched: Watched,
) -> None:
    watched.errors["jira"], watched.retry_after = "too many requests", 60
    watched.at[8] = watched.errors.clear
    runs = watched.watch(22)
    assert [minute for minute, names in runs if "jira" in names] == pytest.approx([0, 1, 3, 7, 15, 20], abs=0.2)
    assert [minute for minute, names in runs if "github" in names] == pytest.approx([0, 5, 10, 15, 20], abs=0.2)


def test_a_limit_longer_than_an_hour_is_heeded(watched: Watched) -> None:
    watched.errors["jira"], watched.retry_after = "come back tomorrow", 7200
    assert [minute for minute, names in watched.watch(239) if "jira" in names] == pytest.approx([0, 120], abs=0.2)


def test_writes_that_wait_for_the_trackers_pace_go_on_when_it_allows_them(watched: Watched) -> None:
    watched.paused["github"] = 120
    assert watched.watch(6) == [(0, BOTH), (2, ("github",)), (5, BOTH)]


def test_what_failed_is_tried_at_once_after_somebody_changed_the_files(watched: Watched) -> None:
    watched.errors["jira"] = "the token has expired"
    watched.at[6] = watched.daemon.reload
    assert [minute for minute, names in watched.watch(8) if "jira" in names] == [0, 6]


def test_a_file_that_is_broken_from_the_start_ends_the_daemon(watched: Watched) -> None:
    watched.configure("projects", "projekts")
    with pytest.raises(ConfigError):
        watched.watch(1)


@pytest.mark.parametrize("error", [StoreError("the disk is full"), Busy("somebody else is at it")])
def test_trouble_that_all_share_ends_this_run_only(watched: Watched, error: Exception) -> None:
    def trouble(_: tuple[str, ...]) -> None:
        if len(watched.runs) == 1:
            raise error

    watched.during = trouble
    assert watched.watch(6) == [(0, BOTH), (5, BOTH)]
    assert [one["error"] for one in watched.told("run failed")] == [str(error)]


@pytest.mark.parametrize("error", [UnsafePlan("too many are gone"), ZeroDivisionError("a bug")])
def test_a_connection_that_makes_the_run_fail_holds_up_nobody_else(watched: Watched, error: Exception) -> None:
    def trouble(connections: tuple[str, ...]) -> None:
        if "jira" in connections:
            raise error

    watched.during = trouble
    assert watched.watch(6) == [(0, BOTH), (0, ("github",)), (0, ("jira",)), (5, ("github",))]
    assert [one["connections"] for one in watched.told("run finished")] == [["github"], ["github"]]
    assert len(watched.told("run failed") + watched.told("run crashed")) == 2
    assert [one["connection"] for one in watched.told("connection waits")] == ["jira"]


STOPPED, BROKE = Interrupted("it was stopped"), ZeroDivisionError("a bug")


@pytest.mark.parametrize(("error", "event"), [(STOPPED, "run interrupted"), (BROKE, "run crashed")])
def test_a_run_that_was_stopped_or_broke_is_told_with_its_number(
    watched: Watched, error: Exception, event: str
) -> None:
    def end(_: tuple[str, ...]) -> None:
        ended(error, 7, "sync")
        watched.daemon.stop()
        raise error

    watched.during = end
    watched.watch(1)
    assert [(one["run"], one["kind"]) for one in watched.told(event)] == [(7, "sync")]


def test_a_stop_during_a_run_starts_no_other(watched: Watched) -> None:
    def stop(_: tuple[str, ...]) -> None:
        watched.daemon.stop()
        raise ZeroDivisionError

    watched.during = stop
    assert watched.watch(60) == [(0, BOTH)]
    assert watched.log.entries[-1]["event"] == "daemon stopped"


@pytest.mark.parametrize("moment", [datetime(2026, 10, 25, 2, 41, tzinfo=ZoneInfo("Europe/Berlin"))])
def test_the_end_of_summer_time_stops_no_clock(watched: Watched) -> None:
    runs = [minute for minute, _ in watched.watch(90)]
    assert max(after - before for before, after in itertools.pairwise(runs)) <= 5.1
    assert len(runs) <= 20


def test_a_run_is_told_in_one_line_of_json() -> None:
    with redirect_stderr(io.StringIO()) as out:
        log = logger(log_json=True)
        log.info("run finished", connections=["jira"], moved=["checkout-1"])
        try:
            raise ZeroDivisionError("one\nand another")
        except ZeroDivisionError:
            log.exception("run crashed")
    finished, crashed = (json.loads(line) for line in out.getvalue().splitlines())
    assert finished["moved"] == ["checkout-1"]
    assert finished["level"] == "info"
    assert finished["timestamp"].endswith("Z")
    assert "ZeroDivisionError" in crashed["exception"]


def test_a_crash_shows_where_but_no_variables() -> None:
    token = "a-secret-token"
    with redirect_stderr(io.StringIO()) as out:
        try:
            raise ZeroDivisionError(len(token))
        except ZeroDivisionError:
            logger(log_json=False).exception("run crashed", connections=["jira"])
    assert "test_a_crash_shows_where" in out.getvalue()
    assert token not in out.getvalue()
