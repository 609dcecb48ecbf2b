"""What browser tests talk about: a dashboard, who may sign in, and one person's window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKENS = {"ana": "the token of ana", "max": "the token of max", "vic": "the token of vic"}
ROLES = {"ana": "owner", "max": "admin", "vic": "viewer"}


@dataclass(frozen=True)
class Dashboard:
    """``open`` is for whoever sits at the machine, ``guarded`` asks everybody to sign in."""

    open: str
    guarded: str
    folder: Path


@dataclass
class Visit:
    """One person's window. ``trouble`` collects what the console and the page complain about."""

    page: Any
    trouble: list[str]


Open = Callable[..., Visit]
Picture = Callable[..., None]
