"""An archive comes back whole or not at all, and nothing that is there is ever overwritten."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from okr_strategies import contents, histories

from okrsync.errors import Busy, ConfigError
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import OkrFile
from okrsync.okrfile import load_okrs
from okrsync.practice.desk import Desk
from okrsync.practice.exchange.archive import Archive, OkrSource, take
from okrsync.practice.exchange.csvform import as_csv, from_csv
from okrsync.practice.exchange.jsonform import as_json, from_json
from okrsync.practice.exchange.restoring import restore
from okrsync.practice.exchange.site import Site, new_files
from okrsync.store import Store
from okrsync.store.archive import TABLES

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CONFIG = """\
okrs: [okrs/*.yaml]
connections:
  github: {type: github, repositories: [acme/shop]}
"""
TEXT = """\
# Written by hand.
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}   # the quarter
objectives:
  - id: checkout
    title: Buying is effortless
"""
CONTENT = {
    "cycle": {"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"},
    "objectives": [{"id": "checkout", "title": "Buying is effortless"}],
}
HISTORY = {"checkins": [{"id": 1, "key_result": "a", "at": NOW.isoformat(), "who": "ana", "note": "on it",
                         "blocker": "", "next": "", "reason": ""}]}  # fmt: skip
ARCHIVE = Archive(NOW, (OkrSource("okrs/shop.yaml", CONTENT, TEXT),), HISTORY)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "okrsync.yaml").write_text(CONFIG)
    return tmp_path


def _site(home: Path) -> Site:
    return Site.open(home / "okrsync.yaml", {"GITHUB_TOKEN": "t"}, lambda: NOW)


def _taken(home: Path) -> Archive:
    site = _site(home)
    okrs = load_okrs(site.settings, site.plugins)
    with Store(site.settings.store) as store:
        return take(Desk(store, okrs, site.settings, NOW))


def _rows(history: Any) -> dict[str, list[dict[str, Any]]]:
    """By table, without the columns that hold nothing, in the order of the keys."""
    return {
        name: sorted(
            ({key: one for key, one in row.items() if one is not None} for row in history.get(name, ())), key=repr
        )
        for name in TABLES
    }


def test_files_and_history_come_back_with_comments_and_all(home: Path) -> None:
    done = restore(_site(home), ARCHIVE, "x.json")
    assert (home / "okrs" / "shop.yaml").read_text() == TEXT
    assert (done.written, done.rows) == ((f"{home}/okrs/shop.yaml",), {"checkins": 1})
    with Store(f"sqlite:///{home / 'okrsync.db'}") as store:
        assert store.checkins.of("a") == (CheckIn("a", NOW, "ana", note="on it"),)


@given(contents(), histories())
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_files_and_any_history_come_back_into_an_empty_store(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, okrs: dict[str, Any], history: dict[str, Any]
) -> None:
    for form in ("json", "csv"):
        home = tmp_path_factory.mktemp("home")
        (home / "okrsync.yaml").write_text(CONFIG)
        shutil.copy(empty_store, home / "okrsync.db")
        archive = Archive(NOW, tuple(OkrSource(file, one) for file, one in okrs.items()), history)
        linked = {(row["connection"], row["item"]) for name in ("links", "past_links") for row in history[name]}
        history = {**history, "items": [row for row in history["items"] if (row["connection"], row["id"]) in linked]}
        archive = msgspec.structs.replace(archive, history=history)
        written = from_json(as_json(archive), "x") if form == "json" else from_csv(as_csv(archive), "x")
        restore(_site(home), written, "x")
        back = _taken(home)
        assert {one.file: OkrFile.model_validate(one.content) for one in back.okrs} == {
            file: OkrFile.model_validate(one) for file, one in okrs.items()
        }
        assert _rows(back.history) == _rows(history)


def test_importing_twice_changes_nothing(home: Path) -> None:
    restore(_site(home), ARCHIVE, "x.json")
    again = restore(_site(home), ARCHIVE, "x.json")
    assert (again.written, again.known, again.rows) == ((), (f"{home}/okrs/shop.yaml",), {})
    assert _rows(_taken(home).history) == _rows(_taken(home).history)
    assert len(_taken(home).history["checkins"]) == 1


def test_what_was_exported_can_be_imported_where_it_came_from(home: Path) -> None:
    restore(_site(home), ARCHIVE, "x.json")
    assert restore(_site(home), _taken(home), "x.json").rows == {}


def test_a_store_with_another_history_is_left_alone(home: Path) -> None:
    with Store(f"sqlite:///{home / 'okrsync.db'}") as store, store.transaction():
        store.checkins.add(CheckIn("b", NOW, "ben"))
    with pytest.raises(ConfigError) as refused:
        restore(_site(home), ARCHIVE, "x.json")
    assert "The store is not empty, and x.json holds something else: checkins (1 here, 1 to import)." in str(
        refused.value
    )
    assert not (home / "okrs").exists(), "no file is written either"


def test_a_file_that_says_something_else_is_left_alone(home: Path) -> None:
    (home / "okrs").mkdir()
    other = TEXT.replace("effortless", "fun")
    (home / "okrs" / "shop.yaml").write_text(other)
    with pytest.raises(ConfigError) as refused:
        restore(_site(home), ARCHIVE, "x.json")
    assert "okrs/shop.yaml: exists already, and says something else" in str(refused.value)
    assert (home / "okrs" / "shop.yaml").read_text() == other
    assert not _store_has_anything(home)


def _store_has_anything(home: Path) -> bool:
    with Store(f"sqlite:///{home / 'okrsync.db'}") as store:
        return any(store.archive.counts().values())


@pytest.mark.parametrize("file", ["../outside.yaml", "/etc/okrs.yaml", "okrs/shop.txt", "okrsync.db"])
def test_no_archive_writes_elsewhere(home: Path, file: str) -> None:
    with pytest.raises(ConfigError) as refused:
        restore(_site(home), msgspec.structs.replace(ARCHIVE, okrs=(OkrSource(file, CONTENT),)), "x.json")
    assert "is no YAML file below the folder of the configuration" in str(refused.value)


def test_the_text_of_an_archive_is_used_only_when_it_says_what_the_content_says(home: Path) -> None:
    lying = OkrSource("okrs/shop.yaml", CONTENT, TEXT.replace("effortless", "fun"))
    restore(_site(home), msgspec.structs.replace(ARCHIVE, okrs=(lying,)), "x.json")
    assert "title: Buying is effortless" in (home / "okrs" / "shop.yaml").read_text()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"who": None}, "history.checkins[0].who: must be given"),
        ({"value": "much"}, "history.checkins[0].value: must be a number"),
        ({"confidence": 1.5}, "history.checkins[0].confidence: must be a whole number"),
        ({"confidence": 2**70}, "history.checkins[0].confidence: must be a number that fits into 64 bits"),
        ({"value": True}, "history.checkins[0].value: must be a number"),
        ({"at": "yesterday"}, "history.checkins[0].at: must be a time with its zone"),
        ({"at": "2026-10-01T09:00:00"}, "history.checkins[0].at: must be a time with its zone"),
        ({"status": "fine"}, "history.checkins[0].status: must be as it was exported"),
        ({"mood": "good"}, "history.checkins[0].mood: must be a column of checkins"),
    ],
)
def test_a_row_that_cannot_be_right_is_named(home: Path, row: dict[str, Any], said: str) -> None:
    bad = {"checkins": [{**HISTORY["checkins"][0], **row}]}
    with pytest.raises(ConfigError) as refused:
        restore(_site(home), msgspec.structs.replace(ARCHIVE, history=bad), "x.json")
    assert said in str(refused.value)
    assert not (home / "okrs").exists()


def test_the_same_row_twice_is_refused(home: Path) -> None:
    twice = {"checkins": HISTORY["checkins"] * 2}
    with pytest.raises(ConfigError, match=r"checkins\[1\]: is the same one as history.checkins\[0\]"):
        restore(_site(home), msgspec.structs.replace(ARCHIVE, history=twice), "x.json")


def test_okrs_that_would_be_wrong_here_are_refused(home: Path) -> None:
    result = {
        "id": "a",
        "title": "T",
        "measure": {"type": "completion"},
        "links": [{"connection": "jira", "type": "Bug"}],
    }
    content = {**CONTENT, "objectives": [{"id": "o", "title": "T", "key_results": [result]}]}
    with pytest.raises(ConfigError) as refused:
        restore(_site(home), msgspec.structs.replace(ARCHIVE, okrs=(OkrSource("okrs/a.yaml", content),)), "x.json")
    assert "no connection is called `jira`" in str(refused.value)
    assert not (home / "okrs").exists()


def test_a_file_that_the_configuration_does_not_read_is_told(home: Path) -> None:
    elsewhere = msgspec.structs.replace(ARCHIVE, okrs=(OkrSource("plans/shop.yaml", CONTENT),))
    assert restore(_site(home), elsewhere, "x.json").unread == ("plans/shop.yaml",)


def test_while_a_run_has_the_store_nothing_is_imported(home: Path) -> None:
    with Store(f"sqlite:///{home / 'okrsync.db'}") as store, store.held("sync", NOW), pytest.raises(Busy):
        restore(_site(home), ARCHIVE, "x.json")
    assert not (home / "okrs").exists()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("here")
    with pytest.raises(ConfigError, match="exists already"), new_files({tmp_path / "c/d/a": "1", tmp_path / "b": "2"}):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_files_go_again_when_what_follows_fails(tmp_path: Path) -> None:
    def fail() -> None:
        with new_files({tmp_path / "c/a": "1"}):
            assert (tmp_path / "c/a").exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not any(tmp_path.iterdir())
