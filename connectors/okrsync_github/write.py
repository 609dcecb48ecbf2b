"""Writing on tickets: labels one by one, and one note that is edited in place.

Every change is one request. Redirects are never followed, so a write cannot land on a ticket in another repository.
"""

from __future__ import annotations

from urllib.parse import quote

from okrsync import marker
from okrsync.connector import Context
from okrsync.errors import OutcomeUnknown
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    Done,
    PutLink,
    PutNote,
    Receipt,
    RemoveLabel,
    UndefineLabel,
)
from okrsync.model.work import Ref
from okrsync_github.client import Client
from okrsync_github.failures import Missing, Unprocessable
from okrsync_github.observe import Observer, issue_number
from okrsync_github.payload import Comment, decoder, nothing
from okrsync_github.translate import number_of

DESCRIPTION = 100
"""GitHub's limit for a label's description, in characters."""

_APPLIED = Receipt(Done.APPLIED)
_ALREADY = Receipt(Done.ALREADY)
_decode_comment = decoder(Comment)


def cost(change: Change) -> int:
    """Requests that a change takes when nothing goes wrong; GitHub has no remote links."""
    return 0 if isinstance(change, PutLink | DeleteLink) else 1


class Writer:
    """Applies changes, one at a time."""

    def __init__(self, client: Client, context: Context, observer: Observer) -> None:
        self._client = client
        self._context = context
        self._observer = observer

    def apply(self, change: Change) -> Receipt:
        """See :meth:`okrsync.connector.Connector.apply`."""
        match change:
            case DefineLabel():
                return self._describe(change) if change.exists else self._define(change)
            case UndefineLabel():
                return self._delete(_label(change))
            case AddLabel():
                self._client.write("POST", f"{_issue(change.ref)}/labels", {"labels": [change.label]}, nothing)
                return _APPLIED
            case RemoveLabel():
                return self._delete(f"{_issue(change.ref)}/labels/{quote(change.label, safe='')}")
            case PutNote():
                return self._put(change)
            case DeleteNote():
                return self._delete(f"/repositories/{change.ref.scope}/issues/comments/{change.note_id}")
            case PutLink() | DeleteLink():
                return Receipt(Done.SKIPPED, reason="GitHub has no remote links")

    def _define(self, change: DefineLabel) -> Receipt:
        body = {
            "name": change.label,
            "color": change.color.lstrip("#"),
            "description": change.description[:DESCRIPTION],
        }
        try:
            self._client.write("POST", f"/repositories/{change.scope}/labels", body, nothing)
        except Unprocessable as error:
            if "already_exists" in error.codes:
                return _ALREADY
            raise
        return _APPLIED

    def _describe(self, change: DefineLabel) -> Receipt:
        try:
            self._client.write("PATCH", _label(change), {"description": change.description[:DESCRIPTION]}, nothing)
        except Missing:
            defined = self._define(change)
            if defined.done is Done.ALREADY:
                raise
            return defined
        return _APPLIED

    def _delete(self, path: str) -> Receipt:
        """Whatever cannot be found need not be deleted; what moved away is somebody else's now."""
        try:
            self._client.write("DELETE", path, None, nothing)
        except Missing as error:
            if error.moved:
                raise
            return _ALREADY
        return _APPLIED

    def _put(self, change: PutNote) -> Receipt:
        """Edit; where the note is gone, look for one of ours, and only where there is none write a new one."""
        from okrsync_github import note  # most runs write no note, and Jinja takes its time to load

        own = marker.mark(self._context.installation, change.note, self._context.namespace)
        body = {"body": note.render(change.note, own)}
        if change.note_id is not None:
            try:
                return self._edit(change.ref, change.note_id, body)
            except Missing:
                found = self._observer.notes(change.ref)
                if found:
                    return self._edit(change.ref, found[0].id, body)
        written = self._client.write("POST", f"{_issue(change.ref)}/comments", body, _decode_comment)
        return _receipt(change.ref, written)

    def _edit(self, ref: Ref, note_id: str, body: dict[str, str]) -> Receipt:
        path = f"/repositories/{ref.scope}/issues/comments/{note_id}"
        return _receipt(ref, self._client.write("PATCH", path, body, _decode_comment))


def _receipt(ref: Ref, written: Comment) -> Receipt:
    if issue_number(written) != number_of(ref.key):
        raise OutcomeUnknown(
            f"{ref.key}: GitHub put the note on {written.issue_url}.", hint="Run a full sync to find where things are."
        )
    return Receipt(Done.APPLIED, note_id=str(written.id))


def _issue(ref: Ref) -> str:
    return f"/repositories/{ref.scope}/issues/{number_of(ref.key)}"


def _label(change: DefineLabel | UndefineLabel) -> str:
    return f"/repositories/{change.scope}/labels/{quote(change.label, safe='')}"
