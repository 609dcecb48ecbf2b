"""One troubled sandbox for each process, and the option that keeps new outcomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rehearsal import rehearse
from small_pages import small_pages
from stage import Stage
from trouble import TroubledSandbox, network

OUTCOMES = Path(__file__).parent / "outcomes.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="keep the outcomes of the fault matrix as they are now")


@pytest.fixture(scope="session")
def troubled() -> Iterator[tuple[TroubledSandbox, dict[str, Stage]]]:
    """The sandbox of this process, and the stages made so far."""
    with TroubledSandbox() as sandbox:
        yield sandbox, {}


@pytest.fixture
def stages(
    troubled: tuple[TroubledSandbox, dict[str, Stage]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Stage]]:
    """The stage of a tracker, furnished at first use. What is patched for it is patched for this test alone."""
    sandbox, made = troubled
    with small_pages(), network(sandbox.trouble):

        def stage(tracker: str) -> Stage:
            if tracker not in made:
                made[tracker] = Stage(tracker, tmp_path_factory.mktemp(tracker), sandbox)
                rehearse(made[tracker])
            return made[tracker]

        yield stage


class _Recorder:
    """Collects outcomes from all processes, and keeps those of cells that are in the matrix."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.passed and report.when == "call":
            self.found |= dict(value for name, value in report.user_properties if name == "outcome")  # type: ignore[arg-type]

    def pytest_sessionfinish(self) -> None:
        from matrix import CELLS

        known = json.loads(OUTCOMES.read_text()) if OUTCOMES.exists() else {}
        known |= self.found
        kept = {cell.id: known[cell.id] for cell in CELLS if cell.id in known}
        OUTCOMES.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--record", False) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder())
