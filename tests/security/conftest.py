"""An installation and its two trackers, as in the tests of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from installation import Installation, install

from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.world import build_world


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        build_world(running)
        yield running


@pytest.fixture
def acme(tmp_path: Path, sandbox: Sandbox) -> Installation:
    return install(tmp_path / "acme", sandbox)
