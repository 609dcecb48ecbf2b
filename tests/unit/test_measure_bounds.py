"""Values that people give, and bounds that are met or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from okr_builders import NOON, item, part, placed

from okrsync.measure import Evidence, measure
from okrsync.model.sample import Linked, Sample
from okrsync.model.work import Item

Parts = Sequence[tuple[Item, Linked]]

RATIO = {"type": "ratio", "of": {"state": "open", "labels": ["Latency"]}, "over": {"state": "open"}, "target": 1}


def read(how: dict[str, Any], parts: Parts = (), **known: Any) -> Sample:
    return measure(placed(measure=how), iter(parts), Evidence(at=NOON, **known))


def items(count: int, *, done: int = 0, **changed: Any) -> list[tuple[Item, Linked]]:
    return [part(item(str(number), done=number < done, **changed)) for number in range(count)]


def test_a_manual_key_result_takes_the_latest_check_in() -> None:
    how = {"type": "manual", "start": 2.0, "target": 3}
    assert read(how).value is None
    sample = read(how, checkin=2.5)
    assert (sample.value, sample.raw, sample.flags, sample.rule) == (2.5, 0.5, (), "manual v1")


OPEN = {"type": "count", "of": "open", "start": 10, "target": 0}


@pytest.mark.parametrize(
    ("bound", "met"),
    [
        ({"below": 3}, 0.0),
        ({"below": 3, "inclusive": True}, 1.0),
        ({"below": 4}, 1.0),
        ({"above": 3}, 0.0),
        ({"within": (1, 3)}, 0.0),
        ({"within": (1, 3), "inclusive": True}, 1.0),
        ({"within": (2, 4)}, 1.0),
    ],
)
def test_maintain_is_met_or_not_with_strict_bounds(bound: dict[str, Any], met: float) -> None:
    sample = read({"type": "maintain", **bound, "of": OPEN}, items(3))
    assert (sample.value, sample.raw, sample.numerator) == (met, met, 3)
    assert bool(sample.flags) is (met == 0)


def test_an_unmet_bound_says_what_was_measured() -> None:
    sample = read({"type": "maintain", "below": 2, "of": OPEN}, items(3))
    assert sample.flags == ("it is 3 and should be below 2",)
    assert sample.rule == "maintain below 2 of count of open v1"


def test_maintain_without_data_is_no_value() -> None:
    sample = read({"type": "maintain", "below": 0.3, "of": RATIO})
    assert (sample.value, sample.raw) == (None, None)


def test_a_boolean_is_a_check_in_a_bound_or_a_target_reached() -> None:
    assert [read({"type": "boolean"}, checkin=value).value for value in (None, 0, 1)] == [None, 0, 1]
    assert [read({"type": "boolean", "of": OPEN}, items(count)).value for count in (1, 0)] == [0, 1]
    assert [read({"type": "boolean", "above": 1, "of": OPEN}, items(count)).value for count in (1, 2)] == [0, 1]
