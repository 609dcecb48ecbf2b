"""The worked examples of docs/forecast.md, computed again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from okrsync.method.forecast.curve import until_sure
from okrsync.method.forecast.exact import curve
from okrsync.method.forecast.metric import line
from okrsync.method.forecast.outlook import MANY, SOME, WINDOW
from okrsync.method.forecast.stream import FINEST, on_grid
from okrsync.model.outlook import BANDS, SHARES

PAGE = Path(__file__).parents[2] / "docs" / "forecast.md"


def example(name: str) -> dict[str, str]:
    """A fenced block: the first word of each line, and what follows it."""
    found = re.search(rf"```{name}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    rows = (re.split(r"\s{2,}", row, maxsplit=1) for row in found[1].strip().splitlines())
    return {name.strip(): values for name, values in rows}


def test_the_convolution_of_the_page() -> None:
    told = example("forecast")
    pairs = list(zip(map(float, told["finished"].split()), map(float, told["added"].split()), strict=True))
    found = curve(on_grid(float(told["remaining"]), pairs), until_sure(0))
    weeks = [int(week) for week in told["week"].split()]
    assert [f"{found.done[week - 1]:.4f}" for week in weeks] == told["done"].split()
    assert [found.first_week(share) for share in SHARES] == [int(week) for week in told["dates"].split()]


def test_the_trend_of_the_page() -> None:
    told = example("trend")
    values = [float(value) for value in told["readings"].split()]
    fitted = line([(week - len(values) + 1, value) for week, value in enumerate(values)])
    assert fitted is not None
    assert told["slope"] == f"{fitted.slope:.4f} a week"
    assert told["in 6"] == f"{fitted.at(6):.3f}"
    low, high = fitted.interval(0.9, 6)
    assert told["interval"] == f"{low:.3f} {high:.3f} with 90 %"
    assert told["chance"] == f"{1 - fitted.below(3, 6):.2f} to be at 3 or more"


@pytest.mark.parametrize(
    "said",
    [f"fewer than {SOME} complete weeks", f"from {MANY} | a percentage", f"{FINEST:,} units", *BANDS, "at most twelve"],
)
def test_the_rules_of_the_page_are_those_of_the_code(said: str) -> None:
    assert said in PAGE.read_text("utf-8")
    assert WINDOW == 12
