"""Figures and days in the words of the method, so that every page says them alike."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath

from okrsync.words import percent


def two_shares(one: float, other: float) -> tuple[str, str]:
    """Two shares in per cent, with as many decimals (at most two) as it takes to see that they differ."""
    told = percent(one), percent(other)
    decimals = 1
    while told[0] == told[1] and one != other and decimals <= 2:
        told = f"{one * 100:.{decimals}f} %", f"{other * 100:.{decimals}f} %"
        decimals += 1
    return told


def team_name(team: str) -> str:
    """A team as people read it: one that goes by its OKR file, as nobody named it, by the bare name of the file."""
    file = PurePath(team)
    return file.stem if file.is_absolute() and file.suffix in (".yaml", ".yml") else team


def day_and_month(day: date) -> str:
    """``31 December``."""
    return f"{day.day} {day:%B}"
