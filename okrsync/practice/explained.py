"""Why a key result said what it said on a past day, or when its cycle was closed: its items as they were then."""

from __future__ import annotations

from datetime import datetime

import msgspec

from okrsync import views
from okrsync.measure import contributions
from okrsync.method.definition import revived, subject
from okrsync.method.timeline import parts_at
from okrsync.model.closing import Closing
from okrsync.model.okr import Placed
from okrsync.model.sample import Sample
from okrsync.model.status import Explanation
from okrsync.model.verdict import Verdict
from okrsync.practice.desk import Desk
from okrsync.practice.readings import last_moment
from okrsync.practice.replay import evidence_at
from okrsync.practice.standing import judged_at, standings_by

APART = "the items alone do not tell it: they were read later than it was measured, or milestones have no past"


def explain_then(desk: Desk, placed: Placed, at: datetime | None = None) -> Explanation:
    """Every item as it was when the reading that was true at an aware time was taken, under the definition of then.

    On the day that a closing froze, and for what is closed on every day after it, that is the reading it froze;
    without a time, it is the last one.
    """
    then = at or desk.now
    with desk.store.reading():
        sample = reading_of(desk, placed, then)
        judged = standings_by(desk, {placed.key_result.id: sample} if sample else {}, then, judged_at(desk, then))
        found = _explained(desk, placed, then, sample, judged.verdicts[placed.key_result.id])
    return msgspec.structs.replace(found, at=at or (sample.at if sample else None))


def reading_of(desk: Desk, placed: Placed, at: datetime) -> Sample | None:
    """The reading of a key result that counts at an aware time."""
    closing = desk.store.closings.latest(placed.cycle.id)
    if closing is not None and _is_frozen(closing, placed, at):
        for one in closing.key_results():
            if one.id.casefold() == placed.key_result.id.casefold():
                return one.sample
    return desk.store.history.sample(placed.key_result.id, at)


def _is_frozen(closing: Closing, placed: Placed, at: datetime) -> bool:
    zone, moment = placed.cycle.zone, last_moment(placed.cycle, closing.at)
    same_day = at.astimezone(zone).date() == moment.astimezone(zone).date()
    return at >= moment if same_day or not placed.live else False


def _explained(desk: Desk, placed: Placed, at: datetime, sample: Sample | None, judged: Verdict) -> Explanation:
    store, name = desk.store, placed.key_result.id
    if sample is None:
        return views.explanation(placed, views.row_of(store, placed, at, None, judged, 0), (), (), {})
    kept = store.history.fingerprints(subject(placed.key_result.id, ""))
    old = revived(kept, sample, placed.key_result) or placed.key_result
    then = placed.model_copy(update={"key_result": old})
    parts, lost = parts_at(store.lives.of(name), sample.at)
    found = list(contributions(then, parts, evidence_at(store, then, sample.at, lost), sample, APART))
    row = views.row_of(store, placed, at, sample, judged, len(parts))
    return views.explanation(then, row, parts, found, lost, views.said_value(store, then, sample, sample.at))
