"""Everything that goes wrong between a client and a tracker, as data that tests and harnesses arm at will."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What a fault does. The first group keeps the request from the tracker, the second lets it be carried out."""

    STATUS = "status"
    HTML_ERROR = "html-error"
    HTML = "html"
    EMPTY = "empty"
    WRONG_SHAPE = "wrong-shape"
    RATE_LIMIT = "rate-limit"
    SECONDARY_LIMIT = "secondary-limit"
    PRIMARY_LIMIT = "primary-limit"
    RESET = "reset"

    COMMITTED_THEN_STATUS = "committed-then-status"
    COMMITTED_THEN_RESET = "committed-then-reset"
    CUT_OFF = "cut-off"
    TRUNCATED = "truncated"
    NESTED = "nested"
    DELAY = "delay"
    REPEATED_PAGE = "repeated-page"


DEPTH = 100_000
"""Brackets within each other; readers give up at a few hundred."""

UNHANDLED = frozenset(
    {
        Kind.STATUS,
        Kind.HTML_ERROR,
        Kind.HTML,
        Kind.EMPTY,
        Kind.WRONG_SHAPE,
        Kind.RATE_LIMIT,
        Kind.SECONDARY_LIMIT,
        Kind.PRIMARY_LIMIT,
        Kind.RESET,
    }
)


class Fault(msgspec.Struct, frozen=True, eq=False, weakref=True, forbid_unknown_fields=True):
    """A rule: which requests it hits, how often, and what happens to them.

    ``path`` and ``method`` are regular expressions, searched in the path with its query and matched in full
    against the method. The first ``skip`` hits pass unharmed, the next ``times`` suffer (None: for ever).
    ``status`` is used by ``status``, ``html-error`` and ``committed-then-status``. ``retry_after`` is in
    seconds, None leaves the header out, ``retry_after_date`` writes it as a date. ``seconds`` is how long
    ``delay`` withholds the answer of a request that was carried out at once. ``message`` replaces the text.
    ``nested`` adds a field that is nested deeper than anybody reads.
    ``repeated-page`` answers its first request truly and all later ones with that same answer.
    """

    kind: Kind
    path: str = ""
    method: str = ".*"
    times: int | None = 1
    skip: int = 0
    status: int = 502
    retry_after: int | None = None
    retry_after_date: bool = False
    seconds: float = 0.0
    message: str = ""

    def hits(self, method: str, target: str) -> bool:
        return bool(re.fullmatch(self.method, method) and re.search(self.path, target))


class FaultBook:
    """The armed faults; the first that hits wins. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[tuple[Fault, list[int]]] = []

    def add(self, kind: str | Fault, **details: object) -> Fault:
        """Arm a fault: ``add("status", status=503, path="/issues", times=2)``. Raises ValidationError on a typo."""
        fault = kind if isinstance(kind, Fault) else msgspec.convert({"kind": kind, **details}, Fault)
        re.compile(fault.path)
        with self._lock:
            self._rules.append((fault, [0]))
        return fault

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def take(self, method: str, target: str) -> Fault | None:
        """The fault this request suffers, which uses it up once."""
        with self._lock:
            for fault, seen in self._rules:
                if fault.times is not None and seen[0] >= fault.skip + fault.times:
                    continue
                if fault.hits(method, target):
                    seen[0] += 1
                    if seen[0] > fault.skip:
                        return fault
            return None

    def repeating(self, method: str, target: str) -> list[Fault]:
        """Faults that may later answer a request like this one with the page it gets now."""
        with self._lock:
            return [
                fault for fault, _ in self._rules if fault.kind is Kind.REPEATED_PAGE and fault.hits(method, target)
            ]

    def pending(self) -> list[Fault]:
        """Faults that have not struck as often as they can."""
        with self._lock:
            return [fault for fault, seen in self._rules if fault.times is None or seen[0] < fault.skip + fault.times]


class FaultyAnswer(msgspec.Struct, frozen=True):
    """What a client receives instead of the tracker's answer."""

    status: int
    headers: dict[str, str]
    body: bytes


_LOGIN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>"
)
_MESSAGES = {
    401: "Bad credentials",
    403: "Resource not accessible by personal access token",
    404: "Not Found",
    409: "Conflict",
    410: "This issue was deleted",
    422: "Validation Failed",
    429: "Too many requests",
    503: "Service unavailable",
}


def answer(fault: Fault, tracker: str, now: datetime) -> FaultyAnswer:
    """The answer a fault puts in place of the tracker's own, in that tracker's manner."""
    if fault.kind is Kind.HTML:
        return FaultyAnswer(200, {"content-type": "text/html; charset=utf-8"}, _LOGIN_PAGE)
    if fault.kind is Kind.HTML_ERROR:
        page = f"<html><head><title>{fault.status}</title></head><body>{fault.message or 'Unicorn!'}</body></html>"
        return FaultyAnswer(fault.status, {"content-type": "text/html; charset=utf-8"}, page.encode())
    if fault.kind is Kind.EMPTY:
        return FaultyAnswer(200, {"content-type": "application/json; charset=utf-8"}, b"")
    if fault.kind is Kind.WRONG_SHAPE:
        return FaultyAnswer(200, {"content-type": "application/json; charset=utf-8"}, b'{"status": "ok"}')
    if fault.kind is Kind.SECONDARY_LIMIT:
        return _refusal(
            fault, tracker, now, 403, "You have exceeded a secondary rate limit. Please wait a few minutes."
        )
    if fault.kind is Kind.PRIMARY_LIMIT:
        return _refusal(fault, tracker, now, 403, "API rate limit exceeded for user ID 1.")
    if fault.kind is Kind.RATE_LIMIT:
        return _refusal(fault, tracker, now, 429, "Rate limit exceeded.")
    return _refusal(fault, tracker, now, fault.status, _MESSAGES.get(fault.status, "Server Error"))


def nested(body: bytes) -> bytes:
    """The same JSON, its first object with one more field, or a list of nothing but depth where it has no object."""
    deep = b"[" * DEPTH + b"]" * DEPTH
    before, brace, after = body.partition(b"{")
    if not brace:
        return deep
    comma = b"" if after.lstrip().startswith(b"}") else b","
    return before + b'{"deep":' + deep + comma + after


def _refusal(fault: Fault, tracker: str, now: datetime, status: int, message: str) -> FaultyAnswer:
    text = fault.message or message
    if tracker == "github":
        body: dict[str, object] = {"message": text, "documentation_url": "https://docs.github.com/rest"}
        if status == 422:
            body["errors"] = []
    else:
        body = {"errorMessages": [text], "errors": {}}
    headers = {"content-type": "application/json; charset=utf-8", **_limit_headers(fault, now)}
    return FaultyAnswer(status, headers, msgspec.json.encode(body))


def _limit_headers(fault: Fault, now: datetime) -> dict[str, str]:
    if fault.kind is Kind.PRIMARY_LIMIT:
        reset = int(now.timestamp()) + (fault.retry_after or 0)
        return {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    if fault.retry_after is None:
        return {}
    if fault.retry_after_date:
        return {"retry-after": format_datetime(now + timedelta(seconds=fault.retry_after), usegmt=True)}
    return {"retry-after": str(fault.retry_after)}
