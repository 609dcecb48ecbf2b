"""Machine-readable truth from npm packages, installed when npm is there and kept under the ignored ``node_modules``.

Here alone stands which packages, of which version, and which of their files.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

CACHE = Path(__file__).parents[2] / "node_modules" / ".okrsync"
_SECONDS = 120


class Pinned(NamedTuple):
    """A package's version, and the names of the files that are kept of it; none: all of them."""

    version: str
    files: frozenset[str] = frozenset()


PACKAGES = {
    "@octokit/fixtures": Pinned("23.1.2"),
    "@octokit/openapi": Pinned("23.0.2", frozenset({"api.github.com.json", "LICENSE"})),
    "@octokit/openapi-webhooks": Pinned("12.1.0", frozenset({"api.github.com.json", "package.json"})),
    "@octokit/webhooks-examples": Pinned("7.6.1", frozenset({"index.json", "package.json"})),
}


def npm_package(name: str) -> Path:
    """The package's folder. Skips the test when it cannot be had."""
    folder = CACHE / f"{name.replace('/', '-').removeprefix('@')}-{PACKAGES[name].version}"
    if not folder.exists():
        _install(name, PACKAGES[name], folder)
    return folder


def _install(name: str, pinned: Pinned, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is not installed, so {name} cannot be")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as room:
        command = [
            npm,
            "install",
            "--prefix",
            room,
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            f"{name}@{pinned.version}",
        ]
        try:
            subprocess.run([*command, "--fetch-retries=0"], check=True, capture_output=True, timeout=_SECONDS, cwd=room)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"npm could not install {name}: {type(error).__name__}")
        package = Path(room) / "node_modules" / name
        for file in [path for path in package.rglob("*") if path.is_file() and pinned.files]:
            if file.name not in pinned.files:
                file.unlink()
        try:
            package.rename(folder)
        except OSError:
            assert folder.exists(), "another test process was to have installed it"
