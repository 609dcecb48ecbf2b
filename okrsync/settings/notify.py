"""Where messages go: Apprise addresses, which hold secrets and so come from variables or files only.

``OKRSYNC_NOTIFY`` is one address for all. okrsync.yaml may name a variable for each person (``people``), whose
messages then go there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from okrsync import redact
from okrsync.connector import is_here
from okrsync.errors import Problem

HERE = "the environment"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
FILE = "_FILE"
LONG = 16
"""Characters from which on a part of an address is taken for a secret, whatever it looks like."""

_UNENCRYPTED = (
    "amqp apprise bark deltachat emby enigma2 evolution flowtriq fluxer form goalert gorush gotify hassio humhub "
    "irc jellyfin json kodi lametric mailto mastodon matrix misskey mmost mqtt ncloud nctalk notica notifico ntfy "
    "onebot parsep pinglet pjet psafer pushdeer rocket session signal smpp smseagle synology toot trigv xbmc xml "
    "xmpp"
)
UNENCRYPTED = frozenset(_UNENCRYPTED.split())
"""Schemes of Apprise whose messages travel in the clear; with an s at the end each is the encrypted one."""

_BETWEEN = re.compile(r"[\s,]+(?=[a-z0-9]+://)", re.IGNORECASE)
_TOKEN = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z]).{8,}")


def split_addresses(text: str) -> list[str]:
    """Several addresses may stand in one variable, divided by commas or blanks."""
    return [part for part in _BETWEEN.split(text.strip()) if part]


def address_problem(text: str, *, allow_http: bool = False) -> str | None:
    """What is wrong with addresses, without showing them; None when nothing is.

    What leaves this machine must be encrypted, unless ``allow_http``.
    """
    addresses = split_addresses(text)
    if not all(re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", part) for part in addresses or [""]):
        return "must be an Apprise address, such as slack://… or mailtos://…"
    if exposed := None if allow_http else next(filter(None, map(_exposed, addresses)), None):
        return f"would send messages unencrypted; use {exposed}s://…, or set notify_allow_http: true"
    return None


def _exposed(address: str) -> str:
    """The scheme of an address that sends in the clear to another machine, else ""."""
    scheme, _, rest = address.partition("://")
    if scheme.lower() not in UNENCRYPTED:
        return ""
    try:
        parts = urlsplit(f"//{rest}")
        hosts = [parts.hostname or "", *parse_qs(parts.query).get("smtp", ())]
    except ValueError:
        return scheme.lower()
    return "" if all(map(is_here, hosts)) else scheme.lower()


def conceal(text: str) -> None:
    """Let no output show these addresses, nor what libraries make of them in their own messages."""
    for address in split_addresses(text):
        for part in _parts(address):
            redact.learn(part)


def _parts(address: str) -> Iterator[str]:
    """The whole, password, path and query; of the rest what is long, or letters mixed with digits."""
    yield address
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    yield from (parts.password or "", unquote(parts.password or ""))
    if len(parts.path.strip("/")) >= redact.SHORTEST:
        yield parts.path
    yield parts.query
    pieces = [*re.split("[@:]", parts.netloc), *parts.path.split("/")]
    pieces += [value for _, value in parse_qsl(parts.query)]
    for piece in pieces:
        whole = unquote(piece)
        if "." not in whole and (len(whole) >= LONG or _TOKEN.fullmatch(whole)):
            yield from (piece, whole)


def read_people(
    people: Mapping[str, str], environ: Mapping[str, str], problems: list[Problem], *, allow_http: bool = False
) -> dict[str, SecretStr]:
    """Where each person is reached, from the variable named for them or its ``_FILE``; who has none is left out."""
    found: dict[str, SecretStr] = {}
    for who, variable in people.items():
        text = environ.get(variable, "").strip() or _from_file(variable, environ, problems)
        if not text:
            continue
        conceal(text)
        if problem := address_problem(text, allow_http=allow_http):
            problems.append(Problem(HERE, None, variable, problem))
        found[who] = SecretStr(text)
    return found


def _from_file(variable: str, environ: Mapping[str, str], problems: list[Problem]) -> str:
    path = environ.get(variable + FILE, "").strip()
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        problems.append(Problem(HERE, None, variable + FILE, f"names {path}, which cannot be read: {reason}"))
        return ""
