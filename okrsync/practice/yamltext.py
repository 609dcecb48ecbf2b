"""Edits of YAML text that leave every other character as it is: comments, order, quotes and indentation.

Edits name places by where the parser found them, so that nothing is written anew but what changes. A library that
writes the whole document anew moves the comment of a deleted entry to its neighbour; here it goes with the entry.
Whoever edits reads the result again and compares: what these few operations cannot do must not pass unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

Place = Sequence[str | int]

_PLAIN = re.compile(r"(?!0[xo])[A-Za-z0-9][A-Za-z0-9._-]*")
_WORDS = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")


class YamlText:
    """One document, edited by spans of its text; edits are collected, and applied together by ``text``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = yaml.compose(text, Loader=yaml.SafeLoader)
        self._edits: list[tuple[int, int, str]] = []
        self._gone: dict[int, tuple[Any, set[int]]] = {}

    def text(self) -> str:
        """The document with all edits."""
        edited = self._text
        between = [cut for parent, gone in self._gone.values() for cut in _cuts(parent, gone)]
        for start, end, new in sorted([*self._edits, *between], key=lambda edit: edit[:2], reverse=True):
            edited = edited[:start] + new + edited[end:]
        return edited

    def set(self, place: Place, value: str | float, comment: str = "") -> None:
        """Give a field a scalar; a new field goes below the first of its mapping. Raises KeyError without a mapping."""
        node = self._find(place)
        if node is not None:
            self._edits.append((*_span(node), scalar(value)))
            return
        mapping = self._find(place[:-1])
        if not isinstance(mapping, yaml.MappingNode) or not mapping.value:
            raise KeyError(place)
        key, first = mapping.value[0]
        written = f"{place[-1]}: {scalar(value)}"
        if mapping.flow_style:
            end = first.end_mark.index
            self._edits.append((end, end, f", {written}"))
        else:
            end = self._end_of_line(_last(first))
            said, newline = f"  # {comment}" if comment else "", "\n"
            if self._text[end - 1 : end] == "\r":
                end, newline = end - 1, "\r\n"
            self._edits.append((end, end, f"{newline}{' ' * key.start_mark.column}{written}{said}"))

    def drop(self, place: Place) -> None:
        """Take away a field of a mapping or an entry of a list, with the comment right above it."""
        parent, step = self._find(place[:-1]), place[-1]
        entries = list(_entries(parent))
        number = next(n for n, (name, _, _) in enumerate(entries) if name == step)
        _, begin, node = entries[number]
        if parent is not None and parent.flow_style:
            self._gone.setdefault(id(parent), (parent, set()))[1].add(number)
            return
        top = self._text.count("\n", 0, _last(entries[number - 1][2])) + 1 if number else 0
        start = self._first_line(begin.start_mark.line, top)
        self._edits.append((start, self._end_of_line(_last(node)) + 1, ""))

    def _find(self, place: Place) -> Any:
        node = self._root
        for step in place:
            node = next((child for name, _, child in _entries(node) if name == step), None)
            if node is None:
                return None
        return node

    def _end_of_line(self, index: int) -> int:
        end = self._text.find("\n", index)
        return len(self._text) if end < 0 else end

    def _first_line(self, line: int, top: int) -> int:
        """Where the lines of an entry begin: with the comments right above it, below line ``top``.

        A comment that is indented deeper than the entry belongs to what is above.
        """
        lines = self._text.splitlines(keepends=True)
        depth = _indent(lines[line])
        while line > top and lines[line - 1].lstrip().startswith("#") and _indent(lines[line - 1]) <= depth:
            line -= 1
        return sum(map(len, lines[:line]))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def scalar(value: str | float) -> str:
    """A value as YAML, quoted where it would be read as something else."""
    if isinstance(value, float | int):
        short = f"{value:.10g}"
        return f"{value:.12f}".rstrip("0").rstrip(".") if "e" in short else short
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not _is_number(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _entries(node: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """Name, the node that begins it, and the value of each child."""
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, key, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from ((number, value, value) for number, value in enumerate(node.value))


def _span(node: Any) -> tuple[int, int]:
    return node.start_mark.index, node.end_mark.index


def _cuts(parent: Any, gone: set[int]) -> Iterator[tuple[int, int, str]]:
    """What to cut out between braces or brackets, so that no comma is left over or missing."""
    spans = [(begin.start_mark.index, value.end_mark.index) for _, begin, value in _entries(parent)]
    kept = [number for number in range(len(spans)) if number not in gone]
    for number, (start, end) in enumerate(spans):
        if number not in gone:
            continue
        after = next((one for one in kept if one > number), None)
        if after is not None:
            yield start, spans[number + 1][0], ""
        else:
            yield (spans[number - 1][1] if number else start), end, ""


def _last(node: Any) -> int:
    """Where the last character of a value is; a block ends with what is in it, not before the next thing."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(max(node.start_mark.index, node.end_mark.index - 1))
    child = node.value[-1]
    return _last(child[1] if isinstance(child, tuple) else child)
