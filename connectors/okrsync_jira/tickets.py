"""What okrsync shows on tickets: reads it, and makes the smallest changes to it.

Labels go as a delta that the server applies, so nobody's label is lost. The note's ownership mark is a comment
property, written in the same request as the text; Jira re-renders text, so a mark in it would not survive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, assert_never

import msgspec

from okrsync import marker
from okrsync.connector import Context
from okrsync.errors import Forbidden, Gone, OutcomeUnknown
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    Done,
    Note,
    PutLink,
    PutNote,
    Receipt,
    RemoveLabel,
    Shown,
    UndefineLabel,
)
from okrsync.model.work import Ref
from okrsync_jira.client import Client
from okrsync_jira.flavour import Flavour
from okrsync_jira.note import SIGNED, render
from okrsync_jira.shapes import Comment, Comments, Identified, Property

_COMMENTS = 100
"""Comments asked for in one page; the server may give fewer."""

_EDITING = re.compile(r"permission to edit\b", re.IGNORECASE)
"""In what Jira says to an account that may not edit, with a mail or without."""

_read_comments = msgspec.json.Decoder(Comments).decode
_read_property = msgspec.json.Decoder(Property).decode
_read_identified = msgspec.json.Decoder(Identified).decode


class Tickets:
    """``flavour`` is asked for on first use, since finding it out may take a request."""

    def __init__(self, client: Client, context: Context, flavour: Callable[[], Flavour]) -> None:
        self._client = client
        self._context = context
        self._flavour = flavour
        self._loud: set[tuple[str, str]] = set()

    def observe(self, refs: Sequence[Ref]) -> Iterator[Shown]:
        wanted = {ref.id: ref for ref in refs}
        for place in self._flavour().places(self._client, list(wanted)):
            ref = wanted.get(place.id)
            try:
                marked = self._marked_notes(place.id)
            except Gone:
                continue
            if ref is not None:
                labels = tuple(filter(self._context.namespace.owns, place.fields.labels))
                own = self._own(marked)
                note = marker.shown(*own[0]) if own else None
                claimed = marker.claimed((mark for _, mark in marked), self._context.installation)
                yield Shown(ref, labels, note, tuple(comment for comment, _ in own[1:]), claimed)

    def cost(self, change: Change) -> int:
        return 0 if isinstance(change, DefineLabel | UndefineLabel) else 1

    def apply(self, change: Change) -> Receipt:
        try:
            return self._apply(change)
        except Forbidden as error:
            hint = f"Grant the account {_needed(change)} in the project; `okrsync check` tells what else is missing."
            raise Forbidden(error.message, hint=hint) from error

    def _apply(self, change: Change) -> Receipt:
        match change:
            case AddLabel(ref=ref, label=label):
                return self._label(ref, {"add": label})
            case RemoveLabel(ref=ref, label=label):
                return self._label(ref, {"remove": label})
            case PutNote(ref=ref, note=note, note_id=note_id):
                return self._edit_or_create(ref, note, note_id) if note_id else self._create(ref, note)
            case DeleteNote(ref=ref, note_id=note_id):
                return self._delete(f"issue/{ref.id}/comment/{note_id}", {})
            case PutLink():
                return self._link(change)
            case DeleteLink(ref=ref, key_result=key_result):
                return self._delete(f"issue/{ref.id}/remotelink", {"globalId": self._global_id(key_result)})
            case DefineLabel() | UndefineLabel():
                return Receipt(Done.SKIPPED, reason="Jira's labels need no definition")
        assert_never(change)

    def _label(self, ref: Ref, operation: Mapping[str, str]) -> Receipt:
        self._quietly("labels", ref.scope, f"issue/{ref.id}", {"update": {"labels": [operation]}})
        return Receipt(Done.APPLIED)

    def _create(self, ref: Ref, note: Note) -> Receipt:
        answer = self._client.write("POST", f"issue/{ref.id}/comment", body=self._comment(note))
        try:
            return Receipt(Done.APPLIED, note_id=_read_identified(answer).id)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            hint = "It is looked for before another one is written."
            raise OutcomeUnknown(f"Jira took the note for {ref.key} and its answer got lost.", hint=hint) from None

    def _edit_or_create(self, ref: Ref, note: Note, note_id: str) -> Receipt:
        """Somebody may have deleted our comment; then there may be another one of ours, or none."""
        try:
            return self._edit(ref, note, note_id)
        except Gone:
            own = self._own(self._marked_notes(ref.id))
        return self._edit(ref, note, own[0][0]) if own else self._create(ref, note)

    def _edit(self, ref: Ref, note: Note, note_id: str) -> Receipt:
        path = f"issue/{ref.id}/comment/{note_id}"
        if self._flavour().quiet_comments:
            self._quietly("comments", ref.scope, path, self._comment(note))
        else:
            self._client.write("PUT", path, body=self._comment(note))
        return Receipt(Done.APPLIED, note_id=note_id)

    def _quietly(self, kind: str, project: str, path: str, body: object) -> None:
        """PUT without a mail to the watchers, where the account may: otherwise plainly, from then on in that project.

        An account that may not edit at all is not asked twice.
        """
        if (kind, project) not in self._loud:
            try:
                self._client.write("PUT", path, params={"notifyUsers": "false"}, body=body)
                return
            except Forbidden as error:
                if _EDITING.search(error.message):
                    raise
                self._loud.add((kind, project))
        self._client.write("PUT", path, body=body)

    def _delete(self, path: str, params: Mapping[str, str]) -> Receipt:
        try:
            self._client.write("DELETE", path, params=params)
        except Gone:
            return Receipt(Done.ALREADY)
        return Receipt(Done.APPLIED)

    def _link(self, change: PutLink) -> Receipt:
        """Jira updates the link that has this global id; fields left out would become empty."""
        body = {
            "globalId": self._global_id(change.key_result),
            "application": {"type": "org.okrsync", "name": "OKR"},
            "relationship": "counts for",
            "object": {"url": change.url, "title": f"{change.key_result}: {change.title}"[:255]},
        }
        self._client.write("POST", f"issue/{change.ref.id}/remotelink", body=body)
        return Receipt(Done.APPLIED)

    def _global_id(self, key_result: str) -> str:
        return f"okrsync:{self._context.installation}:{key_result}"

    def _comment(self, note: Note) -> dict[str, Any]:
        mark = marker.mark(self._context.installation, note, self._context.namespace)
        return {"body": render(note), "properties": [{"key": marker.PROPERTY, "value": mark}]}

    def _marked_notes(self, issue: str) -> list[tuple[str, marker.Mark]]:
        """The notes of all installations, oldest first."""
        found = ((comment.id, self._mark(comment)) for comment in self._comments(issue))
        return sorted(((id_, mark) for id_, mark in found if mark), key=lambda note: (len(note[0]), note[0]))

    def _own(self, marked: Sequence[tuple[str, marker.Mark]]) -> list[tuple[str, marker.Mark]]:
        return [(id_, mark) for id_, mark in marked if mark.installation == self._context.installation]

    def _comments(self, issue: str) -> Iterator[Comment]:
        start = 0
        while True:
            params = {"expand": "properties", "orderBy": "created", "startAt": str(start), "maxResults": str(_COMMENTS)}
            page = self._client.read(f"issue/{issue}/comment", _read_comments, params=params)
            yield from page.comments
            start += len(page.comments)
            if not page.comments or start >= page.total:
                return

    def _mark(self, comment: Comment) -> marker.Mark | None:
        """Where a server does not expand properties, comments that read like ours are asked for theirs."""
        if comment.properties is not None:
            return next(
                (marker.read(known.value) for known in comment.properties if known.key == marker.PROPERTY), None
            )
        if SIGNED not in comment.body:
            return None
        try:
            return marker.read(
                self._client.read(f"comment/{comment.id}/properties/{marker.PROPERTY}", _read_property).value
            )
        except Gone:
            return None


def _needed(change: Change) -> str:
    """The permission as Jira's administration calls it."""
    match change:
        case PutNote(note_id=note_id):
            return '"Edit Own Comments"' if note_id else '"Add Comments"'
        case DeleteNote():
            return '"Delete Own Comments"'
        case PutLink() | DeleteLink():
            return '"Link Issues"'
    return '"Edit Issues"'
