"""Keeps docs/faults.md the table of what the fault matrix proves.

The matrix and its outcomes are data under tests/faults; the tests verify every cell of it against the sandbox.
``--check`` and ``--write`` only render them. ``--record`` first plays the whole matrix and keeps what it finds.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.faults.matrix import CELLS, FAULTS, REQUESTS, TRACKERS, Cell, Request, unfit

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "faults.md"
OUTCOMES = ROOT / "tests" / "faults" / "outcomes.json"

_BLOCK = re.compile(r"(?P<begin><!-- faults: -->\n).*?(?P<end><!-- faults:end -->)", re.DOTALL)
_SCENES = {
    "first": "in the first sync",
    "second": "in a later sync with a census",
    "lost": "in a sync whose store was lost",
    "clean": "in `okrsync clean`",
    "organisation": "in the first sync of a GitHub App that reads an organisation",
    "backfill": "in `okrsync backfill`",
    "few": "in a backfill of a few items",
    "check": "in `okrsync check`",
    "check-app": "in `okrsync check` of a GitHub App that reads an organisation",
    "hinted": "in the sync after a webhook",
    "several": "in the first sync of several projects",
}


def renew(text: str, outcomes: Mapping[str, str]) -> str:
    """The page's text with today's tables. Raises KeyError for a cell without an outcome."""
    return _BLOCK.sub(lambda found: f"{found['begin']}{tables(outcomes)}{found['end']}", text)


def tables(outcomes: Mapping[str, str]) -> str:
    """How many combinations there are, a table for each request of each tracker, and what is left out."""
    parts = [f"{len(CELLS):,} combinations are played.\n"]
    for tracker, title in TRACKERS.items():
        parts.append(f"## {title}\n")
        parts += [_request(one, outcomes) for one in REQUESTS if one.tracker == tracker and not one.twin]
    return "\n".join([*parts, _apart()])


def _request(request: Request, outcomes: Mapping[str, str]) -> str:
    cells = [cell for cell in CELLS if cell.request == request]
    rows = "".join(f"| {outcome} | {'; '.join(faults)} |\n" for outcome, faults in _grouped(cells, outcomes))
    capital = request.name[0].upper() + request.name[1:]
    met = f"`{request.method}`, met {_SCENES[request.scene]}."
    return f"### {capital}\n\n{met}\n\n| how the run ends | after |\n|---|---|\n{rows}"


def _grouped(cells: Iterable[Cell], outcomes: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Outcomes, those without loss first, each with its faults in the order of the matrix."""
    groups: dict[str, list[str]] = {}
    for cell in cells:
        groups.setdefault(outcomes[cell.id], []).append(cell.fault.name)
    return iter(sorted(groups.items(), key=lambda group: ("exit" in group[0], "waits" in group[0], group[0])))


def _apart() -> str:
    reasons = Counter(reason for one in REQUESTS for fault in FAULTS if (reason := unfit(one, fault)))
    rows = "".join(f"| {reason} | {times} |\n" for reason, times in reasons.most_common())
    told = f"{reasons.total():,} of {len(REQUESTS) * len(FAULTS):,} combinations would prove nothing:"
    return f"## What is not tried, and why\n\n{told}\n\n| why | combinations |\n|---|---|\n{rows}\n"


def record() -> None:
    """Play the matrix and keep its outcomes. Raises CalledProcessError where a promise is broken."""
    tests = [sys.executable, "-m", "pytest", "tests/faults", "--record", "-n", "auto", "--maxprocesses", "4"]
    subprocess.run(tests, cwd=ROOT, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    wish = parser.add_mutually_exclusive_group(required=True)
    wish.add_argument("--check", action="store_true", help="fail when the page says something else than the outcomes")
    wish.add_argument("--write", action="store_true", help="write the page anew")
    wish.add_argument("--record", action="store_true", help="play the matrix, keep its outcomes and write the page")
    asked = parser.parse_args()
    if asked.record:
        record()
    text = PAGE.read_text(encoding="utf-8")
    fresh = renew(text, json.loads(OUTCOMES.read_text(encoding="utf-8")))
    if not asked.check:
        PAGE.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        print("docs/faults.md does not show the outcomes: run `python -m tools.faults --write`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
