"""Numbers, counts and lists in words, the same on every page."""

from __future__ import annotations

from collections.abc import Sequence

_NEARLY_ONE = 1 - 1e-9
"""What a sum of floats may fall short of one."""


def number(value: float) -> str:
    """At most two decimals (two significant digits for the very small), thousands apart, no minus zero."""
    if value and abs(value) < 0.01:
        return f"{value:.2g}"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(share: float) -> str:
    """A share of one in whole per cent, rounded so that only a full one reads 100 %."""
    whole = round(share * 100)
    if whole == 100 and share < _NEARLY_ONE:
        whole = 99
    return f"{whole} %"


def plural(count: int, thing: str) -> str:
    """``3 tickets``, ``1 ticket``; every thing counted here takes a plain s."""
    return f"{count:,} {thing if count == 1 else thing + 's'}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """``a, b and c``; empty for nothing."""
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
