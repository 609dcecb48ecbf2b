"""Edits of YAML text that leave every other character as it is: comments, order, quotes and indentation.

Edits name places by where the parser found them, so that nothing is written anew but what changes. A library that
writes the whole document anew moves the comment of a deleted entry to its neighbour; here it goes with the entry.
Whoever edits reads the result again and compares: what these few operations cannot do must not pass unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

Place = Sequence[str | int]

_PLAIN = re.compile(r"(?!0[xo])[A-Za-z0-9][A-Za-z0-9._-]*")
_WORDS = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")


class Entry(NamedTuple):
    """The lines of a list's entry, or its text between braces; ``column`` is that of its dash, None between braces.

    ``apart`` says that an empty line stands before it.
    """

    text: str
    column: int | None
    apart: bool


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
        for start, end, new in sorted([*self._edits, *between], key=lambda edit: edit[:2])[::-1]:
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

    def entry(self, place: Place) -> Entry:
        """An entry of a list with its comments, to be appended elsewhere."""
        parent, node = self._find(place[:-1]), self._find(place)
        if parent.flow_style:
            start, end = _span(node)
            return Entry(self._text[start:end], None, apart=False)
        number = int(place[-1])
        top = self._text.count("\n", 0, _last(parent.value[number - 1])) + 1 if number else 0
        start = self._first_line(node.start_mark.line, top)
        column = _indent(self._text.splitlines()[node.start_mark.line])
        end = self._after_comments(self._end_of_line(_last(node)), column)
        return Entry(self._text[start:end].replace("\r\n", "\n"), column, self._is_empty_before(start))

    def append(self, place: Place, entries: Sequence[Entry]) -> None:
        """Add entries below the last of a list, or as the first ones of a list that is not there yet.

        Raises KeyError where the form of the list and that of the entries do not go together.
        """
        node, mapping = self._find(place), self._find(place[:-1])
        forms = {"braces" if entry.column is None else "lines" for entry in entries}
        if isinstance(node, yaml.SequenceNode) and node.value and forms == {"braces" if node.flow_style else "lines"}:
            if node.flow_style:
                end = node.value[-1].end_mark.index
                self._edits.append((end, end, "".join(f", {entry.text}" for entry in entries)))
                return
            column = _indent(self._text.splitlines()[node.start_mark.line])
            self._insert(self._after_comments(self._end_of_line(_last(node)), column), _lines(entries, column))
        elif node is None and isinstance(mapping, yaml.MappingNode) and not mapping.flow_style and forms == {"lines"}:
            column = mapping.start_mark.column
            below = [f"{' ' * column}{place[-1]}:", *_lines(entries, column + 2)]
            self._insert(self._end_of_line(_last(mapping)), below)
        else:
            raise KeyError(place)

    def _insert(self, end: int, lines: Sequence[str]) -> None:
        """Whole lines below the one that ends there, with its line end."""
        if self._text[end - 1 : end] == "\r":
            end -= 1
        newline = "\r\n" if "\r\n" in self._text else "\n"
        if end == len(self._text) and self._text.endswith("\n"):
            end -= 1
        self._edits.append((end, end, newline + newline.join(lines)))

    def _after_comments(self, end: int, column: int) -> int:
        """Where the comments end that are indented deeper than ``column`` and follow the line that ends at ``end``."""
        while end < len(self._text):
            following = self._end_of_line(end + 1)
            line = self._text[end + 1 : following]
            if not line.lstrip().startswith("#") or _indent(line) <= column:
                break
            end = following
        return end

    def _is_empty_before(self, start: int) -> bool:
        return self._text[:start].endswith(("\n\n", "\n\r\n"))

    def drop(self, place: Place) -> None:
        """Take away a field of a mapping or an entry of a list, with the comment right above it.

        Of the empty lines around it only those below stay.
        """
        parent, step = self._find(place[:-1]), place[-1]
        entries = list(_entries(parent))
        number = next(n for n, (name, _, _) in enumerate(entries) if name == step)
        _, begin, node = entries[number]
        if parent is not None and parent.flow_style:
            self._gone.setdefault(id(parent), (parent, set()))[1].add(number)
            return
        top = self._text.count("\n", 0, _last(entries[number - 1][2])) + 1 if number else 0
        start = self._first_line(begin.start_mark.line, top)
        end = min(len(self._text), self._end_of_line(_last(node)) + 1)
        if not self._text[end : self._end_of_line(end)].strip():
            start = self._without_empty_lines(start)
        self._edits.append((start, end, ""))

    def _without_empty_lines(self, start: int) -> int:
        """Where the empty lines begin that end at ``start``."""
        lines = self._text[:start].splitlines(keepends=True)
        while lines and not lines[-1].strip():
            lines.pop()
        return sum(map(len, lines))

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


def _lines(entries: Sequence[Entry], column: int) -> list[str]:
    """Those of all entries, apart where they were so."""
    return [line for entry in entries for line in (*([""] if entry.apart else []), *_shifted(entry, column))]


def _shifted(entry: Entry, column: int) -> list[str]:
    """Its lines with the dash in another column."""
    by = column - (entry.column or 0)
    lines = entry.text.split("\n")
    if by > 0:
        return [" " * by + line if line.strip() else line for line in lines]
    return [line[min(-by, _indent(line)) :] for line in lines]


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
