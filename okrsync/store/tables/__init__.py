"""The tables. What they hold is a cache of the trackers plus our own history; only the history is precious.

Items, milestones and reports are kept whole in a ``body`` (JSON bytes), beside the columns that queries need.
Times are ISO 8601 text in UTC, so that they sort.
"""

from okrsync.store.tables.columns import UtcTime, metadata
from okrsync.store.tables.linking import dangling, fingerprints, links, shown
from okrsync.store.tables.past import (
    backfilled,
    checkins,
    closings,
    past_links,
    reminders,
    samples,
    scores,
    terms,
    transitions,
)
from okrsync.store.tables.runs import connection_totals, holder, run_totals, runs, writes
from okrsync.store.tables.work import (
    budgets,
    connections,
    items,
    labels,
    mapped,
    memberships,
    milestones,
    scopes,
    words,
)

__all__ = [
    "UtcTime",
    "backfilled",
    "budgets",
    "checkins",
    "closings",
    "connection_totals",
    "connections",
    "dangling",
    "fingerprints",
    "holder",
    "items",
    "labels",
    "links",
    "mapped",
    "memberships",
    "metadata",
    "milestones",
    "past_links",
    "reminders",
    "run_totals",
    "runs",
    "samples",
    "scopes",
    "scores",
    "shown",
    "terms",
    "transitions",
    "words",
    "writes",
]
