"""The only place where JQL is put together: numeric ids, epoch milliseconds, and a person's query in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from okrsync.errors import Rejected

_CLOSERS = {")": "(", "]": "["}


def projects(ids: Sequence[str]) -> str:
    """Numeric ids need no quotes, and no project is called like a reserved word."""
    return f"project = {ids[0]}" if len(ids) == 1 else f"project in ({', '.join(ids)})"


def since(field: str, moment: datetime) -> str:
    """Milliseconds are exact; quoted dates are read by the minute, in the account's time zone."""
    return f"{field} >= {int(moment.timestamp() * 1000)}"


def oldest_first(*clauses: str) -> str:
    """``created`` never changes, so rows keep their place while people edit."""
    return f"{' AND '.join(filter(None, clauses))} ORDER BY created ASC, id ASC"


def guarded(query: str) -> str:
    """A person's query as one operand. Raises Rejected where it would reach beyond its brackets."""
    outside = _outside_quotes(query)
    if not query.strip():
        raise Rejected("The JQL query is empty.", hint="Leave query out, or write one.")
    if re.search(r"\border\s+by\b", outside, re.IGNORECASE):
        raise Rejected(f"The JQL query {query!r} has an ORDER BY.", hint="Leave it out; membership has no order.")
    opened: list[str] = []
    for character in outside:
        if character in "([":
            opened.append(character)
        elif character in _CLOSERS and (not opened or opened.pop() != _CLOSERS[character]):
            raise _unbalanced(query)
    if opened:
        raise _unbalanced(query)
    return f"({query})"


def _outside_quotes(query: str) -> str:
    """The query with quoted texts blanked. A backslash takes the next character along."""
    kept: list[str] = []
    quote = ""
    characters = iter(query)
    for character in characters:
        if character == "\\":
            if next(characters, None) is None:
                raise _unbalanced(query)
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        else:
            kept.append(character)
            continue
        kept.append("_")
    if quote:
        raise _unbalanced(query)
    return "".join(kept)


def _unbalanced(query: str) -> Rejected:
    return Rejected(f"The JQL query {query!r} has unbalanced brackets or quotes.", hint="Try it in Jira's search.")
