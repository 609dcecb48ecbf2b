"""The five presets: published rules that turn actual and expected progress into a status.

Sources: ``viva``, ``oboard`` and ``upraise`` are the products' documented defaults, ``google`` the score bands of its
OKR playbook, ``confidence`` the common 0 to 10 scale. All bounds are half-open; nothing is rounded before a comparison.
"""

from __future__ import annotations

from okrsync.method.bands import NOISE, Band, band
from okrsync.method.words import two_shares
from okrsync.model.verdict import Preset, Status
from okrsync.words import percent

RATIO = (Preset.OBOARD, Preset.UPRAISE)
"""Presets that divide by what is expected, and so say nothing sensible while that is nearly nothing."""

TIMED = (Preset.VIVA, *RATIO)
"""Presets that compare with what is expected by now."""

OF_BAND = {Band.GREEN: Status.ON_TRACK, Band.YELLOW: Status.BEHIND, Band.RED: Status.AT_RISK}


def by_gap(actual: float, expected: float) -> Status:
    """Viva: the gap E - A <= 0 is on track, <= 0.25 behind, else at risk."""
    gap = expected - actual
    if gap <= NOISE:
        return Status.ON_TRACK
    return Status.BEHIND if gap <= 0.25 + NOISE else Status.AT_RISK


def by_ratio(actual: float, expected: float, preset: Preset) -> Status:
    """Oboard: A / E < .40 is at risk, < .70 behind. Upraise: >= .95 is on track, .75 to .95 behind. E > 0."""
    low, high = (0.40, 0.70) if preset is Preset.OBOARD else (0.75, 0.95)
    ratio = actual / expected
    if ratio < low - NOISE:
        return Status.AT_RISK
    return Status.BEHIND if ratio < high - NOISE else Status.ON_TRACK


def by_confidence(confidence: float) -> Status:
    """7 and more is on track, 3 and less at risk, what lies between behind."""
    if confidence >= 7:
        return Status.ON_TRACK
    return Status.AT_RISK if confidence <= 3 else Status.BEHIND


def compare(preset: Preset, actual: float, expected: float) -> Status:
    """The status of a share of the way, for every preset but ``confidence``. Ratio presets want E > 0."""
    if preset is Preset.GOOGLE:
        return OF_BAND[band(actual)]
    return by_ratio(actual, expected, preset) if preset in RATIO else by_gap(actual, expected)


def reason(preset: Preset, actual: float, expected: float) -> str:
    """The figures a preset compared, in words."""
    if preset is Preset.GOOGLE:
        return f"{percent(actual)} done is {band(actual)}; preset google"
    done, wanted = two_shares(actual, expected)
    ratio = f", {percent(actual / expected)} of that" if preset in RATIO else ""
    return f"{done} done, {wanted} expected{ratio}; preset {preset}"
