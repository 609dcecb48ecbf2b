"""Burn-ups in sentences: each place that can be pointed at says day, value, unit, goal and what was expected."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from reviews import burn_up

from okrsync.model.outlook import Ahead
from okrsync.report.charts import legend
from okrsync.report.readout import spots, whole


def test_a_reading_says_what_is_done_of_how_much_and_what_was_expected() -> None:
    said = [one.said for one in spots(burn_up())]
    assert said[7] == "Thu 19 Nov: 21 of 42 items done; expected 22.6"


def test_the_forecast_says_how_likely_each_amount_is() -> None:
    last = spots(burn_up())[8]
    assert last.said == "Thu 26 Nov, forecast: at least 23 items done (95 % likely), 26 (50 % likely)"


def test_where_the_forecast_leaves_no_room_one_amount_is_said_once() -> None:
    chart = burn_up()
    sure = msgspec.structs.replace(chart, ahead=(chart.ahead[0], Ahead(chart.ahead[1].at, (42.0,) * 4)))
    assert spots(sure)[-1].said == "Thu 26 Nov, forecast: at least 42 items done (95 % likely)"


def test_a_value_is_read_and_not_done() -> None:
    chart = msgspec.structs.replace(burn_up("%"), work=False, falling=True)
    assert spots(chart)[7].said == "Thu 19 Nov: 21 %, goal 42 %; expected 22.6 %"
    assert "at most" in spots(chart)[-1].said
    assert "21 %, goal 42 %" in whole(chart)


def test_a_unit_that_is_not_named_is_left_out() -> None:
    assert spots(burn_up(""))[7].said == "Thu 19 Nov: 21 of 42 done; expected 22.6"


def test_without_an_expected_line_nothing_is_said_of_it() -> None:
    chart = msgspec.structs.replace(burn_up(), expected=())
    assert "expected" not in "".join(one.said for one in spots(chart))


def test_the_legend_names_only_what_is_drawn() -> None:
    whole_one = dict(legend(burn_up()))
    assert set(whole_one) == {"done", "goal", "expected", "fan", "turn"}
    assert set(dict(legend(burn_up(ahead=False, turns=False)))) == {"done", "goal", "expected"}
    assert "at most" in dict(legend(msgspec.structs.replace(burn_up(), falling=True)))["fan"]


@given(st.integers(0, 40), st.booleans(), st.booleans())
def test_every_place_is_further_right_and_is_said_whole(shift: int, work: bool, falling: bool) -> None:
    chart = msgspec.structs.replace(burn_up("points"), work=work, falling=falling)
    past = tuple(msgspec.structs.replace(one, made=one.made + shift) for one in chart.past)
    found = spots(msgspec.structs.replace(chart, past=past))
    assert [one.at for one in found] == sorted({one.at for one in found})
    assert all("points" in one.said and ":" in one.said for one in found)
