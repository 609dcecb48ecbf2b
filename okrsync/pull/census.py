"""Census: which of the tickets that we hold are gone, and a guard against concluding that of too many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from okrsync.connector import Connector
from okrsync.errors import UnsafePlan
from okrsync.guard import unsafe
from okrsync.model.work import Ref, Scope
from okrsync.store import Store

GONE_FROM_SCOPE = "not found by a census of {scope}: {reason}"

NAMED = 100
"""Keys of lost tickets that a run's report names, and of these ``FEW`` in an error."""

FEW = 10


@dataclass(frozen=True, slots=True)
class Census:
    """Of one connection. ``force`` puts the guard aside; ``full`` is what a preview of that has to be asked with."""

    store: Store
    connection: str
    connector: Connector
    full: bool = False
    force: bool = False

    def missing(self, scope: Scope, existing: set[str]) -> dict[Ref, str]:
        """Items we hold that a census did not find and a second look confirmed, with the reason.

        ``existing`` are the ids that it found. Raises UnsafePlan where they are too many.
        """
        held, absent = 0, list[str]()
        for names in self.store.items.ids(self.connection, scope.id):
            held += len(names)
            absent += [name for name in names if name not in existing]
        if not absent:
            return {}
        refs = [item.ref for item in self.store.items.some(self.connection, sorted(absent))]
        if not scope.archived:
            self._guard(scope, refs, held)
        gone = self._gone(scope, refs)
        self._guard(scope, gone, held)
        return gone

    def confirmed(self, scope: Scope, absent: Sequence[str]) -> dict[Ref, str]:
        """The held ones among these (ids) that a second look does not find either, with the reason."""
        held = [item.ref for item in self.store.items.some(self.connection, absent) if item.scope == scope.id]
        return self._gone(scope, held)

    def _gone(self, scope: Scope, refs: Sequence[Ref]) -> dict[Ref, str]:
        gone = self.connector.confirm(refs) if refs else {}
        return {ref: GONE_FROM_SCOPE.format(scope=scope.name, reason=gone[ref.id]) for ref in refs if ref.id in gone}

    def _guard(self, scope: Scope, missing: Collection[Ref], held: int) -> None:
        """Of an archived scope a census may find nothing, so there only what a second look confirms is counted."""
        if unsafe(len(missing), held) and not self.force:
            preview = f"okrsync plan{' --full' if self.full else ''} --force"
            raise UnsafePlan(
                f"{len(missing)} of {held} items of {scope.name} are no longer there: {_some(missing)}.",
                hint=f"Nothing was concluded. `{preview}` shows what would follow, and keeps none of it. If they were "
                "really deleted or moved, run again with --force; otherwise check the permissions of the token.",
            )


def named(refs: Iterable[Ref]) -> tuple[str, ...]:
    """The keys that a report names; the rest is counted."""
    return tuple(sorted((ref.key for ref in refs), key=lambda key: (len(key), key))[:NAMED])


def _some(refs: Collection[Ref]) -> str:
    shown = named(refs)[:FEW]
    return ", ".join(shown) + (f" and {len(refs) - len(shown):,} more" if len(refs) > len(shown) else "")
