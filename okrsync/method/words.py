"""Figures and days in the words of the method, so that every page says them alike."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath

from okrsync.method.bands import NOISE


def percent(share: float) -> str:
    """A share of one in whole per cent, rounded so that only a full one reads 100 %."""
    whole = round(share * 100)
    if whole == 100 and share < 1 - NOISE:
        whole = 99
    return f"{whole} %"


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
