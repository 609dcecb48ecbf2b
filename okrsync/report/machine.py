"""Values as JSON for programs."""

from __future__ import annotations

from typing import Any

import msgspec

from okrsync.report.safe import json_text


def as_json(value: Any) -> str:
    """Indented JSON of any model value; times are ISO 8601 in UTC, changes carry their kind as ``type``."""
    return json_text(msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=2))


def as_json_line(value: Any) -> str:
    """The same on one line, for a file of many."""
    return json_text(msgspec.json.encode(value, order="deterministic"))
