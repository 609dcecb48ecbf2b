"""What docs/architecture.md, docs/adr and the tools' own lists in pyproject.toml say of the house is so."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OKRSYNC = ROOT / "okrsync"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
INDEX = (ROOT / "docs" / "adr" / "README.md").read_text()
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "adr").glob("*.md")]
FOLDERS = {"benchmarks", "config", "connectors", "deploy", "docs", "okrsync", "tests", "tools"}
RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

IMPURE = {"os", "random", "secrets", "shutil", "socket", "subprocess", "tempfile", "threading", "time", "uuid"}
ASKS_THE_MACHINE = {"now", "utcnow", "open", "read_text", "write_text", "exists", "getenv", "print", "input"}


def rooms() -> set[str]:
    return {place.stem for place in OKRSYNC.iterdir() if place.suffix == ".py" or place.is_dir()} - {
        "__init__",
        "__pycache__",
    }


def contract(begin: str) -> dict[str, list[str]]:
    """The contract of import-linter whose name begins so."""
    [found] = [one for one in TOOLS["importlinter"]["contracts"] if one["name"].startswith(begin)]
    return found


def pure_files() -> list[Path]:
    """The files of the rooms that the contract of import-linter calls pure."""
    names = contract("Pure rooms")["source_modules"]
    places = [ROOT / name.replace(".", "/") for name in names]
    return [
        file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")])
    ]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
            yield from (one.name for one in node.names if one.name == "Path")


def called(tree: ast.AST) -> Iterator[str]:
    """Names of functions and methods, whatever they belong to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def test_every_room_is_in_the_table() -> None:
    table = ARCHITECTURE.partition("| room |")[2].partition("\n\n")[0]
    named = {name.rstrip("/") for line in table.splitlines() for name in re.findall(r"`(\w+/?)`", line.split("|")[1])}
    assert named == rooms()


@pytest.mark.parametrize(
    ("begin", "open_to"),
    [
        ("The sandbox shares nothing", {"sandbox"}),
        ("Connectors see only", {"connector", "errors", "jsontext", "marker", "model", "retry"}),
    ],
)
def test_a_room_is_closed_to_the_sandbox_and_to_connectors_unless_it_is_said_otherwise(
    begin: str, open_to: set[str]
) -> None:
    closed = {name.removeprefix("okrsync.") for name in contract(begin)["forbidden_modules"]}
    assert rooms() - closed == open_to
    assert closed <= rooms()


def test_mutants_meet_every_test_that_mirrors_their_room() -> None:
    mutated = {
        Path(one).stem if one.endswith(".py") else Path(one).parent.name for one in TOOLS["mutmut"]["only_mutate"]
    }
    chosen = TOOLS["mutmut"]["pytest_add_cli_args_test_selection"]
    unit = ROOT / "tests" / "unit"
    mirrors = {
        test.relative_to(ROOT).as_posix()
        for room in mutated
        for test in (*unit.glob(f"test_{room}*.py"), *(unit / room).glob("test_*.py"))
        if test.parent != unit or test.stem == f"test_{room}" or test.stem.startswith(f"test_{room}_")
    }
    assert mutated <= rooms()
    assert mirrors <= set(chosen)
    assert all((ROOT / one).is_file() for one in chosen)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_of_the_repository_is_there(page: Path) -> None:
    """A path between backticks, from the repository's root or the engine's, and one that a link leads to."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    paths = re.findall(r"`((?:[\w.-]+/)+(?:[\w.-]+\.(?:css|html|md|py))?)`", text)
    named = [one for one in paths if one.partition("/")[0] in FOLDERS | rooms()]
    linked = [one for one in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in one]
    assert not [one for one in named if not any((root / one).exists() for root in (ROOT, OKRSYNC))]
    assert not [one for one in linked if not (page.parent / one).exists()]


def test_every_page_is_found_from_another() -> None:
    pages = {page.resolve() for page in PAGES if page.parent != ROOT}
    links = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text())
        if "://" not in link
    }
    assert pages - links == {ROOT / "docs" / "adr" / "README.md"}


def test_the_pure_rooms_ask_nobody_but_their_caller() -> None:
    files = pure_files()
    assert len(files) > 50
    for file in files:
        tree = ast.parse(file.read_text())
        assert not IMPURE.union({"Path"}).intersection(imported(tree)), file
        assert not ASKS_THE_MACHINE.intersection(called(tree)), file


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_has_a_number_a_status_and_its_title_in_the_index(record: Path) -> None:
    title = re.match(r"# (\d+)\. (.+)\n\nStatus: \w+", record.read_text())
    assert title
    assert int(title[1]) == int(record.name[:4])
    assert f"| {title[1]} | [{title[2]}]({record.name}) |" in INDEX


def test_the_index_lists_nothing_else() -> None:
    assert re.findall(r"^\| \d+ \| \[.*\]\((.*)\) \|$", INDEX, re.MULTILINE) == [record.name for record in RECORDS]
