"""No test talks beyond this machine, and none waits, not for the disk either.

A test that really must wait (for a process that it started, say) is marked ``real_time``.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from okrsync import redact
from okrsync.store import Store, engine

LONGEST_SLEEP = 0.05
"""Seconds; the standard library itself polls child processes at up to this pace."""


class ForbiddenInTests(BaseException):
    """Not an Exception, so that no code under test takes it for an outage and retries."""


def _is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in ("localhost", "", "None"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard_address(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise ForbiddenInTests(f"a test reaches out to {address[0]}")
        return connect(self, address)

    return guarded


def _guard_name(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *rest: Any, **options: Any) -> Any:
        if not _is_local(host):
            raise ForbiddenInTests(f"a test looks up {host}")
        return resolve(host, *rest, **options)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def _no_network_beyond_this_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guard_address(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guard_address(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", _guard_name(socket.getaddrinfo))
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """What the system was given outlives a killed process; only a power cut loses it, and no test has one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS, "synchronous=OFF"))
        patch.setattr(Store, "survive_power_cuts", lambda store: None)
        yield


@pytest.fixture(autouse=True)
def _no_secret_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test calls a secret may be a word in the messages of the next."""
    monkeypatch.setattr(redact, "_process", redact.Redactor())


@pytest.fixture(autouse=True)
def _no_waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("real_time"):
        return
    sleep = time.sleep

    def guarded(seconds: float) -> None:
        if seconds > LONGEST_SLEEP:
            raise ForbiddenInTests(f"a test waits for {seconds} s: inject the sleep, or mark the test real_time")
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", guarded)
