"""Cycles: the period that objectives are for, and where it is in its life."""

from __future__ import annotations

from datetime import UTC, date, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import model_validator

from okrsync.model.okr.fields import Frozen, Id


class Phase(StrEnum):
    """Where a cycle is in its life."""

    DRAFT = "draft"
    ACTIVE = "active"
    GRADING = "grading"
    CLOSED = "closed"


class Cycle(Frozen):
    """A period with an end. ``start`` and ``end`` are both part of it."""

    id: Id
    start: date
    end: date
    timezone: str = "UTC"
    state: Phase = Phase.ACTIVE

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Cycle:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} must be after start {self.start}")
        return self

    @property
    def zone(self) -> tzinfo:
        """Whose midnights begin and end the cycle; UTC needs no time zone database. Raises ZoneInfoNotFoundError."""
        return UTC if self.timezone.upper() == "UTC" else ZoneInfo(self.timezone)
