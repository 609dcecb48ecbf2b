"""`okrsync store`: check, backup and restore, on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from past_runs import Past
from typer.testing import Result

from okrsync.store.upgrade import HEAD

Call = Callable[..., Result]


def test_a_store_that_is_not_there_yet_is_no_fault(past: Past) -> None:
    result = past.call("store", "check")
    assert result.exit_code == 0
    assert "okrsync sync" in result.stdout
    assert not past.store.exists()


def test_a_sound_store_is_described(past: Past) -> None:
    past.remember()
    result = past.call("store", "check")
    assert result.exit_code == 0
    assert f"version {HEAD}" in result.stdout
    assert "3 runs, 4 writes" in result.stdout
    assert "1 change whose end nobody saw" in result.stdout
    assert "Sound." in result.stdout
    told = json.loads(past.call("store", "check", "--json").stdout)
    assert told["counts"]["runs"] == 3
    assert told["problems"] == []


def test_a_damaged_store_exits_1_and_says_what_brings_it_back(past: Past) -> None:
    past.store.write_bytes(b"\xff" * 5000)
    result = past.call("store", "check")
    assert result.exit_code == 1
    assert "Not sound" in result.stdout
    assert "okrsync store restore FILE" in result.stdout
    assert json.loads(past.call("store", "check", "--json").stdout)["problems"]


def test_a_backup_comes_back(past: Past, tmp_path: Path) -> None:
    past.remember()
    made = past.call("store", "backup", str(tmp_path / "copy.db"))
    assert made.exit_code == 0
    assert "okrsync store restore" in made.stderr
    past.store.write_bytes(b"\xff" * 5000)
    result = past.call("store", "restore", str(tmp_path / "copy.db"))
    assert result.exit_code == 0
    assert ".before-restore" in result.stderr
    assert [row["id"] for row in json.loads(past.call("runs", "--json").stdout)] == [3, 2, 1]


def test_a_backup_that_exists_is_left_alone_and_exits_1(past: Past, tmp_path: Path) -> None:
    past.remember()
    (tmp_path / "copy.db").touch()
    result = past.call("store", "backup", str(tmp_path / "copy.db"))
    assert result.exit_code == 1
    assert "exists already" in result.stderr


@pytest.mark.parametrize("action", ["backup", "restore"])
def test_there_must_be_something_to_copy(past: Past, tmp_path: Path, action: str) -> None:
    result = past.call("store", action, str(tmp_path / "copy.db"))
    assert result.exit_code == 1
    assert "There is no" in result.stderr
    assert "okrsync" in result.stderr.partition("→")[2]


@pytest.mark.parametrize("action", ["check", "backup", "restore"])
def test_each_explains_itself_and_takes_the_options_of_all(okrsync: Call, action: str) -> None:
    shown = okrsync("store", action, "--help").stdout
    assert f"$ okrsync store {action}" in shown
    assert "--config" in shown


@pytest.mark.parametrize("trouble", ["a typo", "no file"])
def test_the_store_is_mended_and_its_journal_read_whatever_the_okr_files_say(
    past: Past, tmp_path: Path, trouble: str
) -> None:
    past.remember()
    okrs = past.folder / "okrs" / "shop.yaml"
    okrs.write_text("cycle: 7\n") if trouble == "a typo" else okrs.unlink()
    copy = str(tmp_path / "copy.db")
    assert past.call("status").exit_code == 2
    commands = (["store", "check"], ["store", "backup", copy], ["store", "restore", copy], ["runs"], ["runs", "1"])
    for command in (*commands, ["audit", "--jsonl"]):
        assert past.call(*command).exit_code == 0, command
