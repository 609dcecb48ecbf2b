"""Plan: compare what tickets should show with what they show. Pure.

The note changes only when a reader would notice: its key results, a tenth of progress (with hysteresis), what the
ticket counts. Closed tickets keep what they show while ``on: open``; a ticket that counts for nothing any more, or
wears the ignore label, loses it.
"""

from okrsync.plan.changes import clean_plan, link_fingerprint, make_plan, needs_a_look
from okrsync.plan.wanted import Planner, Target, Wanted
from okrsync.plan.words import counts, tenth

__all__ = [
    "Planner",
    "Target",
    "Wanted",
    "clean_plan",
    "counts",
    "link_fingerprint",
    "make_plan",
    "needs_a_look",
    "tenth",
]
