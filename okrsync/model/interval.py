"""Spans of time as people write them in YAML: ``30s``, ``5m``, ``1h``, ``1d``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_WRITTEN = re.compile(r"(?P<number>[1-9][0-9]{0,5})(?P<unit>[smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _interval(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    written = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        raise ValueError("must be a duration such as 30s, 5m, 1h or 1d")
    return timedelta(**{_UNITS[written["unit"]]: int(written["number"])})


Interval = Annotated[
    timedelta,
    BeforeValidator(_interval),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,5}[smhd]$"}),
]
"""At least a second, at most 999,999 days."""
