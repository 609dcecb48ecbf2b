"""A fresh store and an empty tracker for every unit test that asks for one; the migrations run once a session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_connector import FakeTracker

from okrsync.store import Store


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"
    Store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Iterator[Store]:
    path = tmp_path / "okrsync.db"
    shutil.copy(empty_store, path)
    with Store(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Store]:
    """One store for all examples of a property; each example uses a connection name of its own."""
    path = tmp_path_factory.mktemp("scratch") / "okrsync.db"
    shutil.copy(empty_store, path)
    with Store(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture
def tracker() -> FakeTracker:
    return FakeTracker()
