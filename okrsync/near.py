"""Names that are nearly right, and what was probably meant by them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: object, valid: Iterable[str]) -> str | None:
    """The valid name that ``name`` was probably meant to be, in whatever case; None where none is near."""
    known = {one.casefold(): one for one in valid}
    near = difflib.get_close_matches(str(name).casefold(), known, n=1)
    return known[near[0]] if near else None


def did_you_mean(name: object, valid: Iterable[str], otherwise: str, option: str = "") -> str:
    """What to do about a wrong name: the nearest one, behind the option that takes it, or else ``otherwise``."""
    near = nearest(name, valid)
    return f"Did you mean {f'{option} {near}'.strip()}?" if near else otherwise
