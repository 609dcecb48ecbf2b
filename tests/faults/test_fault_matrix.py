"""Every request that the connectors send, and everything that can happen to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from callers import noted, places
from judge import play
from matrix import CELLS, REQUESTS, TRACKERS, Cell
from stage import Stage
from trouble import concerns

OUTCOMES = json.loads((Path(__file__).parent / "outcomes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.id)
def test_a_fault_ends_as_the_table_says(
    cell: Cell, stages: Callable[[str], Stage], request: pytest.FixtureRequest
) -> None:
    outcome = play(stages(cell.request.tracker), cell)
    request.node.user_properties.append(("outcome", (cell.id, outcome)))
    assert request.config.getoption("--record", False) or OUTCOMES.get(cell.id) == outcome


@pytest.mark.parametrize("tracker", TRACKERS)
def test_the_matrix_knows_every_request(tracker: str, stages: Callable[[str], Stage]) -> None:
    stage = stages(tracker)
    unknown, missed = set(), {one.name for one in REQUESTS if one.tracker == tracker}
    for name in stage.scenes:
        stage.enter(name)
        stage.play()
        for entry in stage.sandbox.log:
            met = [one for one in REQUESTS if concerns(one, entry.method, entry.target, entry.body.encode())]
            missed -= {one.name for one in met if one.scene == name}
            if not met:
                unknown.add(f"{entry.method} {entry.target}")
    assert not unknown
    assert not missed


ON_SECOND_THOUGHT = (
    "github / sub-issues / 404",
    "github / repository by name / the repository renamed",
    "jira / change labels of an issue / 403 permission",
)
"""Cells in which a connector sends what no scene without trouble makes it send."""


def test_every_place_that_sends_a_request_is_reached(stages: Callable[[str], Stage]) -> None:
    with noted() as met:
        for tracker in TRACKERS:
            stage = stages(tracker)
            for name in stage.scenes:
                stage.enter(name)
                stage.play()
        for cell in CELLS:
            if cell.id in ON_SECOND_THOUGHT:
                play(stages(cell.request.tracker), cell)
    known = places()
    assert len(known) > 40
    reached = {one for one in known if any(one.file == file and one.first <= line <= one.last for file, line in met)}
    missed = ", ".join(sorted(map(str, known - reached)))
    assert not missed
