"""What Jira's refusals mean, as errors that say what to do next.

Only Jira's own messages are quoted, cleaned and cut; headers, cookies and whole bodies never are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import msgspec

from okrsync.errors import AuthError, Closed, ConnectionFailed, Forbidden, Gone, RateLimited, Rejected, Transient
from okrsync.retry import plausible

PAUSE = 10.0
"""Seconds to wait after a 429 that does not say how long."""

_QUOTED = 300
_FORBIDS = re.compile(r"\bpermission|not on the appropriate screen", re.IGNORECASE)
"""What Jira says with a 400 to accounts that may not do this."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


class _Refusal(msgspec.Struct):
    errorMessages: list[str] = []
    errors: dict[str, str] = {}
    message: str = ""
    errorMessage: str = ""


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """A login page, a proxy's apology: anything but an answer of the API."""
    return "text/html" in headers.get("Content-Type", "") or body.lstrip()[:1] == b"<"


def clean(text: str, limit: int = _QUOTED) -> str:
    """One line without control characters, at most ``limit`` characters long."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def said(body: bytes) -> str:
    """Jira's own words about a refusal, or ""."""
    try:
        refusal = msgspec.json.decode(body, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    fields = [f"{field}: {message}" for field, message in refusal.errors.items()]
    return clean("; ".join(filter(None, [*refusal.errorMessages, *fields, refusal.message, refusal.errorMessage])))


def pause(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds until Jira will listen again, from Retry-After (seconds or a date), else X-RateLimit-Reset.

    PAUSE where there is none, or one that cannot be meant. A date is one by Jira's own clock, which tells its time too.
    """
    wanted = headers.get("Retry-After", "").strip()
    if wanted.isdecimal():
        return plausible(float(wanted), PAUSE)
    until = moment(wanted) or moment(headers.get("X-RateLimit-Reset", ""))
    return (
        PAUSE if until is None else plausible(max(0.0, (until - (server_time(headers) or now)).total_seconds()), PAUSE)
    )


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """The tracker's clock, by the second."""
    return moment(headers.get("Date", ""))


def moment(text: str) -> datetime | None:
    """A time in a header, as HTTP or as ISO 8601 writes it."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = parse(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def failure(what: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> ConnectionFailed:
    """The error for an answer that is no success. ``what`` names the request ("POST search/jql")."""
    words = said(body)
    told = f"{what}: Jira answered {status}" + (f": {words.rstrip('.')}." if words else ".")
    if status == 429:
        seconds = pause(headers, now)
        return RateLimited(f"Jira asks to slow down ({what}).", retry_after=seconds, hint=_why_limited(headers))
    if status >= 500 or status == 408:
        return Transient(told, hint="Jira is in trouble; the next run tries again.")
    if 300 <= status < 400:
        return _redirected(what, headers)
    if status == 409:
        return Transient(told, hint="Somebody changed the ticket in the same moment.", sent=False)
    if status in (401, 403) or (status == 400 and _FORBIDS.search(words)):
        return _not_allowed(told, words, status, headers)
    if status in (404, 410):
        return _missing(what, told, status)
    if "archived" in words.lower():
        return Closed(told, hint="Archived work takes no writes.")
    return Rejected(told, hint="Jira will refuse this request again; its message says why.")


def _why_limited(headers: Mapping[str, str]) -> str:
    reason = clean(headers.get("RateLimit-Reason", ""), 60)
    return f"Its reason: {reason}." if reason else "The rest is done in the next run."


def _redirected(what: str, headers: Mapping[str, str]) -> ConnectionFailed:
    target = urlsplit(headers.get("Location", ""))
    place = clean(f"{target.scheme}://{target.hostname}", 100) if target.hostname else "another page"
    hint = "Set url to the address that Jira itself uses; credentials are never sent along a redirect."
    return Rejected(f"{what}: Jira redirects to {place}.", hint=hint)


def _not_allowed(told: str, words: str, status: int, headers: Mapping[str, str]) -> ConnectionFailed:
    denied = headers.get("X-Authentication-Denied-Reason", "")
    if "CAPTCHA" in denied.upper():
        return AuthError("Jira wants a CAPTCHA solved for this account.", hint="Sign in once with a browser.")
    if status == 401:
        hint = (
            "On Cloud, JIRA_EMAIL must be the account that the token in JIRA_API_TOKEN belongs to, and tokens expire. "
            "Data Center takes a personal access token and no e-mail: unset JIRA_EMAIL there."
        )
        return AuthError(f"Jira does not accept the credentials ({told})", hint=hint)
    if "archived" in words.lower():
        return Closed(told, hint="Archived work takes no writes.")
    return Forbidden(
        told, hint="Ask a project administrator to grant the account what is missing; see `okrsync check`."
    )


def _missing(what: str, told: str, status: int) -> ConnectionFailed:
    if status == 410 and "search" in what:
        hint = "This is a Cloud site that was taken for Data Center; run `okrsync sync --full` to look again."
        return Rejected(f"{what}: this Jira has removed the old search (410).", hint=hint)
    return Gone(told, hint="It is deleted, or hidden from this account.")
