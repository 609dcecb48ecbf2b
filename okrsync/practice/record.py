"""Records: what the store holds of the past of a key result, read once for everything that is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from okrsync.model.life import Life
from okrsync.model.okr import Placed
from okrsync.model.sample import Sample
from okrsync.store import Store


@dataclass(frozen=True)
class Record:
    """Each part is read when it is asked for first; a snapshot of the store is up to whoever needs one."""

    store: Store
    placed: Placed

    @cached_property
    def lives(self) -> list[Life]:
        """Every item that is or was linked to it."""
        return self.store.lives.of(self.placed.key_result.id)

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """All its readings, oldest first."""
        return self.store.history.samples(self.placed.key_result.id)
