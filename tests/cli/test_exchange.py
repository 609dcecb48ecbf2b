"""Export and import at the command line."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from past_runs import CONFIG, Past
from report_values import NOW
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.model.checkin import CheckIn
from okrsync.store import Store

GOALS = "Goal;Result;From;To;Mood\nBuying is effortless;Conversion;2.1%;3%;fine\n;The rota is in force;;;\n"


@pytest.fixture
def acme(past: Past) -> Past:
    with Store(f"sqlite:///{past.store}") as store, store.transaction():
        store.checkins.add(CheckIn("checkout-1", NOW, "ana", note="=on it", confidence=6))
    return past


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "okrsync.yaml").write_text(CONFIG)
    return folder


def _call(folder: Path, *arguments: str, now: datetime = NOW) -> Result:
    session = Session(config=folder / "okrsync.yaml", environ={"GITHUB_TOKEN": "a-secret-token"}, now=lambda: now)
    return CliRunner().invoke(app, list(arguments), obj=session)


def test_an_export_is_json_on_stdout_and_nothing_else(acme: Past) -> None:
    result = acme.call("export")
    told = json.loads(result.stdout)
    assert (told["format"], told["version"], told["okrs"][0]["file"]) == ("okrsync", 1, "okrs/shop.yaml")
    assert told["history"]["checkins"][0]["note"] == "=on it"
    assert result.stderr == ""
    assert "a-secret-token" not in result.stdout


@pytest.mark.parametrize("output", ["all.json", "tables", "tables.zip"])
def test_what_was_exported_comes_back_elsewhere(acme: Past, elsewhere: Path, tmp_path: Path, output: str) -> None:
    target, form = tmp_path / output, "json" if output.endswith(".json") else "csv"
    exported = acme.call("export", "--format", form, "--output", str(target))
    assert exported.exit_code == 0
    assert f"okrsync import {target} brings it back." in exported.stderr
    result = _call(elsewhere, "import", str(target))
    assert result.exit_code == 0
    assert f"Wrote {elsewhere}/okrs/shop.yaml." in result.stderr
    assert "Kept 1 check-in." in result.stderr
    there, here = (json.loads(_call(folder, "export").stdout) for folder in (acme.folder, elsewhere))
    assert here["history"] == there["history"]
    assert here["okrs"][0]["content"] == there["okrs"][0]["content"]
    assert _call(elsewhere, "check", "--offline").exit_code == 0
    again = _call(elsewhere, "import", str(target))
    assert "The store holds this history already." in again.stderr


def test_spreadsheets_get_no_formula(acme: Past, tmp_path: Path) -> None:
    acme.call("export", "--format", "csv", "--output", str(tmp_path / "t.zip"))
    with zipfile.ZipFile(tmp_path / "t.zip") as packed:
        assert ",'=on it," in packed.read("checkins.csv").decode()


@pytest.mark.parametrize("form", ["csv", "okrchestra"])
def test_several_files_need_a_place(acme: Past, form: str) -> None:
    result = acme.call("export", "--format", form)
    assert result.exit_code == 2
    assert "--output" in result.stderr


def test_an_export_overwrites_nothing(acme: Past, tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("mine")
    assert acme.call("export", "-o", str(tmp_path / "all.json")).exit_code == 2
    assert acme.call("export", "--format", "csv", "-o", str(tmp_path / "full")).exit_code == 2
    assert (tmp_path / "all.json").read_text() == "mine"
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["x"]


def test_okrchestra_gets_a_workspace_and_gives_everything_back(acme: Past, elsewhere: Path, tmp_path: Path) -> None:
    exported = acme.call("export", "--format", "okrchestra", "-o", str(tmp_path / "ws"))
    assert exported.exit_code == 0
    assert "What it has no place for lies in its folder okrsync/." in exported.stderr
    assert (tmp_path / "ws" / "okrs" / "shop.yml").exists()
    result = _call(elsewhere, "import", str(tmp_path / "ws"))
    assert (result.exit_code, f"Wrote {elsewhere}/okrs/shop.yaml." in result.stderr) == (0, True)
    assert (elsewhere / "okrs" / "shop.yaml").read_text() == (acme.folder / "okrs" / "shop.yaml").read_text()
    before, after = (json.loads(one) for one in (acme.call("export").stdout, _call(elsewhere, "export").stdout))
    assert after | {"exported_at": ""} == before | {"exported_at": ""}


def test_a_workspace_that_was_edited_is_read_as_it_says_now(acme: Past, elsewhere: Path, tmp_path: Path) -> None:
    ours = acme.folder / "okrs" / "shop.yaml"
    ours.write_text(ours.read_text().replace("2026-12-31", "2026-12-24"))
    acme.call("export", "--format", "okrchestra", "-o", str(tmp_path / "ws"))
    edited = tmp_path / "ws" / "okrs" / "shop.yml"
    edited.write_text(edited.read_text().replace("Ship it", "Ship all of it"))
    result = _call(elsewhere, "import", str(tmp_path / "ws"))
    assert result.exit_code == 0
    assert "okrsync/everything.json is passed over: okrs/shop.yml." in result.stderr
    assert f"Wrote {elsewhere}/okrs/ws.yaml: 1 objective and 1 key result." in result.stderr
    assert "Ship all of it" in (elsewhere / "okrs" / "ws.yaml").read_text()
    assert "end: 2026-12-24" in (elsewhere / "okrs" / "ws.yaml").read_text(), "the cycle is the one of the notes"
    assert _call(elsewhere, "check", "--offline").exit_code == 0


def test_a_workspace_can_be_checked_with_the_tool_for_sums(acme: Past, tmp_path: Path) -> None:
    acme.call("export", "--format", "okrchestra", "-o", str(tmp_path / "ws"))
    lines = (tmp_path / "ws" / "okrsync" / "SHA256SUMS").read_text().splitlines()
    assert lines
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "ws" / name).read_bytes()).hexdigest() == digest


def test_files_are_named_from_where_people_stand_as_check_names_them(
    acme: Past, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.call("export", "-o", str(tmp_path / "all.json"))
    monkeypatch.chdir(tmp_path)
    here = elsewhere.relative_to(tmp_path)
    assert "Wrote elsewhere/okrs/shop.yaml." in _call(here, "import", "all.json").stderr
    assert "The same already: elsewhere/okrs/shop.yaml." in _call(here, "import", "all.json").stderr
    (elsewhere / "okrs" / "shop.yaml").write_text("cycle: 7\n")
    assert "elsewhere/okrs/shop.yaml" in _call(here, "check", "--offline").stderr


def test_a_file_that_is_not_read_is_named_as_the_configuration_has_to_name_it(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = _goals(elsewhere.relative_to(tmp_path), "-o", "elsewhere/plans/goals.yaml").stderr
    assert "Wrote elsewhere/plans/goals.yaml:" in told
    assert "elsewhere/okrsync.yaml does not read plans/goals.yaml: add it to `okrs:`." in told


def _goals(folder: Path, *more: str, text: str = GOALS) -> Result:
    (folder / "goals.csv").write_text(text)
    mapping = ("objective=Goal", "title=Result", "start=From", "target=To")
    given = [part for pair in mapping for part in ("--map", pair)]
    return _call(folder, "import", "--csv", str(folder / "goals.csv"), *given, *more)


def test_a_table_that_is_taken_for_an_export_is_told_how_it_comes_in(elsewhere: Path) -> None:
    (elsewhere / "goals.csv").write_text(GOALS)
    result = _call(elsewhere, "import", str(elsewhere / "goals.csv"))
    assert result.exit_code == 2
    assert "goals.csv is a table, and no export of okrsync." in result.stderr
    assert f"okrsync import --csv {elsewhere}/goals.csv takes it in." in result.stderr


def test_a_table_becomes_an_okr_file_that_is_right(elsewhere: Path) -> None:
    result = _goals(elsewhere)
    assert result.exit_code == 0
    assert f"Wrote {elsewhere}/okrs/goals.yaml: 1 objective and 2 key results." in result.stderr
    assert "Passed over, since nothing is mapped to them: Mood." in result.stderr
    assert _call(elsewhere, "check", "--offline").exit_code == 0
    text = (elsewhere / "okrs" / "goals.yaml").read_text()
    assert "cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}" in text
    assert "measure: {type: manual, start: 2.1, target: 3}" in text
    assert "# from goals.csv, row 3; no target was given, so it is a yes or no" in text


def test_a_table_joins_the_cycle_that_the_files_know(acme: Past) -> None:
    file = acme.folder / "okrs" / "shop.yaml"
    file.write_text(file.read_text().replace("2026-12-31}", "2026-12-30, timezone: Europe/Berlin}"))
    assert _goals(acme.folder).exit_code == 0
    text = (acme.folder / "okrs" / "goals.yaml").read_text()
    assert "cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-30, timezone: Europe/Berlin}" in text


def test_a_bad_cell_stops_everything(elsewhere: Path) -> None:
    result = _goals(elsewhere, text=GOALS.replace("3%", "three"))
    assert result.exit_code == 2
    assert "goals.csv: row 2, column To: `three` is no number" in result.stderr
    assert not (elsewhere / "okrs").exists()


def test_an_okr_file_is_never_overwritten(elsewhere: Path) -> None:
    _goals(elsewhere)
    before = (elsewhere / "okrs" / "goals.yaml").read_text()
    result = _goals(elsewhere, text=GOALS.replace("effortless", "fun"))
    assert result.exit_code == 2
    assert "nothing is overwritten" in result.stderr
    assert (elsewhere / "okrs" / "goals.yaml").read_text() == before


def test_a_file_that_is_not_read_is_told(elsewhere: Path) -> None:
    result = _goals(elsewhere, "--output", str(elsewhere / "plans.yaml"))
    assert "does not read plans.yaml: add it to `okrs:`." in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), ""),
        (("--cycle", "2027-Q2"), "cycle: {id: 2027-Q2, start: 2027-04-01, end: 2027-06-30}"),
        (
            ("--cycle", "summer", "--start", "2026-06-01", "--end", "2026-08-31"),
            "cycle: {id: summer, start: 2026-06-01",
        ),
    ],
)
def test_the_cycle_is_told_or_this_quarter(elsewhere: Path, options: tuple[str, ...], said: str) -> None:
    assert _goals(elsewhere, *options).exit_code == 0
    assert said in (elsewhere / "okrs" / "goals.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import",), "Say what to import."),
        (("import", "x.json", "--csv", "y.csv"), "Say what to import."),
        (("import", "gone.json"), "gone.json cannot be read"),
        (("import", "--csv", "gone.csv"), "gone.csv cannot be read"),
        (("import", "--csv", "gone.csv", "--map", "title"), "--map title is no pair."),
        (("import", "--csv", "gone.csv", "--cycle", "summer"), "When is summer?"),
        (("import", "--csv", "x", "--cycle", "a", "--start", "2026-02-01", "--end", "2026-01-01"), "a is no cycle"),
        (("import", "okrs"), "okrs cannot be imported"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_do(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(elsewhere)
    (elsewhere / "okrs").mkdir()
    result = _call(elsewhere, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "→" in result.stderr


def test_without_a_configuration_nothing_is_imported(tmp_path: Path) -> None:
    result = _call(tmp_path, "import", "x.json")
    assert result.exit_code == 2
    assert "okrsync init writes one" in result.stderr
