"""A run's turn: so long it may write before others go first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SLICE = 0.5
"""Seconds of writing that every turn is good for, however many others wait: so everybody gets on."""

OWN = 10.0
"""The same while only webhooks of the connection itself ring, most of which are the echo of what is being written."""


@dataclass
class Turn:
    """``others`` and ``own`` tell who waits; ``clock`` counts seconds. ``gave_way`` tells how the turn ended."""

    clock: Callable[[], float]
    others: Callable[[], bool]
    own: Callable[[], bool]
    gave_way: bool = False
    _began: float | None = None

    def over(self) -> bool:
        """Asked before each write."""
        now = self.clock()
        self._began = now if self._began is None else self._began
        lasted = now - self._began
        self.gave_way = self.gave_way or (lasted >= SLICE and self.others()) or (lasted >= OWN and self.own())
        return self.gave_way
