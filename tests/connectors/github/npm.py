"""Recorded answers of the real GitHub, from npm packages that are installed beside pytest's cache when npm is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PACKAGES = {"@octokit/fixtures": "23", "@octokit/webhooks-examples": "7"}
_SECONDS = 120


def install(cache: Path) -> Path:
    """The folder of the packages; skips the test where npm or its registry is out of reach.

    Test processes that run at the same time install side by side, and the first one to finish wins.
    """
    home = cache / "octokit" / "node_modules"
    if all((home / name / "package.json").exists() for name in PACKAGES):
        return home
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so there are no recorded answers of GitHub")
    cache.mkdir(exist_ok=True)
    mine = tempfile.mkdtemp(prefix="octokit-", dir=cache)
    wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
    command = [npm, "install", "--prefix", mine, "--no-audit", "--no-fund", "--ignore-scripts", *wanted]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
        os.rename(mine, home.parent)
    except (subprocess.SubprocessError, OSError):
        shutil.rmtree(mine, ignore_errors=True)
    if not home.exists():
        pytest.skip("npm could not install the recorded answers of GitHub")
    return home


def documents(home: Path) -> Iterator[Any]:
    """Every JSON document in the packages that holds answers or events."""
    folders = (home / "@octokit/fixtures/scenarios", home / "@octokit/webhooks-examples")
    for folder in folders:
        for path in sorted(folder.rglob("*.json")):
            if path.name not in ("package.json", "raw-fixture.json"):
                yield json.loads(path.read_text(encoding="utf-8"))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object anywhere in a document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)
