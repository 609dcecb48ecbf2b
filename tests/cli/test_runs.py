"""`okrsync runs` and `okrsync audit`: what was done, by which run, and how each change ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from past_runs import Past
from terminal import Terminal


@pytest.fixture
def kept(past: Past) -> Past:
    past.remember()
    return past


def test_the_last_runs_are_listed_the_newest_first(kept: Past) -> None:
    result = kept.call("runs")
    assert result.exit_code == 0
    header, third, second, first = result.stdout.rstrip().splitlines()
    assert header.split()[:2] == ["run", "started"]
    assert third.split()[:4] == ["3", "2026-11-03", "09:00:00", "sync"]
    assert "goes on, or was killed" in third
    assert "The plan removes 40 of 50 labels." in second
    assert second.split()[-7:-6] != third.split()[-7:-6]
    assert first.split()[:11] == ["1", "2026-11-02", "09:00:00", "sync", "3.2", "s", "13", "2", "1", "2", "4"]
    assert len(kept.call("runs", "--last", "1").stdout.splitlines()) == 2


@pytest.mark.real_time
def test_a_terminal_too_small_for_the_list_folds_its_lines_and_loses_no_number(kept: Past) -> None:
    config = str(kept.folder / "okrsync.yaml")
    with Terminal("runs", "-c", config, environ={"GITHUB_TOKEN": "t"}, width=40) as terminal:
        assert terminal.ended() == 0
    (first,) = [row for row in terminal.printed.splitlines() if row.split()[:1] == ["1"]]
    assert first.split()[:11] == ["1", "2026-11-02", "09:00:00", "sync", "3.2", "s", "13", "2", "1", "2", "4"]


def test_the_list_for_programs_has_numbers_and_errors(kept: Past) -> None:
    third, second, first = json.loads(kept.call("runs", "--json").stdout)
    assert (first["requests"], first["written"], first["deferred"], first["exit_code"]) == (13, 2, 1, 4)
    assert first["errors"] == ["The tracker did not answer.", "it is locked"]
    assert first["seconds"] == 3.2
    assert second["errors"] == ["The plan removes 40 of 50 labels."]
    assert (third["seconds"], third["exit_code"]) == (None, None)


def test_no_run_yet_is_said(past: Past) -> None:
    assert past.call("runs").stdout == "No run yet.\n"
    assert json.loads(past.call("runs", "--json").stdout) == []


def test_one_run_is_shown_whole_with_every_change(kept: Past) -> None:
    result = kept.call("runs", "1")
    assert result.exit_code == 0
    assert "Run 1: sync, 2026-11-02 09:00:00 UTC" in result.stdout
    assert "read 2.0 s, write 1.2 s" in result.stdout
    changes = result.stdout.partition("Changes")[2]
    assert "+ acme/shop definition of label okr:checkout-1 done" in " ".join(changes.split())
    assert "+ acme/shop#12 label okr:a-1 done" in " ".join(changes.split())
    assert "failed: it is locked" in changes
    assert "\x1b" not in result.stdout


def test_a_run_that_failed_or_was_killed_is_shown_with_what_is_known(kept: Past) -> None:
    assert "The plan removes 40 of 50 labels." in kept.call("runs", "2").stdout
    killed = kept.call("runs", "3").stdout
    assert "goes on, or was killed" in killed
    assert "nobody saw the end" in killed


def test_one_run_for_programs_holds_report_and_writes(kept: Past) -> None:
    told = json.loads(kept.call("runs", "1", "--json").stdout)
    assert told["run"]["report"]["plan"]["changes"]
    assert [write["change"]["type"] for write in told["writes"]] == ["define_label", "add_label", "remove_label"]
    assert told["writes"][0]["receipt"]["done"] == "applied"
    assert told["writes"][2]["error"] == "it is locked"


def test_a_run_that_never_was_exits_2(kept: Past) -> None:
    result = kept.call("runs", "99")
    assert result.exit_code == 2
    assert "okrsync runs" in result.stderr


def test_the_audit_log_holds_every_change_ever_begun(kept: Past) -> None:
    lines = [json.loads(line) for line in kept.call("audit", "--jsonl").stdout.splitlines()]
    assert [line["id"] for line in lines] == [1, 2, 3, 4]
    assert [line["run"] for line in lines] == [1, 1, 1, 3]
    assert lines[0]["intended"] == "2026-11-02T09:00:00Z"
    assert lines[0]["ended"] == "2026-11-02T09:00:01Z"
    assert lines[3]["ended"] is None
    assert json.loads(kept.call("audit", "--json").stdout) == lines


def test_the_audit_log_is_one_harmless_line_a_change(kept: Past) -> None:
    shown = kept.call("audit").stdout
    assert len(shown.splitlines()) == 4
    assert "2026-11-02 09:00:00 run 1 + acme/shop#12 label okr:a-1 done" in " ".join(shown.split())
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize(
    ("since", "ids"),
    [
        ("2026-11-03", [4]),
        ("1h", [1, 2, 3, 4]),
        ("2026-11-02T09:00:00+00:00", [1, 2, 3, 4]),
        ("2026-11-03T10:00:01+01:00", []),
        ("2027-01-01", []),
    ],
)
def test_the_audit_log_begins_where_it_is_told(kept: Past, since: str, ids: list[int]) -> None:
    assert [one["id"] for one in json.loads(kept.call("audit", "--json", "--since", since).stdout)] == ids


def test_a_time_that_is_none_exits_2(kept: Past) -> None:
    result = kept.call("audit", "--since", "yesterday")
    assert result.exit_code == 2
    assert "2026-11-01" in result.stderr


def test_reading_the_past_asks_no_tracker_and_keeps_no_run(kept: Past) -> None:
    before = Path(kept.store).read_bytes()
    for arguments in (("runs",), ("runs", "1"), ("audit",)):
        kept.call(*arguments)
    assert len(json.loads(kept.call("runs", "--json").stdout)) == 3
    assert Path(kept.store).read_bytes() == before
