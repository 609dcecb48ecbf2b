"""The kinds of columns that tables here share, and the book that lists all tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, MetaData, String, TypeDecorator

from okrsync.errors import StoreError

metadata = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept as ISO 8601 text in UTC with microseconds."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else time_of(value)


def time_of(value: Any) -> datetime:
    """A kept time. Raises StoreError for what is none."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise StoreError(
            f"The store holds a damaged time: {value!r}.",
            hint="`okrsync store check` tells more, and `okrsync store restore FILE` brings back a backup.",
        ) from None


AnyCase = String(collation="NOCASE")
"""An id whose case does not matter, as it does not matter in the OKR files."""
