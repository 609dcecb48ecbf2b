"""Safe YAML that remembers where everything stands.

People are told file and line of what is wrong, so the text is read event by event into plain values and,
beside them, the line of each. Only what a configuration needs is understood: text, numbers, dates (as text),
``true``, ``false`` and ``null``; ``yes``, ``on``, ``010`` and ``12:30`` stay the text that they look like.
Repeated keys, tags, merge keys and files that would eat the memory are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from yaml import events

from okrsync.errors import ConfigError, Problem
from okrsync.words import plural
from okrsync.yamlsyntax import in_plain_words

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes."""
DEEPEST = 40
"""Levels of mappings and lists within one another; OKR files need eight."""
MOST_BY_ALIAS = 10_000
"""Values that all aliases of a file may stand for together."""

Place = tuple[str | int, ...]
"""Field names and list positions from the top of a file to a value."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]*([eE][-+][0-9]+)?")
_WORDS: Mapping[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_TEXT_TAG = "tag:yaml.org,2002:str"


@dataclass(slots=True)
class Node:
    """A value and the line on which it, or its key, stands; ``size`` counts it and everything below it.

    ``doubtful`` where the value is not what was meant, since something in it cannot be understood.
    """

    line: int
    value: Any = None
    children: dict[str | int, Node] = field(default_factory=dict)
    size: int = 1
    doubtful: bool = False

    def doubts(self, place: Place = ()) -> Iterator[Place]:
        """The doubtful places at and below this one."""
        if self.doubtful:
            yield place
        for step, child in self.children.items():
            yield from child.doubts((*place, step))


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: plain values, and the way back from a value to its line.

    ``problems`` are those of its form that did not keep the rest from being read, ``doubtful`` the places where
    nothing can be said of the values because of them.
    """

    file: str
    root: Node
    problems: tuple[Problem, ...] = ()
    doubtful: frozenset[Place] = frozenset()

    @property
    def data(self) -> Any:
        """The whole content as plain values."""
        return self.root.value

    def line(self, path: Sequence[str | int]) -> int:
        """Line of the value at ``path``, or of the nearest thing around it that exists."""
        node = self.root
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node.line

    def doubts(self, place: Place) -> bool:
        """Is anything doubtful at this place, in it, or around it?"""
        return any(other[: len(place)] == place or place[: len(other)] == other for other in self.doubtful)

    def at(self, place: Place) -> Node:
        """Raises KeyError where nothing stands."""
        node = self.root
        for step in place:
            node = node.children[step]
        return node

    def rename(self, place: Place, name: str) -> None:
        """Call a field otherwise, unless it is gone or the name is taken. Its line stays."""
        holder, last = self.at(place[:-1]), place[-1]
        if last in holder.children and name not in holder.children:
            holder.children[name] = holder.children.pop(last)
            holder.value[name] = holder.value.pop(last)

    def problem(self, path: Sequence[str | int], message: str) -> Problem:
        """What is wrong at ``path``, with the line where that stands."""
        return Problem(self.file, self.line(path), dotted(path), message)


