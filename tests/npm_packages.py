"""Machine-readable truth from npm packages, installed when npm is there and kept under the ignored ``node_modules``."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[1] / "node_modules" / ".okrsync"
_SECONDS = 120


def npm_package(name: str, version: str, *, keep: Callable[[Path], bool] = lambda _: True) -> Path:
    """The package's folder; files that ``keep`` refuses are not stored. Skips the test when it cannot be had."""
    folder = CACHE / f"{name.replace('/', '-').removeprefix('@')}-{version}"
    if not folder.exists():
        _install(name, version, folder, keep)
    return folder


def _install(name: str, version: str, folder: Path, keep: Callable[[Path], bool]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is not installed, so {name} cannot be")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as room:
        command = [npm, "install", "--prefix", room, "--ignore-scripts", "--no-audit", "--no-fund", f"{name}@{version}"]
        try:
            subprocess.run([*command, "--fetch-retries=0"], check=True, capture_output=True, timeout=_SECONDS, cwd=room)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"npm could not install {name}: {type(error).__name__}")
        package = Path(room) / "node_modules" / name
        for file in [path for path in package.rglob("*") if path.is_file() and not keep(path)]:
            file.unlink()
        try:
            package.rename(folder)
        except OSError:
            assert folder.exists(), "another test process was to have installed it"
