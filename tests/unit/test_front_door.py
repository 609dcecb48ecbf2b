"""What a newcomer meets first says the truth: README, Makefile, constraints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_shows_the_command(command: str) -> None:
    assert re.search(rf"^ *(\$ )?{command} *(#.*)?$", (ROOT / "README.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_every_dependency_is_pinned_at_a_version_that_it_allows(requirement: Requirement) -> None:
    version = pinned()[canonicalize_name(requirement.name)]
    assert Version(version) in requirement.specifier


def test_time_zones_are_there_where_the_machine_has_none() -> None:
    asked = "from zoneinfo import ZoneInfo; ZoneInfo('Europe/Berlin')"
    subprocess.run([sys.executable, "-c", asked], check=True, env={"PYTHONTZPATH": ""})
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert "tzdata" in {Requirement(text).name for text in needed}, "the line above found that of a package for tests"


def test_constraints_hold_names_and_versions_only() -> None:
    assert len(pinned()) > 20
    for name, version in pinned().items():
        assert name == canonicalize_name(name)
        assert str(Version(version)) == version


def test_the_makefile_explains_each_of_its_targets() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(["make", "help"], cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"demo", "test", "bench", "lint", "types", "help"} <= set(targets)
    assert re.findall(r"^  make ([a-z]+) +\S", told, re.MULTILINE) == targets


def test_no_target_of_the_makefile_is_taken_for_a_file() -> None:
    makefile = (ROOT / "Makefile").read_text()
    told = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    phony = re.search(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)
    assert phony
    assert set(told) == set(phony[1].split())


@pytest.mark.parametrize(
    ("contract", "open_to_it"),
    [
        ("Connectors see only the plug-in boundary", {"connector", "model", "errors", "marker", "retry", "jsontext"}),
        ("The sandbox shares nothing with the engine that is tried against it", {"sandbox"}),
    ],
)
def test_what_may_be_imported_is_a_list_and_everything_else_is_forbidden(contract: str, open_to_it: set[str]) -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    forbidden = next(set(one["forbidden_modules"]) for one in rules if one["name"] == contract)
    rooms = {place.stem for place in (ROOT / "okrsync").iterdir() if place.suffix == ".py" or place.is_dir()}
    assert forbidden == {f"okrsync.{room}" for room in rooms - open_to_it - {"__init__", "__pycache__"}}
