"""The guards of every test can fail."""

from __future__ import annotations

import socket
import subprocess
import sys
import time

import pytest
import requests
from guards import ForbiddenInTests


def test_a_test_cannot_reach_another_machine() -> None:
    with socket.socket() as outside, pytest.raises(ForbiddenInTests, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_a_test_cannot_look_up_a_name() -> None:
    with pytest.raises(ForbiddenInTests, match=r"api\.example"):
        requests.get("http://api.example/", timeout=1)


def test_a_test_may_talk_to_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_a_test_cannot_wait() -> None:
    with pytest.raises(ForbiddenInTests, match="3 s"):
        time.sleep(3)


def test_a_test_may_wait_for_a_process() -> None:
    assert subprocess.run([sys.executable, "-c", "pass"], timeout=30, check=False).returncode == 0


@pytest.mark.real_time
def test_a_marked_test_may_wait() -> None:
    time.sleep(0.06)
