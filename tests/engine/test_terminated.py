"""A sync that is asked to end, by SIGTERM or Ctrl-C, puts down what it has in hand and says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from installation import Installation
from test_receipt import call

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_sync_that_is_asked_to_end_says_so_and_the_next_goes_on(
    acme: Installation, number: signal.Signals, code: int
) -> None:
    acme.sandbox.latency = 0.02
    command = [sys.executable, "-m", "okrsync", "-c", str(acme.config), "sync"]
    with subprocess.Popen(command, env={**os.environ, **acme.environ}, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 60
        while len(acme.sandbox.log.writes()) < 3 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(number)
        _, told = process.communicate(timeout=30)
    assert process.returncode == code, told
    assert "interrupted" in told
    assert "Traceback" not in told
    (row,) = json.loads(call(acme, "runs", "--json").stdout)
    assert (row["exit_code"], row["errors"]) == (code, ["It was interrupted."])
    assert row["written"] >= 2
    acme.sandbox.latency = 0
    assert acme.run().exit_code == 0
    assert set(acme.notes().values()) == {1}
    assert acme.run().plan.changes == ()
