"""What every test of the pull begins with."""

from __future__ import annotations

import pytest
from fake_connector import FakeTracker
from pulling import Clock, Pull, pull_of

from okrsync.store import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pull(store: Store, tracker: FakeTracker, clock: Clock) -> Pull:
    return pull_of(store, tracker, clock)
