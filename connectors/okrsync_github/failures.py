"""What GitHub's refusals mean: status, headers and body to an error that says what to do next.

Sources: "Best practices for using the REST API" and "Rate limits for the REST API" in GitHub's documentation.
Messages quote only the ``message`` of GitHub's answer, shortened, never headers or library errors: those hold tokens.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec
import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

from okrsync.connector.unreached import causes, reason, speaks_no_tls, untrusted
from okrsync.errors import (
    AuthError,
    BadAnswer,
    Closed,
    ConnectionFailed,
    Forbidden,
    Gone,
    RateLimited,
    Rejected,
    Transient,
)
from okrsync.retry import plausible

UNSPECIFIED_WAIT = 60.0
"""Seconds to wait for a limit that does not say how long."""

MOVED = frozenset({301, 302, 303, 307, 308})


_FOR_EVER = "GitHub will refuse this request again; its message says why."
_IN_BETWEEN = "Check url: is it the API of a GitHub, and not a proxy in between?"


class Missing(Gone):
    """Gone, with ``reason`` in a few words, and ``location`` where GitHub says to what address it moved."""

    def __init__(self, what: str, reason: str, *, moved: bool = False, location: str = "") -> None:
        hint = "Run a full sync to find where it is." if moved else "Check that it exists and may be seen."
        super().__init__(f"{what}: {reason}.", hint=hint, moved=moved)
        self.reason = reason
        self.location = location


class Unprocessable(Rejected):
    """Rejected by validation; ``codes`` are GitHub's own words for why."""

    def __init__(self, message: str, codes: frozenset[str]) -> None:
        super().__init__(message, hint=_FOR_EVER)
        self.codes = codes


class _Detail(msgspec.Struct):
    code: str = ""
    field: str = ""
    message: str = ""


class _Refusal(msgspec.Struct):
    message: str = ""
    errors: list[_Detail | str] | str = []


def failure(status: int, headers: Mapping[str, str], body: bytes, what: str, now: datetime) -> ConnectionFailed:
    """The error for an answer that is not a success. ``what`` names the request without its query."""
    refusal = _refusal(body)
    said = f": {_clean(refusal.message)}" if refusal.message else ""
    if status in MOVED:
        return Missing(what, "moved to another place", moved=True, location=headers.get("location", ""))
    match status:
        case 401:
            return AuthError(
                f"GitHub does not accept the credentials{said}.",
                hint="The token may be wrong, expired or revoked: make a new one and set it again.",
            )
        case 403 | 429:
            return _refused(status, headers, refusal.message, said, what, now)
        case 404:
            return Missing(what, "deleted, or hidden from these credentials")
        case 410:
            return Missing(what, f"deleted or switched off{said}")
        case 409:
            return Transient(f"{what}: GitHub reports a conflict{said}.", hint="The next run tries again.", sent=False)
        case 422:
            return Unprocessable(f"{what}: GitHub refuses this{_details(refusal, said)}.", _codes(refusal))
        case 202 | 408 | 500 | 502 | 503 | 504:
            return Transient(f"{what}: GitHub answered {status}.", hint="Try again in a few minutes.")
    if status >= 500:
        return Transient(f"{what}: GitHub answered {status}.", hint="Try again in a few minutes.")
    if 400 <= status < 500:
        return Rejected(f"{what}: GitHub answered {status}{said}.", hint=_FOR_EVER)
    return BadAnswer(f"{what}: GitHub answered with the unexpected status {status}.", hint=_IN_BETWEEN)


def _refused(
    status: int, headers: Mapping[str, str], message: str, said: str, what: str, now: datetime
) -> ConnectionFailed:
    """403 and 429: first a rate limit, by GitHub's order of trust; else a matter of permission."""
    wait = wait_for_limit(headers, now)
    lowered = message.lower()
    if wait is None and (status == 429 or "rate limit" in lowered or "abuse" in lowered):
        wait = UNSPECIFIED_WAIT
    if wait is not None:
        return RateLimited(
            "GitHub's rate limit is used up.",
            retry_after=wait,
            hint=f"It opens again {_when(wait, now)}; the next run goes on from here.",
        )
    if "archived" in lowered or "locked" in lowered:
        return Closed(f"{what}: takes no changes{said}.")
    if headers.get("x-github-sso"):
        return Forbidden(
            f"{what}: the organisation wants single sign-on.",
            hint="Open the token's page in GitHub's settings and authorise it for the organisation.",
        )
    return Forbidden(
        f"{what}: not allowed with these credentials{said}.",
        hint="Give the token or App read access to the repository, and write access to issues and pull requests.",
    )


def _when(wait: float, now: datetime) -> str:
    if wait < 60:
        return f"in {round(wait)} s"
    return f"in {round(wait / 60)} min, at {now + timedelta(seconds=wait):%H:%M} UTC"


def wait_for_limit(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until GitHub listens again, or None when the headers tell of no limit.

    UNSPECIFIED_WAIT where they tell of one that cannot be meant.
    """
    clock = http_date(headers.get("date")) or now
    after = headers.get("retry-after", "").strip()
    if after.isdecimal():
        return plausible(float(after), UNSPECIFIED_WAIT)
    if until := http_date(after):
        return plausible(max(1.0, (until - clock).total_seconds()), UNSPECIFIED_WAIT)
    if headers.get("x-ratelimit-remaining", "").strip() != "0":
        return None
    try:
        reset = float(headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return UNSPECIFIED_WAIT
    return plausible(max(1.0, reset - clock.timestamp()), UNSPECIFIED_WAIT)


def http_date(text: str | None) -> datetime | None:
    """A date as HTTP writes it, in UTC; None where there is none that can be read."""
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def lost(error: Exception, host: str) -> ConnectionFailed:
    """The error for a request without an answer. Only a connection that never stood is surely not sent."""
    if untrusted(error):
        return Rejected(
            f"The certificate of GitHub at {host} is not trusted.",
            hint="Set ca_file to the certificate of your own authority.",
        )
    if speaks_no_tls(error):
        return Rejected(f"GitHub at {host} does not speak https.", hint="Correct the scheme or the port in url.")
    if isinstance(error, requests.ReadTimeout | ReadTimeoutError):
        return Transient(f"GitHub at {host} did not answer in time.", hint="Try again in a few minutes.")
    if any(isinstance(cause, NewConnectionError | ConnectTimeoutError) for cause in causes(error)):
        told = f"GitHub at {host} cannot be reached{reason(error)}."
        return Transient(told, hint="Check url and the network; then try again.", sent=False)
    return Transient(f"The connection to GitHub at {host} broke{reason(error)}.", hint="Try again in a few minutes.")


def _refusal(body: bytes) -> _Refusal:
    try:
        return msgspec.json.decode(body[:100_000], type=_Refusal, strict=False)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _Refusal()


def _codes(refusal: _Refusal) -> frozenset[str]:
    details = [detail for detail in refusal.errors if isinstance(detail, _Detail)]
    return frozenset(detail.code for detail in details)


def _details(refusal: _Refusal, said: str) -> str:
    parts = [
        f"{detail.field} {detail.message or detail.code}".strip() if isinstance(detail, _Detail) else detail
        for detail in ([refusal.errors] if isinstance(refusal.errors, str) else refusal.errors)
    ]
    listed = _clean("; ".join(part for part in parts if part))
    return f"{said} ({listed})" if listed else said


def _clean(text: str) -> str:
    """Somebody else's words on one line: no control characters, at most 200 characters, no full stop at the end."""
    plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text[:400])
    return " ".join(plain.split())[:200].rstrip(".")
