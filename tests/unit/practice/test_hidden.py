"""What must not be told, found in words that were made for everybody."""

from __future__ import annotations

import pytest

from okrsync.practice.hidden import mentions

FOUND = mentions(["shady", "hush-1", "Buy our rival", ""])


@pytest.mark.parametrize(
    "text", ["`shady` names no parent", "Shady, and more", "runs as long as hush-1.", "part of “buy our RIVAL”"]
)
def test_a_name_is_found_in_any_case_and_between_any_signs(text: str) -> None:
    assert FOUND(text)


@pytest.mark.parametrize("text", ["shadyside", "hush-10 is fine", "hush", "un-shady", "Buy our rivalry", ""])
def test_another_word_that_holds_the_name_is_none(text: str) -> None:
    assert not FOUND(text)


def test_nothing_hidden_is_mentioned_nowhere() -> None:
    assert not mentions([])("shady")
