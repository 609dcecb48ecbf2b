"""How long work tells that it is going on; the doors decide how that looks."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """One stage at a time; ``total`` is None where nobody knows it beforehand."""

    def stage(self, name: str, total: int | None = None) -> None: ...

    def advance(self, count: int = 1) -> None: ...

    def done(self) -> None: ...


class NoProgress:
    """Silence."""

    def stage(self, name: str, total: int | None = None) -> None:
        pass

    def advance(self, count: int = 1) -> None:
        pass

    def done(self) -> None:
        pass
