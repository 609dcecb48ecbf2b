"""Carried-over key results: whom a line ``OKR: id`` counts for when the id in it is one of an earlier cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from okrsync.model.okr import Placed

Heirs = Mapping[str, str]
"""Case-folded id of a key result that is over -> id of the live one that it was carried over to."""


def heirs_of(placed: Sequence[Placed]) -> dict[str, str]:
    """Through however many cycles, and also where the file of the earlier one is gone.

    What is live counts for itself, and what was carried over to several live ones counts for none of them.
    """
    after: dict[str, list[Placed]] = {}
    for one in placed:
        if before := one.key_result.carried_from:
            after.setdefault(before.casefold(), []).append(one)
    live = {one.key_result.id.casefold() for one in placed if one.live}
    found = {name: _heir(name, after) for name in after if name not in live}
    return {name: heir for name, heir in found.items() if heir is not None}


def _heir(name: str, after: Mapping[str, Sequence[Placed]]) -> str | None:
    """The only live one among all that came of it; ``carried_from`` in a circle ends where it began."""
    seen, ways, live = {name}, [name], []
    while ways:
        for one in after.get(ways.pop(), ()):
            id = one.key_result.id
            if one.live:
                live.append(id)
            elif id.casefold() not in seen:
                seen.add(id.casefold())
                ways.append(id.casefold())
    return live[0] if len(live) == 1 else None
