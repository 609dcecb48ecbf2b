"""What the engine wants a ticket to show, and the smallest changes that get it there."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from okrsync.model.work import Ref


class NoteLine(msgspec.Struct, frozen=True):
    """What a note says about one key result.

    ``tenth`` is the shown progress, 0 to 10, or None while there is no data; 10 means reached. ``status`` and ``pace``
    say how that compares with what is expected, in words that stay true while time alone passes; both may be "".
    ``counts`` tells what the ticket adds ("5 points", "1 item", "supports, not counted"), ``reasons``
    why it is linked. All text comes from OKR files or tickets and is escaped by the connector.
    """

    key_result: str
    title: str
    objective: str
    tenth: int | None
    counts: str
    reasons: tuple[str, ...]
    url: str = ""
    status: str = ""
    pace: str = ""


class Note(msgspec.Struct, frozen=True):
    """The one note of a ticket: everything a reader would notice, nothing that changes by itself."""

    lines: tuple[NoteLine, ...]
    ignore_label: str


class ShownNote(msgspec.Struct, frozen=True):
    """Our note as found on a ticket. What it shows is read back from its ownership mark.

    ``tenths`` and ``statuses`` are the shown ones by key result, ``labels`` those it names as ours.
    """

    id: str
    digest: str
    tenths: dict[str, int] = {}
    labels: tuple[str, ...] = ()
    statuses: dict[str, str] = {}


class Shown(msgspec.Struct, frozen=True):
    """What a ticket shows of ours: labels of our namespace, our note, and notes of ours too many.

    ``claimed`` are the labels that notes of other installations name as theirs.
    """

    ref: Ref
    labels: tuple[str, ...] = ()
    note: ShownNote | None = None
    surplus: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()


class DefineLabel(msgspec.Struct, frozen=True, tag="define_label"):
    """Create or describe a label in a scope. ``exists`` tells that only its description changes."""

    connection: str
    scope: str
    label: str
    description: str
    color: str
    exists: bool = False


class UndefineLabel(msgspec.Struct, frozen=True, tag="undefine_label"):
    """Delete the definition of one of our labels from a scope."""

    connection: str
    scope: str
    label: str


class AddLabel(msgspec.Struct, frozen=True, tag="add_label"):
    """One label more; every other stays."""

    ref: Ref
    label: str


class RemoveLabel(msgspec.Struct, frozen=True, tag="remove_label"):
    """One label of ours less; every other stays."""

    ref: Ref
    label: str


class PutNote(msgspec.Struct, frozen=True, tag="put_note"):
    """Create the note (``note_id`` None) or edit it in place."""

    ref: Ref
    note: Note
    note_id: str | None = None


class DeleteNote(msgspec.Struct, frozen=True, tag="delete_note"):
    """Take our note away; one that is gone already is fine."""

    ref: Ref
    note_id: str


class PutLink(msgspec.Struct, frozen=True, tag="put_link"):
    """An idempotent remote link from the ticket to the key result's page."""

    ref: Ref
    key_result: str
    title: str
    url: str


class DeleteLink(msgspec.Struct, frozen=True, tag="delete_link"):
    """Take our remote link for a key result away."""

    ref: Ref
    key_result: str


LabelChange = DefineLabel | UndefineLabel
TicketChange = AddLabel | RemoveLabel | PutNote | DeleteNote | PutLink | DeleteLink
Change = LabelChange | TicketChange


def ref_of(change: Change) -> Ref | None:
    """The ticket a change is about; None for the definition of a label."""
    return None if isinstance(change, DefineLabel | UndefineLabel) else change.ref


def connection_of(change: Change) -> str:
    """The connection a change goes through."""
    return change.connection if isinstance(change, DefineLabel | UndefineLabel) else change.ref.connection


class Done(StrEnum):
    """How a change ended: sent and accepted, found already so, or impossible for now."""

    APPLIED = "applied"
    ALREADY = "already"
    SKIPPED = "skipped"


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a change. ``note_id`` is set by PutNote; ``reason`` says why it was skipped."""

    done: Done
    note_id: str | None = None
    reason: str = ""
