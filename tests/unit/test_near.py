"""A wrong name is told the right one."""

from __future__ import annotations

import pytest

from okrsync.near import did_you_mean, nearest


@pytest.mark.parametrize(
    ("name", "meant"),
    [("chekout-1", "Checkout-1"), ("CHECKOUT-1", "Checkout-1"), ("straße", "STRASSE"), ("something", None), (7, None)],
)
def test_the_nearest_name_is_found_whatever_its_case_and_told_as_it_is_written(name: object, meant: str | None) -> None:
    assert nearest(name, ["Checkout-1", "STRASSE", "api"]) == meant


def test_a_hint_names_the_nearest_with_its_option_or_says_what_else_to_do() -> None:
    assert did_you_mean("shpo", ["shop", "api"], "There are shop, api.") == "Did you mean shop?"
    assert did_you_mean("shpo", ["shop", "api"], "There are shop, api.", "--team") == "Did you mean --team shop?"
    assert did_you_mean("else", ["shop", "api"], "There are shop, api.", "--team") == "There are shop, api."
    assert did_you_mean("else", [], "There are none.") == "There are none."
