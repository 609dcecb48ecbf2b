"""Divergence: contradictions between what people feel, what the forecast says, and what the work shows. Said aloud."""

from __future__ import annotations

from collections.abc import Iterator

from okrsync.words import percent

CONFIDENT, DOUBTFUL = 7, 3
POOR, GOOD = 0.30, 0.70
DONE = 0.90


def worth_asking(confidence: float | None) -> bool:
    """Whether a forecast could contradict the confidence at all."""
    return confidence is not None and (confidence >= CONFIDENT or confidence <= DOUBTFUL)


def divergences(
    confidence: float | None, probability: float | None, raw: float | None, work: float | None
) -> Iterator[str]:
    """Confidence is 0 to 10; ``probability`` the forecast's, ``work`` the share of linked work done, 0 to 1.

    A metric has not moved while its ``raw`` progress is not above 0. None is what nobody knows; it contradicts nothing.
    """
    if confidence is not None and probability is not None:
        told = f"confidence is {confidence:g} of 10, and the forecast gives it"
        if confidence >= CONFIDENT and probability < POOR:
            yield f"{told} less than {percent(POOR)}: what do you know that the work does not show?"
        elif confidence <= DOUBTFUL and probability > GOOD:
            yield f"{told} more than {percent(GOOD)}: what worries you?"
    if work is not None and work >= DONE and raw is not None and raw <= 0:
        yield f"{percent(work)} of the work is done and the metric has not moved"
