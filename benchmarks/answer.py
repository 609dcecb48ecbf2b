"""What the benchmark server's two trackers answer with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; ``body`` is JSON bytes, rendered before the request came where it is large."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def encode(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def as_json(value: Any, status: int = 200) -> Answer:
    return Answer(encode(value), status)
