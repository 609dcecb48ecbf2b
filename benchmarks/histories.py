"""What the benchmark's trackers tell of the past.

Finished work was done on one of the last forty days, and had begun five days before where its tracker knows that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

DAYS = 40


def finished(number: int) -> datetime:
    """When item ``number`` was done."""
    midnight = datetime.combine(date.today(), time.min, UTC)  # noqa: DTZ011
    return midnight - timedelta(days=number % DAYS + 1, minutes=number % 1400)


def lines(number: int, person: dict[str, Any], written: Callable[[datetime], str]) -> list[dict[str, Any]]:
    """The changelog of a Jira issue: one step for work in progress, two for what is done."""
    names = (("To Do", "2"), ("In Progress", "4"), ("Done", "3"))
    at, steps = finished(number), number % 3
    return [
        {
            "id": str(number * 10 + step),
            "author": person,
            "created": written(at - timedelta(days=5 * (steps - step - 1))),
            "items": [
                {
                    "field": "status",
                    "fieldtype": "jira",
                    "fieldId": "status",
                    "from": names[step][1],
                    "fromString": names[step][0],
                    "to": names[step + 1][1],
                    "toString": names[step + 1][0],
                }
            ],
        }
        for step in range(steps)
    ]
