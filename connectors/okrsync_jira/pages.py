"""Pages of a search: decoded at once while all is well, issue by issue where one does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from okrsync.model.work import Quarantined
from okrsync_jira.answers import clean

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Batch(Generic[Row]):
    """One page of a search: what was understood, what was not, and how the server says to go on."""

    rows: list[Row]
    quarantined: list[Quarantined]
    token: str | None
    is_last: bool | None
    total: int | None

    @property
    def size(self) -> int:
        """Rows that came, understood or not."""
        return len(self.rows) + len(self.quarantined)


class _SearchPage(msgspec.Struct, Generic[Row]):
    issues: list[Row]
    nextPageToken: str | None = None
    isLast: bool | None = None
    total: int | None = None


class _Addressed(msgspec.Struct):
    id: str | int = ""
    key: str = ""


def batch_decoder(row: type[Row]) -> Callable[[bytes], Batch[Row]]:
    """One issue that does not fit is set apart and never takes its page along."""
    whole = msgspec.json.Decoder(_SearchPage[row])  # type: ignore[valid-type]
    pieces = msgspec.json.Decoder(_SearchPage[msgspec.Raw])
    single = msgspec.json.Decoder(row)

    def decode(body: bytes) -> Batch[Row]:
        try:
            page = whole.decode(body)
            return Batch(page.issues, [], page.nextPageToken, page.isLast, page.total)
        except msgspec.ValidationError:
            parts = pieces.decode(body)
        rows: list[Row] = []
        misfits: list[Quarantined] = []
        for raw in parts.issues:
            try:
                rows.append(single.decode(raw))
            except msgspec.ValidationError as error:
                misfits.append(_set_apart(raw, error))
        return Batch(rows, misfits, parts.nextPageToken, parts.isLast, parts.total)

    return decode


def _set_apart(raw: msgspec.Raw, error: Exception) -> Quarantined:
    reason = clean(f"Jira's data does not fit: {error}")
    try:
        known = msgspec.json.decode(raw, type=_Addressed)
    except msgspec.ValidationError:
        return Quarantined("", "", reason)
    return Quarantined(str(known.id), known.key, reason)
