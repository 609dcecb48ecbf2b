"""What tickets show of ours, as far as is known, and which of them take no writes for now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert

from okrsync.model.change import Shown, ShownNote
from okrsync.model.ticket import Showing
from okrsync.store import tables
from okrsync.store.rows import as_json

SHOWN_COLUMNS = """
s.known, s.under_way, s.note_id, s.digest, s.tenths, s.statuses, s.named, s.surplus, s.claimed, s.links, s.blocked,
s.as_of
"""
_SHOWN = f"SELECT {SHOWN_COLUMNS} FROM shown s WHERE s.connection = ? AND s.item = ?"
_UNBLOCK = """
UPDATE shown SET blocked = '', known = known AND claimed = '[]'
WHERE connection = ? AND (blocked <> '' OR claimed <> '[]') AND item IN (SELECT value FROM json_each(?))
"""
_DOUBT = "UPDATE shown SET known = 0 WHERE connection = ?"
_LOOKED_AT = """
UPDATE shown SET as_of = (
    SELECT json_extract(i.body, '$.updated') FROM items i WHERE i.connection = shown.connection AND i.id = shown.item
) WHERE connection = ? AND item = ?
"""

_decode_names = lru_cache(maxsize=4096)(msgspec.json.Decoder(tuple[str, ...]).decode)
_decode_tenths = msgspec.json.Decoder(dict[str, int]).decode
_decode_statuses = msgspec.json.Decoder(dict[str, str]).decode


class Showings:
    """The cabinet of labels, notes and links that tickets show of ours."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def begin_note(self, connection: str, item: str) -> None:
        """A note is about to be written, or may have come with a transferred ticket: nobody knows what it shows."""
        self._put(connection, item, known=False, under_way=True)

    def withdraw_note(self, connection: str, item: str) -> None:
        """The note that was about to be written was not. Where none was ever seen, none is known."""
        known = self._showing(connection, item).note is not None
        self._put(connection, item, known=known, under_way=False)

    def set_note(
        self,
        connection: str,
        item: str,
        note: ShownNote | None,
        surplus: Sequence[str] | None = None,
        claimed: Sequence[str] | None = None,
    ) -> None:
        """Remember the note that a ticket surely shows now, or that it shows none; None keeps surplus and claims."""
        given = {"surplus": surplus, "claimed": claimed}
        more = {name: list(values) for name, values in given.items() if values is not None}
        self._put(
            connection,
            item,
            known=True,
            under_way=False,
            note_id=note.id if note else None,
            digest=note.digest if note else "",
            tenths=note.tenths if note else {},
            statuses=note.statuses if note else {},
            named=list(note.labels) if note else [],
            **more,
        )

    def forget_note(self, connection: str, item: str, note_id: str) -> None:
        """A note of ours was deleted: the note itself, or one of those too many."""
        showing = self._showing(connection, item)
        note = None if showing.note and showing.note.id == note_id else showing.note
        self.set_note(connection, item, note, [one for one in showing.surplus if one != note_id])

    def remote_links(self, connection: str, item: str) -> dict[str, str]:
        """Key result id -> fingerprint of the link that was put on a ticket."""
        return dict(self._showing(connection, item).links)

    def _showing(self, connection: str, item: str) -> Showing:
        row = self._db.exec_driver_sql(_SHOWN, (connection, item)).first()
        return showing_of(*row) if row else Showing()

    def set_links(self, connection: str, item: str, links: Mapping[str, str]) -> None:
        """Remember the remote links a ticket shows: key result -> fingerprint."""
        self._put(connection, item, links=dict(links))

    def keep_shown(self, found: Shown) -> None:
        """Remember what an observation found, and of which state of the item it was."""
        self.set_note(found.ref.connection, found.ref.id, found.note, found.surplus, found.claimed)
        self._db.exec_driver_sql(_LOOKED_AT, (found.ref.connection, found.ref.id))

    def doubt(self, connection: str) -> None:
        """Nobody knows any more what a connection's tickets show: each is looked at before it is written to again."""
        self._db.exec_driver_sql(_DOUBT, (connection,))

    def block(self, connection: str, item: str, reason: str) -> None:
        """Do not try to write to this ticket again before it changes, is read in full, or a census is taken."""
        self._put(connection, item, blocked=reason)

    def unblock(self, connection: str, ids: Sequence[str]) -> None:
        """These tickets may take writes again, and what others claim there is looked at anew."""
        self._db.exec_driver_sql(_UNBLOCK, (connection, as_json(ids)))

    def _put(self, connection: str, item: str, **values: object) -> None:
        fresh: dict[str, object] = {"digest": "", "tenths": {}, "statuses": {}, "links": {}, "blocked": ""}
        fresh |= {"named": [], "surplus": [], "claimed": []}
        fresh |= {"known": False, "under_way": False}
        self._db.execute(
            insert(tables.shown)
            .values(connection=connection, item=item, **{**fresh, **values})
            .on_conflict_do_update(index_elements=["connection", "item"], set_=values)
        )


def showing_of(
    known: int | None,
    under_way: int,
    note_id: str | None,
    digest: str,
    tenths: str,
    statuses: str,
    named: str,
    surplus: str,
    claimed: str,
    links: str,
    blocked: str,
    as_of: str | None,
) -> Showing:
    """A row of ``shown``; ``known`` is None where there is none."""
    if known is None:
        return Showing()
    return Showing(
        known=bool(known),
        under_way=bool(under_way),
        note=ShownNote(note_id, digest, _decode_tenths(tenths), _decode_names(named), _decode_statuses(statuses))
        if note_id
        else None,
        surplus=_decode_names(surplus),
        claimed=_decode_names(claimed),
        links=msgspec.json.decode(links, type=dict[str, str]),
        blocked=blocked,
        as_of=datetime.fromisoformat(as_of) if as_of else None,
    )
