"""The contract of connectors, as tests that a connector author runs by subclassing one class.

class TestMine(ConnectorContract):
    @pytest.fixture
    def tracker(self) -> Iterator[Tracker]:
        with MyServer() as server:
            yield MyTracker(server)
"""

from __future__ import annotations

import pytest

from okrsync.testing.answers import AnswersContract
from okrsync.testing.histories import HistoryContract
from okrsync.testing.reading import ReadingContract
from okrsync.testing.tracker import Rig, Tracker
from okrsync.testing.writing import WritingContract


class ConnectorContract(ReadingContract, AnswersContract, WritingContract, HistoryContract):
    """Every promise of :class:`okrsync.connector.Connector` that can be seen from outside."""

    @pytest.fixture
    def tracker(self) -> Tracker:
        """Override it: a tracker with three pages of tickets and a milestone."""
        raise NotImplementedError("give the contract a tracker: override this fixture")

    @pytest.fixture
    def rig(self, tracker: Tracker) -> Rig:
        """The connector under test."""
        return Rig(tracker)
