"""The ownership mark of notes, the label namespace, and the ``OKR:`` line in descriptions.

A note belongs to an installation when its mark names it. The mark also carries what the note shows, so
that a lost store never leads to a second note or a needless edit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from okrsync.model.change import Note, ShownNote

PROPERTY = "okrsync"
"""Key of the comment property that holds the mark on trackers that have properties."""

LONGEST_REFERENCE = 80
"""Characters kept of what an ``OKR:`` line names; ids are shorter."""

_UNSEEN = re.compile(
    r"""<!--.*?(?:-->|\Z)
    |^[ \t>]*(?P<fence>```|~~~).*?(?:^[ \t>]*(?P=fence)|\Z)
    |\{(?P<block>code|noformat)\b[^}\n]{0,200}\}.*?\{(?P=block)\b[^}\n]{0,200}\}""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
"""Comments, as issue templates have them, and code."""

_REFERENCE_LINE = re.compile(
    r"^(?:[ \t>*_#+-]|\[[ x]\]|\d{1,3}[.)][ \t]|h[1-6]\.[ \t])*OKRs?[ \t*_]*:[ \t*_]*(?P<ids>\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_WRAPPED = re.compile(r"\[([^\[\]|]*)\](?:\([^()]*\))|\[([^\[\]|]*)\|[^\[\]]*\]|\{\{([^{}]*)\}\}")
_REMARK = re.compile(r"(?<=\S)[ \t]+\(([^()]*)\)")
_SEPARATOR = re.compile(r"[,;&]|(?<!\S)and(?!\S)", re.IGNORECASE)
_LIKE_AN_ID = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)+")
_AROUND = "`*_[]().\"'"
_HIDDEN = re.compile(r"<!-- okrsync (?P<mark>\{.*?\}) -->", re.DOTALL)


class Mark(msgspec.Struct, frozen=True):
    """What an ownership mark says. ``labels`` are those that its installation puts on the ticket.

    ``tenths`` and ``statuses`` are what the note shows of each key result.
    """

    installation: str
    digest: str
    tenths: dict[str, int] = {}
    labels: tuple[str, ...] = ()
    statuses: dict[str, str] = {}


def digest(note: Note) -> str:
    """A short fingerprint of everything a reader of the note sees."""
    return hashlib.sha256(msgspec.json.encode(note)).hexdigest()[:16]


def mark(installation: str, note: Note, namespace: Namespace | None = None) -> Mark:
    """The mark of a note; without a namespace it names no labels."""
    tenths = {line.key_result: line.tenth for line in note.lines if line.tenth is not None}
    labels = tuple(namespace.label(line.key_result) for line in note.lines) if namespace else ()
    statuses = {line.key_result: line.status for line in note.lines if line.status}
    return Mark(installation, digest(note), tenths, labels, statuses)


def hidden(own: Mark) -> str:
    """The mark as an HTML comment, for trackers that keep text as it was sent."""
    return f"<!-- okrsync {msgspec.json.encode(own, order='deterministic').decode()} -->"


def find_hidden(body: str) -> Mark | None:
    """The mark in a comment's text, or None when there is none that can be read."""
    found = _HIDDEN.search(body)
    return read(found["mark"]) if found else None


def read(value: object) -> Mark | None:
    """A mark from JSON text or from a decoded property; None when it is not one of ours."""
    try:
        if isinstance(value, str | bytes):
            return msgspec.json.decode(value, type=Mark)
        return msgspec.convert(value, type=Mark)
    except msgspec.MsgspecError:
        return None


def shown(note_id: str, own: Mark) -> ShownNote:
    """A note of ours as its mark tells it: the text is not read, since trackers re-render it."""
    return ShownNote(note_id, own.digest, own.tenths, own.labels, own.statuses)


def claimed(marks: Iterable[Mark | None], installation: str) -> tuple[str, ...]:
    """The labels that other installations' notes on a ticket name as theirs, sorted."""
    others = (own for own in marks if own is not None and own.installation != installation)
    return tuple(sorted({label for own in others for label in own.labels}))


def references(description: str | None) -> tuple[str, ...]:
    """What is named in ``OKR: checkout-1, checkout-2`` lines, in order, each once.

    Ids, or the text itself where it cannot be understood as ids, so that somebody is told.
    """
    if not description or ":" not in description or "okr" not in description[:200_000].lower():
        return ()
    found: dict[str, None] = {}
    for line in _REFERENCE_LINE.finditer(_UNSEEN.sub("", description)):
        plain = _REMARK.sub(_listed, _WRAPPED.sub(_unwrapped, line["ids"]))
        for part in _SEPARATOR.split(plain):
            found |= dict.fromkeys(_names(part))
    return tuple(found)


def _unwrapped(link: re.Match[str]) -> str:
    return next(text for text in link.groups() if text is not None)


def _listed(remark: re.Match[str]) -> str:
    """A remark in brackets says nothing, unless it seems to name key results."""
    words = (word.strip(_AROUND) for word in re.split(r"[\s,;&]+", remark[1]))
    return f", {remark[1]}" if any(map(_LIKE_AN_ID.fullmatch, words)) else ""


def _names(part: str) -> list[str]:
    """One id, several with nothing but space between them, or a text that is none."""
    words = [word for each in part.split() if (word := each.strip(_AROUND))]
    if all(map(_LIKE_AN_ID.fullmatch, words)):
        return words
    return [" ".join(words)[:LONGEST_REFERENCE].strip()]


@lru_cache
def _prefix(template: str) -> str:
    return template.partition("{")[0]


class Namespace(msgspec.Struct, frozen=True):
    """The labels that are ours: ``okr:{key_result}`` unless configured otherwise."""

    template: str = "okr:{key_result}"

    @property
    def prefix(self) -> str:
        """What every label of ours begins with; a person who sets a label with it sets one of ours."""
        return _prefix(self.template)

    @property
    def ignore(self) -> str:
        """The one label of the namespace that people set and we only read."""
        return f"{self.prefix}ignore"

    def label(self, key_result: str) -> str:
        """The label of a key result."""
        return self.template.replace("{key_result}", key_result)

    def key_result(self, label: str) -> str:
        """The key result that a label names; "" where it does not follow the template."""
        before, _, after = self.template.partition("{key_result}")
        named = label.removeprefix(before).removesuffix(after)
        return named if self.label(named) == label and named else ""

    def owns(self, label: str) -> bool:
        """Whether it is in the namespace, which other installations may share."""
        return label.startswith(self.prefix) and label.lower() != self.ignore.lower()