def dotted(path: Sequence[str | int]) -> str:
    """``objectives[0].key_results[1].due``, as people read it."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_yaml(path: Path, shown: str) -> Document:
    """Read one file; ``shown`` is its name in messages. Raises ConfigError with all problems of its form."""
    return _faultless(survey_yaml(path, shown))


def parse_yaml(text: str, shown: str) -> Document:
    """Raises ConfigError when the text is not YAML, repeats a key, or uses what is refused here."""
    return _faultless(_parsed(text, shown))


def survey_yaml(path: Path, shown: str) -> Document:
    """Read one file as far as it goes, for those who tell what else is wrong with it.

    Raises ConfigError when it is not YAML or cannot be read; all other problems are in the document.
    """
    return _parsed(_text(path, shown), shown)


def _faultless(document: Document) -> Document:
    if document.problems:
        raise refusal(document.problems)
    return document


def _parsed(text: str, shown: str) -> Document:
    reader = _Reader(text, shown)
    try:
        root = reader.read()
    except yaml.YAMLError as error:
        reader.complain(*in_plain_words(error, text))
    except _TooMuch as error:
        reader.complain(error.line, error.message)
    else:
        return Document(shown, root, tuple(reader.problems), frozenset(root.doubts()))
    raise refusal(reader.problems)


def refusal(problems: Sequence[Problem], hint: str = "Correct this, then run okrsync check --offline.") -> ConfigError:
    """One error for everything that is wrong, in order of file and line."""
    ordered = tuple(sorted(set(problems), key=lambda one: (one.file, one.line or 0, one.path, one.message)))
    files = list(dict.fromkeys(problem.file for problem in ordered))
    place = files[0] if len(files) == 1 else f"{len(files)} files"
    return ConfigError(f"{plural(len(ordered), 'problem')} in {place}.", hint=hint, problems=ordered)


def _text(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise refusal([Problem(shown, None, "", f"is larger than {LARGEST_FILE // 1024 // 1024} MB")])
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise refusal([Problem(shown, None, "", "does not exist")]) from None
    except OSError as error:
        raise refusal([Problem(shown, None, "", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise refusal([Problem(shown, line, "", "is not UTF-8 text")]) from None


class _TooMuch(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class _Reader:
    """Turns the events of one text into nodes. What is wrong but harmless to read on from is collected."""

    def __init__(self, text: str, shown: str) -> None:
        self.problems: list[Problem] = []
        self._shown = shown
        self._events: Iterator[events.Event] = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, Node] = {}
        self._by_alias = 0

    def complain(self, line: int, message: str) -> None:
        self.problems.append(Problem(self._shown, line, "", message))

    def read(self) -> Node:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, events.DocumentStartEvent) and root is not None:
                self.complain(_line(event), "a second document begins here; a file holds one, so remove the line `---`")
                return root
            if isinstance(event, events.NodeEvent):
                root = self._node(event, 0)
        return root or Node(1)

    def _node(self, event: events.Event, depth: int) -> Node:
        if depth > DEEPEST:
            raise _TooMuch(_line(event), f"is nested more than {DEEPEST} levels deep")
        if isinstance(event, events.AliasEvent):
            return self._alias(event)
        node = Node(_line(event), doubtful=self._refuses_tag(event))
        if isinstance(event, events.MappingStartEvent):
            self._mapping(node, depth)
        elif isinstance(event, events.SequenceStartEvent):
            self._sequence(node, depth)
        elif isinstance(event, events.ScalarEvent):
            node.value = _scalar(event)
        if anchor := getattr(event, "anchor", None):
            self._anchors[anchor] = node
        return node

    def _mapping(self, node: Node, depth: int) -> None:
        node.value = {}
        while not isinstance(event := next(self._events), events.MappingEndEvent):
            name = self._key(event, depth)
            child = self._node(next(self._events), depth + 1)
            node.size += child.size
            if name is None:
                node.doubtful = True
                continue
            if name in node.children:
                first = node.children[name].line
                self.complain(_line(event), f"`{name}` is given twice; the first is on line {first}")
                continue
            node.children[name] = replace(child, line=_line(event))
            node.value[name] = child.value

    def _key(self, event: events.Event, depth: int) -> str | None:
        """The name of a field; None for what cannot be one."""
        if not isinstance(event, events.ScalarEvent):
            self._node(event, depth + 1)
            self.complain(_line(event), "a field name must be plain text")
            return None
        if event.value == "<<" and event.implicit[0]:
            self.complain(_line(event), "`<<` (merging) is not supported; write the fields out")
            return None
        return str(event.value)

    def _sequence(self, node: Node, depth: int) -> None:
        node.value = []
        while not isinstance(event := next(self._events), events.SequenceEndEvent):
            child = self._node(event, depth + 1)
            node.size += child.size
            node.children[len(node.value)] = child
            node.value.append(child.value)

    def _alias(self, event: events.AliasEvent) -> Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            self.complain(_line(event), f"`*{event.anchor}` has no complete `&{event.anchor}` before it")
            return Node(_line(event), doubtful=True)
        self._by_alias += node.size
        if self._by_alias > MOST_BY_ALIAS:
            raise _TooMuch(_line(event), f"aliases stand for more than {MOST_BY_ALIAS:,} values; write them out")
        return node

    def _refuses_tag(self, event: events.Event) -> bool:
        tag = getattr(event, "tag", None)
        refused = tag not in (None, "!", _TEXT_TAG)
        if refused:
            self.complain(_line(event), f"the tag `{tag}` is not supported; write a plain value")
        return refused


def _line(event: events.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: events.ScalarEvent) -> object:
    text = str(event.value)
    if not event.implicit[0] or event.tag == _TEXT_TAG:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 20:
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
