"""When removing is too much at once."""

from __future__ import annotations

import pytest

from okrsync.guard import unsafe


@pytest.mark.parametrize(
    ("removed", "total", "too_much"),
    [(10, 33, True), (10, 34, False), (9, 9, False), (9, 0, False), (30, 100, False), (31, 100, True), (0, 0, False)],
)
def test_more_than_thirty_per_cent_and_at_least_ten_is_unsafe(removed: int, total: int, too_much: bool) -> None:
    assert unsafe(removed, total) is too_much
