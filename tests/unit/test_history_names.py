"""Ids that differ only in case are the same id, so a history goes on when somebody changes the case."""

from __future__ import annotations

from datetime import timedelta

from okr_builders import NOON

from okrsync.model.checkin import CheckIn
from okrsync.model.sample import Sample
from okrsync.store import Store


def test_a_key_result_written_in_another_case_keeps_its_samples(store: Store) -> None:
    first = Sample("checkout-1", NOON, 0.3, 0.3)
    later = Sample("Checkout-1", NOON + timedelta(days=1), 0.4, 0.4)
    with store.transaction():
        assert store.history.add_sample(first)
        assert store.history.sample("Checkout-1") == first
        assert store.history.add_sample(later)
    assert store.history.latest_samples() == {"Checkout-1": later}
    assert store.history.samples("CHECKOUT-1") == (first, later)


def test_a_key_result_written_in_another_case_keeps_its_check_ins(store: Store) -> None:
    with store.transaction():
        store.checkins.add(CheckIn("checkout-3", NOON, "ana", 2.4))
    assert store.checkins.value("Checkout-3") == 2.4
