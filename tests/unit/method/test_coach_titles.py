"""Rules that read titles."""

from __future__ import annotations

import pytest
from coach_facts import CYCLE, facts, found, key_result, objective, okrs, together
from hypothesis import given
from hypothesis import strategies as st

from okrsync.method.coach.titles import doubles, metric_in, output_verb, tokens
from okrsync.model.okr import Cycle


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Launch the mobile app", "launch"),
        ("launch", "launch"),
        ("Deliver 12 features", "deliver"),
        ("Build a new checkout", "build"),
        ("Migrate all customers to the new platform", "migrate"),
        ("Implement SSO", "implement"),
        ("Help sales with demos", "help"),
        ("Analyse the churn of 2025", "analyse"),
        ("Analyze churn", "analyze"),
        ("Successfully launch the app", "launch"),
        ("We will migrate the database", "migrate"),
        ("Design and build the app", "build"),
        ("Launching the mobile app", "launching"),
        ("The team delivers a new billing", "delivers"),
        ("All latency work is delivered", "delivered"),
        ("The new checkout launched", "launched"),
        ("The data warehouse is fully migrated", "migrated"),
    ],
)  # fmt: skip
def test_output_verbs_are_found(title: str, word: str) -> None:
    assert output_verb(title) == word


@pytest.mark.parametrize(
    "title",
    [
        "Delivery time from 5 to 2 days",
        "Delivered orders without damage from 90 % to 97 %",
        "95 % of parcels are delivered within a day",
        "Build time from 30 to 8 minutes",
        "Build failures a week from 12 to 3",
        "Builds per day from 3 to 10",
        "Help desk tickets from 400 to 200 a month",
        "Helpful answers from 60 % to 80 %",
        "Customers feel helped",
        "Launch day errors below 10",
        "Launches without rollback from 70 % to 95 %",
        "Migration errors below 1 %",
        "Analyst ratings from 3.1 to 4",
        "Rebuild of trust: NPS from 10 to 30",
        "Conversion from 2.1 % to 3 %",
        "Ship fewer bugs: escaped defects from 30 to 10",
    ],
)
def test_results_that_sound_like_output_are_left_alone(title: str) -> None:
    assert output_verb(title) == ""


def test_the_finding_names_the_title_and_the_word() -> None:
    [one] = found("KR-VERB", facts(objective(key_result(title="Build the app"), key_result("b"))))
    assert one.reason == 'checkout-1 is "Build the app": "build" names work, not a result.'
    assert (one.file, one.line, one.key_results) == ("okrs/shop.yaml", 11, ("checkout-1",))


@pytest.mark.parametrize(
    ("title", "metric"),
    [
        ("Grow revenue by 20 %", "20 %"),
        ("Grow revenue by 20%", "20%"),
        ("Twenty becomes 30 percent", "30 percent"),
        ("Latency from 300 to 200", "from 300 to 200"),
        ("Earn €5 with every order", "€5"),
        ("Be 3x faster", "3x"),
        ("Win 500 customers", "500"),
        ("Answer within 200 ms", "200 ms"),
        ("Reach 1,000 teams", "1,000"),
    ],
)
def test_a_metric_in_an_objective_is_found(title: str, metric: str) -> None:
    assert metric_in(title) == metric


@pytest.mark.parametrize(
    "title",
    [
        "Buying is effortless",
        "Be the first choice in Q4",
        "Own the B2B market in 2026",
        "Support around the clock, 24/7",
        "Be ready for ISO 27001",
        "Finish phase 2 of the move with everybody on board",
        "Make our 2nd product as loved as the first",
        "Everybody logs in with OAuth 2",
        "GPT-4 answers what people ask",
        "Be number 1 in the hearts of runners",
    ],
)
def test_numbers_that_are_names_are_no_metric(title: str) -> None:
    assert metric_in(title) == ""


def test_the_metric_is_told() -> None:
    [one] = found("O-NUM", facts(objective(title="Grow by 20 %")))
    assert one.reason == '`checkout` is "Grow by 20 %", with the metric "20 %".'


def test_the_same_words_in_another_order_are_a_double() -> None:
    twice = objective(key_result("a", title="Open bugs from 40 to 5"), key_result("b", title="From 40 to 5 open bugs"))
    [one] = found("DUP", facts(twice))
    assert one.key_results == ("b", "a")
    assert "share 100 % of their words" in one.reason


def test_four_of_five_words_are_a_double_and_three_of_four_are_not() -> None:
    assert [alike for *_, alike in doubles([(1, "red green blue black"), (2, "red green blue black white")])] == [0.8]
    assert not list(doubles([(1, "red green blue"), (2, "red green blue black")]))


def test_other_numbers_make_another_result() -> None:
    assert not list(doubles([(1, "Latency from 300 to 200 ms"), (2, "Latency from 900 to 500 ms")]))


def test_a_shorter_title_that_is_part_of_a_longer_one_is_no_double() -> None:
    assert not list(doubles([(1, "Faster checkout"), (2, "Faster checkout for guests on phones in Germany")]))


def test_objectives_are_compared_with_objectives() -> None:
    given = facts(objective(title="Buying is fun"), objective(id="other", title="Buying is fun"))
    assert [one.objectives for one in found("DUP", given)] == [("other",)]


def test_what_is_carried_into_the_next_cycle_is_no_double() -> None:
    before = Cycle(id="2026-Q3", start="2026-07-01", end="2026-09-30")  # type: ignore[arg-type]
    carried = okrs(objective(id="old"), cycle=before, file="okrs/q3.yaml")
    now = okrs(objective(key_result("n1", title="Conversion of old-1"), key_result("n2", title="Something else here")))
    assert CYCLE.id != before.id
    assert not found("DUP", facts(okrs=together(carried, now)))


@given(st.lists(st.text("abc ", min_size=1, max_size=12).filter(str.strip), max_size=12))
def test_no_double_is_overlooked(titles: list[str]) -> None:
    """Against comparing each with each."""
    told = {second for _, second, _ in doubles([(number, title) for number, title in enumerate(titles)])}
    sets = [tokens(title) for title in titles]
    expected = {
        position
        for position, one in enumerate(sets)
        if any(len(one & other) / len(one | other) >= 0.8 for other in sets[:position])
    }
    assert told == expected
