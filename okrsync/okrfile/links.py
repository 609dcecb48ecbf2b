"""What must hold between OKR files and the trackers: selectors that exist there, and never our own labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from okrsync.connector import ConnectionOptions, Plugin
from okrsync.marker import Namespace
from okrsync.model.okr import Labels, Link
from okrsync.wording import quoted, suggest
from okrsync.yamlfile import Place

LONGEST_LABEL = 50
"""Characters; what GitHub admits, and Jira admits more."""

_NO_SELECTORS = frozenset({"connection", "weight", "role", "subtasks"})
_COUNTERPARTS = (("repository", "project"), ("milestone", "version"))
_CONFIGURED_AS = {"repository": "repositories", "project": "projects"}
_QUOTED = re.compile(r"""\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)

Finding = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Tracker:
    """A connection as the checks see it."""

    name: str
    options: ConnectionOptions
    plugin: Plugin
    namespace: Namespace

    def listed(self, option: str) -> tuple[str, ...]:
        """The names in an option of this connection; empty where it has no such option."""
        return tuple(str(name) for name in getattr(self.options, option, None) or ())


def id_problems(name: str, trackers: Mapping[str, Tracker]) -> Iterator[Finding]:
    """An id becomes a label, which must fit, and must not be the one that people set to be left alone."""
    for namespace in dict.fromkeys(tracker.namespace for tracker in trackers.values()):
        label = namespace.label(name)
        if label.lower() == namespace.ignore.lower():
            yield ("id",), f"`{name}` is taken: the label `{namespace.ignore}` tells okrsync to leave a ticket alone"
        if len(label) > LONGEST_LABEL:
            yield (("id",), f"makes the label `{label}`, which is {len(label)} long; at most {LONGEST_LABEL} fit")


def link_problems(link: Link, trackers: Mapping[str, Tracker]) -> Iterator[Finding]:
    """What is wrong with a link beside its form, each at its place within the link.

    An unknown connection, selectors of another tracker, scopes that are not read, what would read our own writes.
    """
    tracker = trackers.get(link.connection)
    if tracker is None:
        yield ("connection",), f"no connection is called `{link.connection}`{suggest(link.connection, trackers)}"
        return
    yield from _foreign_selectors(link, tracker)
    yield from _unread_scopes(link, tracker)
    yield from own_labels(link.labels, [tracker.namespace])
    if link.query:
        yield from _query(link.query, tracker)


def own_labels(labels: Labels | None, namespaces: Iterable[Namespace]) -> Iterator[Finding]:
    """Our labels are output; a selector that reads them would feed itself."""
    for label in (*labels.all, *labels.any) if labels else ():
        for namespace in dict.fromkeys(namespaces):
            if label.lower().startswith(namespace.prefix.lower()):
                yield ("labels",), _feeds_itself(label)


def _feeds_itself(what: str) -> str:
    return f"`{what}` is a label that okrsync writes; a selector that reads it would feed itself"


def _foreign_selectors(link: Link, tracker: Tracker) -> Iterator[Finding]:
    kind = tracker.options.type
    for name in sorted(link.model_fields_set - _NO_SELECTORS - tracker.plugin.selectors):
        if not getattr(link, name):
            continue
        others = [b if a == name else a for a, b in _COUNTERPARTS if name in (a, b)]
        near = [other for other in others if other in tracker.plugin.selectors]
        advice = f"it has {quoted(near or sorted(tracker.plugin.selectors))}"
        yield (name,), f"does not exist on `{tracker.name}` (type {kind}); {advice}"


def _unread_scopes(link: Link, tracker: Tracker) -> Iterator[Finding]:
    for selector, option in _CONFIGURED_AS.items():
        wanted, read = getattr(link, selector), tracker.listed(option)
        if wanted and read and wanted.lower() not in [name.lower() for name in read]:
            yield (selector,), f"`{wanted}` is not among the {option} of `{tracker.name}`{suggest(wanted, read)}"


def _query(query: str, tracker: Tracker) -> Iterator[Finding]:
    if not query.strip():
        yield ("query",), "is empty; leave it out, or write one"
    if _ORDER.search(_QUOTED.sub('""', query)):
        yield ("query",), "must not have an ORDER BY; which tickets belong to a key result has no order"
    own = re.search(rf"(?<![\w-]){re.escape(tracker.namespace.prefix)}[\w.-]*", query, re.IGNORECASE)
    if own:
        yield ("query",), _feeds_itself(own.group())
        return
    for echo in tracker.plugin.echoes(query):
        yield (
            ("query",),
            f"`{echo.written}` reads what okrsync writes on tickets, and would feed itself; {echo.instead}",
        )
