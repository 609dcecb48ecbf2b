"""Search qualifiers that read what okrsync itself writes on tickets: labels, comments, and the time of an update.

Source: "Searching issues and pull requests" in GitHub's documentation. Words without ``in:`` are looked for in
comments, too, and our note names the key result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from okrsync.connector import Echo

_WORDS = re.compile(
    r"""(?P<qualifier>-?(?P<name>[a-z][a-z-]*):(?P<value>"[^"]*"?|[^\s()]*))|"[^"]*"?|[^\s()]+""", re.IGNORECASE
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_BY_PEOPLE = "name who wrote or does it with author: or assignee:"
_INSTEAD = {
    "comments": "leave it out: every note is a comment",
    "interactions": "use reactions: instead",
    "commenter": _BY_PEOPLE,
    "involves": _BY_PEOPLE,
    "updated": "use created: or closed: instead",
}
_OTHER_LABELS = "name the labels: label:bug, or -label:bug"
_IN_TITLES = "add in:title,body"


def echoes(query: str) -> Iterator[Echo]:
    """Each part of a search that our own writes would answer."""
    words = list(_WORDS.finditer(query))
    names = {(word["name"] or "").lower() for word in words}
    for word in words:
        if word["qualifier"]:
            yield from _of_qualifier(word.group(), word["name"].lower(), word["value"].strip('"').lower())
        elif word.group() not in _OPERATORS and "in" not in names:
            yield Echo(word.group(), _IN_TITLES)


def _of_qualifier(written: str, name: str, value: str) -> Iterator[Echo]:
    if name in _INSTEAD:
        yield Echo(written, _INSTEAD[name])
    elif (name in ("no", "has") and value in ("label", "labels")) or (name == "label" and "*" in value):
        yield Echo(written, _OTHER_LABELS)
    elif name == "in" and "comments" in value.split(","):
        yield Echo(written, _IN_TITLES)
