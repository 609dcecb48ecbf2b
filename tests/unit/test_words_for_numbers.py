"""Numbers, counts and lists read as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.words import listed, number, percent, plural


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (-0.0, "0"), (5, "5"), (2.1, "2.1"), (2.126, "2.13"), (1234567, "1,234,567"), (0.00123, "0.0012")],
)
def test_numbers_have_at_most_two_decimals(value: float, shown: str) -> None:
    assert number(value) == shown


@given(st.floats(0, 1))
def test_only_what_is_whole_reads_a_hundred_per_cent(share: float) -> None:
    assert (percent(share) == "100 %") == (share > 1 - 1e-9)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (plural(0, "ticket"), "0 tickets"),
        (plural(1, "ticket"), "1 ticket"),
        (plural(1200, "ticket"), "1,200 tickets"),
    ],
)
def test_one_of_a_thing_takes_no_plural(said: str, shown: str) -> None:
    assert said == shown


@pytest.mark.parametrize(
    ("parts", "shown"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_a_list_ends_with_its_last_word(parts: tuple[str, ...], shown: str) -> None:
    assert listed(parts) == shown
    assert listed(parts, "or") == shown.replace("and", "or")
