"""Work that was in progress or delivered: its stretches say of any moment what the whole past says."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from hypothesis import given
from lives_lived import TIMES, lives

from okrsync.method.begun import Begun, stretches
from okrsync.method.timeline import linked_at, past
from okrsync.model.life import Life
from okrsync.model.work import State


def begun_by_the_whole_past(life: Life, at: datetime) -> Begun | None:
    found = past(life, at)
    if found is None or found[2]:
        return None
    doing = found[0].state is State.DOING
    return Begun(doing, found[0].started, found[0].closed) if doing or found[0].delivered else None


@given(lives(), TIMES)
def test_the_stretches_of_an_item_say_what_its_whole_past_says(life: Life, at: datetime) -> None:
    held = [one.begun for one in stretches(life) if one.begin <= at and (one.end is None or at < one.end)]
    found = held if linked_at(life, at) else []
    assert found == [one for one in [begun_by_the_whole_past(life, at)] if one]


@given(lives())
def test_stretches_follow_one_another(life: Life) -> None:
    told = list(stretches(life))
    assert all(one.end is None or one.begin < one.end for one in told)
    assert all(one.end is not None and one.end <= other.begin for one, other in pairwise(told))
