"""Where messages go: Apprise addresses, which hold secrets and so come from variables or files only.

``OKRSYNC_NOTIFY`` is one address for all. okrsync.yaml may name a variable for each person (``people``), whose
messages then go there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from okrsync import redact
from okrsync.errors import Problem

HERE = "the environment"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
FILE = "_FILE"
LONG = 16
"""Characters from which on a part of an address is taken for a secret, whatever it looks like."""

_BETWEEN = re.compile(r"[\s,]+(?=[a-z0-9]+://)", re.IGNORECASE)
_TOKEN = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z]).{8,}")


def split_addresses(text: str) -> list[str]:
    """Several addresses may stand in one variable, divided by commas or blanks."""
    return [part for part in _BETWEEN.split(text.strip()) if part]


def address_problem(text: str) -> str | None:
    """What is wrong with addresses, without showing them; None when nothing is."""
    if all(re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", part) for part in split_addresses(text) or [""]):
        return None
    return "must be an Apprise address, such as slack://… or mailto://…"


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


def read_people(people: Mapping[str, str], environ: Mapping[str, str], problems: list[Problem]) -> dict[str, SecretStr]:
    """Where each person is reached, from the variable named for them or its ``_FILE``; who has none is left out."""
    found: dict[str, SecretStr] = {}
    for who, variable in people.items():
        text = environ.get(variable, "").strip() or _from_file(variable, environ, problems)
        if not text:
            continue
        conceal(text)
        if problem := address_problem(text):
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
