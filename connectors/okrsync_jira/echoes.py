"""Clauses of JQL that read what okrsync itself writes on tickets: labels, comments, and the time of an update.

Source: "JQL fields" in Atlassian's documentation. ``labels != x`` and ``labels not in (x)`` leave out tickets without
any label, so that a label of ours makes them match; with ``labels is EMPTY OR`` before them they match from the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from okrsync.connector import Echo

_WORD = re.compile(
    r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()\[\],]|[!=<>~]+|(?:[^\s()\[\],!=<>~"'\\]|\\.)+""", re.DOTALL
)
_OPERATOR = re.compile(r"[!=<>~]+|in|not|is|was|changed", re.IGNORECASE)
_NEGATIVE = re.compile(r"!=|not", re.IGNORECASE)
_NOTHING = frozenset({"empty", "null"})

_EMPTY = r"labels\s+is\s+(?:empty|null)|labels\s*=\s*(?:empty|null)"
_OTHER = r"""labels\s*!=\s*(?:"[^"]*"|'[^']*'|[^\s()"']+)|labels\s+not\s+in\s*\([^()]*\)"""
_EITHER = rf"(?:(?:{_EMPTY})\s+or\s+(?:{_OTHER})|(?:{_OTHER})\s+or\s+(?:{_EMPTY}))"
_WITHOUT = re.compile(rf"\(\s*{_EITHER}\s*\)", re.IGNORECASE)
"""Tickets without a label, whatever else they wear: nothing of ours changes whether they match."""

_IN_TEXTS = "use summary ~ or description ~ instead"
_BY_PEOPLE = "use assignee or reporter instead"
_INSTEAD = {
    "comment": _IN_TEXTS,
    "text": _IN_TEXTS,
    "textfields": _IN_TEXTS,
    "watcher": _BY_PEOPLE,
    "watchers": _BY_PEOPLE,
    "updated": "use created, resolved or statusCategoryChangedDate instead",
    "updateddate": "use created, resolved or statusCategoryChangedDate instead",
}
_LABELS = "name the labels: labels = bug, or (labels is EMPTY OR labels != bug) for tickets without it"


def echoes(query: str) -> Iterator[Echo]:
    """Each clause of a JQL query that our own writes would answer."""
    words = _WORD.findall(_WITHOUT.sub("()", f"({query})"))
    negated = [False]
    for place, word in enumerate(words):
        if word == "(":
            negated.append(negated[-1] ^ _not_before(words, place))
        elif word == ")" and len(negated) > 1:
            negated.pop()
        elif word.lower() == "updatedby" and words[place + 1 : place + 2] == ["("]:
            yield Echo("updatedBy()", _BY_PEOPLE)
        elif _OPERATOR.fullmatch("".join(words[place + 1 : place + 2])):
            yield from _of_clause(words, place, negated[-1] ^ _not_before(words, place))


def _not_before(words: Sequence[str], place: int) -> bool:
    return place > 0 and words[place - 1].lower() in ("not", "!")


def _of_clause(words: Sequence[str], place: int, negated: bool) -> Iterator[Echo]:
    name, operator = words[place].strip("\"'").lower(), words[place + 1].lower()
    if name in _INSTEAD:
        yield Echo(f"{words[place]} {words[place + 1]}", _INSTEAD[name])
    elif name == "labels":
        operand = _operand(words, place + 2)
        negative = _NEGATIVE.fullmatch(operator) is not None
        if operator == "is" or not _NOTHING.isdisjoint(operand) or negative != negated:
            yield Echo(" ".join(["NOT"] * negated + list(words[place : place + 3])), _LABELS)


def _operand(words: Sequence[str], place: int) -> list[str]:
    """What stands on the right of an operator, in small letters: a value, or a list with all of its values."""
    right = [word.lower() for word in words[place:]]
    right = right[1:] if right[:1] == ["in"] else right
    if right[:1] != ["("]:
        return right[:1]
    return right[: right.index(")")] if ")" in right else right
