"""What closings decided, in words, beside numbers that may go on."""

from __future__ import annotations

from collections.abc import Iterable

from okrsync.model.checkin import CheckIn
from okrsync.model.closing import Closing
from okrsync.model.status import Final, ObjectiveStatus


def closed_words(found: ObjectiveStatus) -> str:
    """``closed on 2026-12-31: score 0.74, from checkout-1 0.68``; empty while the cycle goes on."""
    if found.final is None:
        return ""
    scores = [
        f"{one.key_result} {one.final.score:.2f}"
        for one in found.key_results
        if one.final and one.final.score is not None
    ]
    head = f"closed on {found.final.at:%Y-%m-%d}: {_score(found.final)}"
    return f"{head}, from {', '.join(scores)}" if scores else head


def silent_words(found: Iterable[ObjectiveStatus]) -> list[str]:
    """One sentence for each cycle that was closed while its OKR files do not say so."""
    silent = {one.cycle: one.final for one in found if one.final is not None and one.final.silent}
    return [
        f"{cycle} was closed on {final.at:%Y-%m-%d}, and its OKR files do not say so: what is above goes on. Set "
        f"state: closed in its cycle; status --at {final.last} shows what was scored."
        for cycle, final in silent.items()
    ]


def final_words(final: Final) -> str:
    """The score of a key result, by whom, and where to find what it was given for."""
    told = f"{_score(final)}, final since {final.at:%Y-%m-%d}, by {final.who}"
    return f"{told}; these numbers go on, --at {final.last} explains what was scored" if final.silent else told


def too_late_words(said: CheckIn, closing: Closing) -> str:
    """That a check-in came after the closing of its cycle, and what takes it in."""
    return (
        f"{closing.cycle} was closed on {closing.at:%Y-%m-%d}, so this changes no score of {said.key_result}. "
        f"okrsync cycle close {closing.cycle} --reopen takes it in, or set state: closed in the OKR file."
    )


def _score(final: Final) -> str:
    return "no score" if final.score is None else f"score {final.score:.2f}"
