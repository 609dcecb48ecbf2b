"""The history at a terminal: what must hold is drawn against its bound."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from rich.console import Console

from okrsync.model.chronicle import Chronicle, Day
from okrsync.model.sample import Sample
from okrsync.report.history import history_text

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 10, 31, tzinfo=UTC)


def shown(*counts: float | None, limit: float | None = 4.0, denominator: float | None = None) -> list[str]:
    """The history of bugs, counted every fifth day from the first of October on."""
    days = tuple(
        Day(
            date(2026, 10, 1 + 5 * place),
            Sample(
                "bugs", BEGIN.replace(day=1 + 5 * place), float(count is not None and count < 4), 1.0, numerator=count,
                denominator=denominator, scope=5.0, done=0.0,
            ),
        )
        for place, count in enumerate(counts)
    )  # fmt: skip
    past = Chronicle("bugs", "Few bugs", "", "maintain", BEGIN, END, None, days, limit)
    console = Console(width=60, force_terminal=False, no_color=True)
    with console.capture() as captured:
        console.print(history_text(past, zone=UTC))
    return captured.get().splitlines()


def test_what_must_hold_is_drawn_against_its_bound() -> None:
    lines = shown(0, 2, 6)
    assert any("█ counted   ─ limit" in line for line in lines)
    assert lines[2].lstrip().startswith("6 "), "the highest count is above the bound"
    assert "█" in lines[2]
    assert "─" in lines[4]
    assert lines[7].lstrip().startswith("0 ")


def test_a_day_tells_what_was_counted_and_whether_it_held() -> None:
    lines = shown(2, 6)
    first, second = (line for line in lines if line.startswith("2026-10-"))
    assert first.rstrip().endswith(" 2, met")
    assert second.rstrip().endswith(" 6, not met")
    assert not any("0 / 5" in line for line in lines), "done and scope say nothing of a bound"


def test_a_share_is_told_as_one() -> None:
    assert any("0.5, met" in line for line in shown(2, 3, limit=0.9, denominator=4.0))


@pytest.mark.parametrize("counts", [(None, None), (0, 0)])
def test_where_nothing_was_counted_it_is_drawn_all_the_same(counts: tuple[float | None, ...]) -> None:
    assert any("2026-10-06" in line for line in shown(*counts))
