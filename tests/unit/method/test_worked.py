"""Work packed for many moments tells of each what the whole past of every item tells, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from lives_lived import TIMES, key, lives, worked

from okrsync.measure.duration import ENOUGH
from okrsync.method.figures import AGE_PERCENTILES, CYCLE_PERCENTILES, Period, percentile
from okrsync.method.timeline import linked_at, past
from okrsync.model.life import Life
from okrsync.model.work import Item, State

DAY = timedelta(days=1)
NAMES = ("checkout-1", "checkout-2", "api-1")
MANY = st.lists(st.tuples(lives(), st.sampled_from(NAMES), st.sampled_from("ab")), max_size=6).map(
    lambda found: [_of_its_own(number, *one) for number, one in enumerate(found)]
)
SOME = st.sets(st.sampled_from(NAMES))


def _of_its_own(number: int, life: Life, key_result: str, scope: str) -> Life:
    item = msgspec.structs.replace(life.item, id=str(number), scope=scope)
    linked = msgspec.structs.replace(life.linked, item=item.id, key_result=key_result)
    return msgspec.structs.replace(life, item=item, linked=linked)


def then(life: Life, at: datetime) -> Item | None:
    found = past(life, at)
    return None if found is None or found[2] else found[0]


def is_doing(life: Life, at: datetime) -> bool:
    """Linked or not."""
    found = then(msgspec.structs.replace(life, since=None, until=None), at)
    return found is not None and found.state is State.DOING


@given(MANY, SOME, TIMES, st.integers(1, 9))
def test_what_was_finished_and_what_was_in_progress_is_what_the_past_of_each_item_tells(
    found: Sequence[Life], names: set[str], start: datetime, days: int
) -> None:
    period = Period(start, start + days * DAY, start.date(), start.date())
    at = worked(found).at(period.end)
    items = [one for one in (then(life, period.end) for life in found if life.linked.key_result in names) if one]
    finished = [one for one in items if one.delivered and one.closed and period.start <= one.closed < period.end]
    doing = [one for one in items if one.state is State.DOING]
    assert sorted(at.finished(names, period)) == sorted(map(key, finished))
    assert sorted(at.doing(names)) == sorted(map(key, doing))
    spans = [(one.started, one.closed) for one in finished]
    times = [(closed - begun) / DAY for begun, closed in spans if begun and closed and begun <= closed]
    ages = [(period.end - one.started) / DAY for one in doing if one.started]
    made = at.productivity(names, period)
    assert made.cycle == tuple(percentile(times, one, len(finished), enough=ENOUGH) for one in CYCLE_PERCENTILES)
    assert made.age == tuple(percentile(ages, one, len(doing)) for one in AGE_PERCENTILES)
    assert (made.throughput.numerator, made.in_progress) == (len(finished), len(doing))


@given(MANY, SOME, SOME, st.sets(st.sampled_from("012345")), TIMES)
def test_leaves_in_progress_where_key_results_have_work_count_for_what_runs_or_not(
    found: Sequence[Life], names: set[str], running: set[str], leaves: set[str], moment: datetime
) -> None:
    at = worked(found, leaves).at(moment)
    there = [life for life in found if linked_at(life, moment)]
    scopes = {life.item.scope for life in there if life.linked.key_result in names}
    active = [one for one in found if one.item.id in leaves and one.item.scope in scopes and is_doing(one, moment)]
    counting = [one for one in active if one in there and one.linked.key_result in running]
    linked, others = at.aligned(names, at.mark(running))
    assert sorted(at.keys(linked)) == sorted(key(one.item) for one in counting)
    assert sorted(at.keys(others)) == sorted(key(one.item) for one in active if one not in counting)
