"""Why a key result moved, at a terminal: the sentence, the causes, and the tickets of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from itertools import cycle, islice
from math import floor

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.model.attribution import Attribution, Cause, Piece
from okrsync.report.safe import shorten
from okrsync.report.text import entry, line, table, ticket_key
from okrsync.words import number, plural

MOST = 12
"""So many tickets of a cause are listed; the others are counted."""

TENTHS = 1000.0
"""Tenths of a percentage point in a progress of one."""


def why_text(found: Attribution, *, zone: tzinfo, width: int, every: bool = False) -> Group:
    """``every`` lists all tickets; else the heaviest of each cause. Times are those of ``zone``."""
    return Group(*_headline(found, zone), Text(), *_causes(found, width, None if every else MOST))


def _headline(found: Attribution, zone: tzinfo) -> list[Text]:
    since, until = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (found.since, found.until))
    lines = [
        entry((found.key_result, "bold"), f"  {found.title}", (f"  {since} to {until}", "dim")),
        line(f"{_amount(found, found.before)} → {_amount(found, found.after)}"),
        entry((found.said, "red" if found.regression else "")),
    ]
    return lines + [entry(("Mind: ", "yellow"), remark) for remark in found.remarks]


def _amount(found: Attribution, value: float | None) -> str:
    if value is None:
        return "no data"
    return f"{value * 100:.1f} %" if found.of == "progress" else number(value)


def _causes(found: Attribution, width: int, most: int | None) -> list[RenderableType]:
    if not found.causes:
        return []
    made = table("what", "points" if found.of == "progress" else "value", "ticket", "", numbers=("points", "value"))
    made.columns[0].no_wrap = made.columns[2].no_wrap = True
    whole = round(found.change * TENTHS)
    amounts = apportioned([cause.contributes * TENTHS for cause in found.causes], whole)
    in_points = found.of == "progress"
    for cause, amount in zip(found.causes, amounts, strict=True):
        made.add_row(
            line((cause.name, "bold")),
            _signed(_tenths(amount) if in_points else number(cause.contributes), cause.contributes),
            line(_about(cause)),
            "",
        )
        shares = _shares(cause, amount) if in_points else [number(piece.contributes) for piece in cause.pieces]
        for piece, share in islice(zip(cause.pieces, shares, strict=True), most):
            made.add_row("", line((share, "dim")), ticket_key(piece.key, piece.url), _words(piece, width))
        if most is not None and len(cause.pieces) > most:
            made.add_row(
                "", "", line((f"and {len(cause.pieces) - most} more", "dim")), line(("--all lists them", "dim"))
            )
    made.add_row(
        line(("together", "bold")), _signed(_tenths(whole) if in_points else number(found.change), found.change), "", ""
    )
    return [made]


def _about(cause: Cause) -> str:
    return plural(len(cause.pieces), "item") if cause.pieces and any(one.connection for one in cause.pieces) else ""


def _words(piece: Piece, width: int) -> Text:
    detail = f"  {piece.detail}" if piece.detail else ""
    return line(shorten(piece.title, max(20, width - 44)), (detail, "dim"))


def _shares(cause: Cause, amount: int) -> list[str]:
    """What each ticket of a cause is shown with: tenths that add up to those of the cause."""
    if not any(piece.contributes for piece in cause.pieces):
        return [""] * len(cause.pieces)
    return [_tenths(one) for one in apportioned([piece.contributes * TENTHS for piece in cause.pieces], amount)]


def apportioned(values: Sequence[float], total: int) -> list[int]:
    """Whole numbers near ``values`` that add up to ``total``: the largest remainders are rounded up first.

    >>> apportioned([1.4, 1.4, 1.2], 4)
    [2, 1, 1]
    """
    low = [floor(value) for value in values]
    order = sorted(range(len(values)), key=lambda place: (low[place] - values[place], place))
    missing = total - sum(low)
    turns = cycle(order if missing >= 0 else order[::-1])
    for place in islice(turns, abs(missing)):
        low[place] += 1 if missing > 0 else -1
    return low


def _signed(written: str, value: float) -> Text:
    return line((written, "green" if value > 0 else "red" if value < 0 else "dim"))


def _tenths(amount: int) -> str:
    return f"{amount / 10:+.1f}" if amount else "0.0"
