"""What a review of a cycle talks about: the numbers as they stand or were frozen, and how they came about."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from okrsync.model.attribution import Attribution
from okrsync.model.burnup import BurnUp
from okrsync.model.checkin import CheckIn
from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing, Remark
from okrsync.model.figures import TeamFigures
from okrsync.model.outlook import Outlook


class Reviewed(msgspec.Struct, frozen=True):
    """A key result with its course. ``moved`` is what moved it since the cycle began, ``said`` the last check-in."""

    ended: ClosedKeyResult
    burn_up: BurnUp | None = None
    outlook: Outlook | None = None
    moved: Attribution | None = None
    said: CheckIn | None = None


class ReviewedObjective(msgspec.Struct, frozen=True):
    """An objective with its key results; its score is the progress while the cycle goes on."""

    ended: ClosedObjective
    key_results: tuple[Reviewed, ...]


class Review(msgspec.Struct, frozen=True):
    """A cycle for its review, as of ``at``. ``closed`` is the closing that holds, ``earlier`` are those before it.

    ``hidden`` counts objectives that only their team sees and that are left out. One of several pages tells of some
    objectives, also of the closing that holds, and the last has the figures and the remarks.
    """

    cycle: str
    start: date
    end: date
    at: datetime
    objectives: tuple[ReviewedObjective, ...]
    figures: tuple[TeamFigures, ...]
    remarks: tuple[Remark, ...]
    closed: Closing | None = None
    earlier: tuple[Closing, ...] = ()
    hidden: int = 0
    page: int = 1
    pages: int = 1
