"""The memory of a daemon stays where it is, however long it runs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from small_team import small_team

RUNS = int(os.environ.get("SOAK_RUNS", "3000"))
SLOPE = 0.5
"""kB that a run may leave behind, in the second half: what caches and allocators keep has been taken by then."""

HARNESS = Path(__file__).parents[1] / "helpers" / "soak_daemon.py"


@pytest.mark.soak
@pytest.mark.real_time
def test_memory_stays_flat_over_thousands_of_runs(tmp_path: Path) -> None:
    with small_team(tmp_path / "acme") as acme:
        acme.sandbox.latency = 0.0
        acme.sandbox.github.limits = dict.fromkeys(acme.sandbox.github.limits)
        acme.sandbox.jira.quota = None
        acme.run()
        acme.run()
        done = subprocess.run(
            [sys.executable, HARNESS, acme.config, str(RUNS)],
            env={**os.environ, **acme.environ},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = [(int(run), int(size)) for run, size in (line.split() for line in done.stdout.splitlines())]
    print(f"{RUNS} runs; RSS in MB at each twentieth: {[round(size / 1024, 1) for _, size in told]}")
    half = told[len(told) // 2 :]
    slope = statistics.linear_regression([run for run, _ in half], [size for _, size in half]).slope
    print(f"{slope:.2f} kB a run in the second half; store {acme.store.stat().st_size / 2**20:.1f} MB")
    assert slope < SLOPE
