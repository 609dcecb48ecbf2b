"""Writes constraints.txt: the newest version of everything that the development environment needs.

Names and versions only; nothing about where pip got them from.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# Every package that `pip install -e .[dev,mutants]` brings in, at the version that is tested (Python 3.11 to 3.13).
# `make constraints` writes this file anew.
"""


def required() -> list[str]:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = declared["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    return [*project["dependencies"], *extras, *declared["build-system"]["requires"]]


def resolve(requirements: list[str]) -> list[str]:
    """``name==version`` of the requirements and of what they need, as pip would install them today."""
    options = ["--dry-run", "--ignore-installed", "--only-binary=:all:", "-qq", "--report=-"]
    command = [sys.executable, "-m", "pip", "install", *options, *requirements]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    found = (package["metadata"] for package in report["install"])
    return sorted(f"{canonicalize_name(package['name'])}=={package['version']}" for package in found)


def main() -> None:
    lines = "".join(f"{line}\n" for line in resolve(required()))
    (ROOT / "constraints.txt").write_text(HEAD + lines)


if __name__ == "__main__":
    main()
