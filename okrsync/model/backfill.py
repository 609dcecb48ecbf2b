"""What rebuilding the past takes, and what it brought."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from okrsync.model.life import Moment
from okrsync.model.work import Item


class Due(msgspec.Struct, frozen=True):
    """An item whose past before the moment ``until`` is not known yet, and the key results (case-folded) it is for."""

    item: Item
    until: datetime
    key_results: tuple[str, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """What its tracker told of an item that was due; no ``moments``: it told nothing."""

    due: Due
    moments: tuple[Moment, ...] = ()


class Estimate(msgspec.Struct, frozen=True):
    """What one connection will be asked: about ``requests`` for the histories of ``items`` items."""

    connection: str
    items: int
    requests: int = 0
    error: str = ""
    hint: str = ""


class HistoriesRead(msgspec.Struct, frozen=True):
    """What one connection told: ``told`` of ``items`` histories came; of ``silent`` items it tells nothing.

    ``error`` is "" when all were asked for; the rest is read next time. ``waited`` is in seconds.
    """

    connection: str
    items: int = 0
    told: int = 0
    silent: int = 0
    requests: int = 0
    waited: float = 0.0
    error: str = ""
    hint: str = ""


class Rebuilt(msgspec.Struct, frozen=True):
    """A key result's past: readings of ``days`` days from ``first`` to ``last``, of which ``readings`` differ.

    ``changed`` tells that they are news; ``reason`` why there are none.
    """

    key_result: str
    title: str
    days: int = 0
    readings: int = 0
    first: date | None = None
    last: date | None = None
    changed: bool = False
    reason: str = ""


class BackfillReport(msgspec.Struct, frozen=True):
    """One backfill, whole. ``exit_code`` is 4 when a connection could not tell everything it was asked."""

    id: int
    started: datetime
    finished: datetime
    connections: tuple[HistoriesRead, ...]
    key_results: tuple[Rebuilt, ...]
    exit_code: int = 0
