"""Two teams at the end of a quarter: objectives of both kinds, readings, check-ins, and a file full of comments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from practising import Practice, practise

from okrsync.model.closing import Closing
from okrsync.model.sample import Sample
from okrsync.practice.closing import close, ending
from okrsync.practice.scoring import Word

LAST_DAY = datetime(2026, 12, 31, 12, tzinfo=UTC)
MIDWAY = datetime(2026, 11, 16, 12, tzinfo=UTC)

OKRS = """\
# The shop's quarter.
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}  # agreed on 28 September
roles: {coach: kim, champion: lee}

objectives:
  - id: growth
    title: More people buy
    top: true
    team: company
    rollup: children

  # What customers feel.
  - id: checkout
    title: Buying is effortless
    owner: ana
    team: shop
    parent: growth          # serves the company
    kind: aspirational
    key_results:

      # The one page.
      - id: checkout-1
        title: Ship the one-page checkout
        measure: {type: completion}
        links:
          - {connection: github, repository: acme/shop, labels: [checkout]}   # both repositories later

      # Nobody likes bugs.
      - id: checkout-2
        title: Open P1 bugs from 40 to 5
        due: 2026-12-15   # before the holidays
        plan:
          - {date: 2026-11-01, value: 30}
          - {date: 2026-12-15, value: 5}
        measure: {type: count, of: open, start: 40, target: 5}
        links: [{connection: github, repository: acme/shop, labels: [bug]}]

      # What it is for.
      - id: checkout-3
        title: Conversion from 2.1 % to 3 %
        owner: chloe
        measure: {type: manual, start: 2.1, target: 3, unit: "%"}

  # What developers feel.
  - id: api
    title: Answers come at once
    owner: ben
    team: platform
    key_results:
      - id: api-1
        title: P95 from 300 to 200 ms
        measure: {type: manual, start: 300, target: 200, unit: ms}
      - id: api-2
        title: The new gateway
        state: postponed
        measure: {type: boolean}
"""

ENDED: Mapping[str, tuple[float, float]] = {
    "checkout-1": (0.923076923, 0.923076923),
    "checkout-2": (12, 0.8),
    "checkout-3": (2.42, 0.3555555555),
    "api-1": (190, 1.1),
}
"""Value and raw progress of each key result at the end."""


def at_the_end(folder: Path, *, okrs: str = OKRS) -> Practice:
    """Everything was measured at noon of the last day, and it is that."""
    made = practise(folder, okrs=okrs)
    made.now = LAST_DAY
    measured(made, LAST_DAY)
    return made


def measured(acme: Practice, at: datetime, values: Mapping[str, tuple[float, float]] = ENDED) -> None:
    with acme.desk() as desk, desk.store.transaction():
        for name, (value, raw) in values.items():
            desk.store.history.add_sample(Sample(name, at, value, raw, rule="completion v1"))


def closed(acme: Practice, *, reopen: bool = False, who: str = "ana", **words: Word) -> Closing:
    """Closed with these words, ``checkout_1`` for checkout-1; the rest as suggested."""
    with acme.desk() as desk:
        said = {name.replace("_", "-"): word for name, word in words.items()}
        return close(desk, ending(desk, "2026-Q4"), said, who=who, accept=True, reopen=reopen)
