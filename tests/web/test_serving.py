"""The web server's own words are lines of our log, and strangers cannot fill it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

import pytest
import requests
from installation import Installation

from okrsync.events import Event, logger
from okrsync.web.questions import QUESTIONS
from okrsync.web.room import Room
from okrsync.web.serving import serving

pytestmark = pytest.mark.real_time


def log_of(acme: Installation, deed: Callable[[Any], None], level: str) -> list[dict[str, Any]]:
    with redirect_stderr(StringIO()) as out:
        log = logger(log_json=True, level=level)  # type: ignore[arg-type]
        with serving(Room(lambda: acme.open(log=log), acme.config, acme.sandbox.clock.now), environ={}, port=0) as one:
            deed(one)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def talk_nonsense(server: Any) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as door:
        door.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
        assert b"400" in door.recv(1000)


def test_what_is_no_http_is_told_to_those_who_want_to_know_all(acme: Installation) -> None:
    told = [line for line in log_of(acme, talk_nonsense, "debug") if "Invalid HTTP" in line.get("message", "")]
    assert [line["event"] for line in told] == [Event.SERVER_SAID]
    assert log_of(acme, talk_nonsense, "info") == []


def send_what_is_no_form(server: Any) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=a"}
    assert requests.post(f"{server.url}/login", data=b"no form", headers=kind, timeout=10).status_code == 400


def test_what_is_no_form_is_told_to_those_who_want_to_know_all(acme: Installation) -> None:
    told = [line for line in log_of(acme, send_what_is_no_form, "debug") if "boundary" in line.get("message", "")]
    assert [line["event"] for line in told] == [Event.SERVER_SAID]
    assert log_of(acme, send_what_is_no_form, "info") == []


def test_a_server_that_is_ready_has_answered_what_everybody_asks(acme: Installation) -> None:
    room = Room(acme.open, acme.config, acme.sandbox.clock.now)
    with serving(room, environ={}, port=0) as server:
        assert server.ready(60.0)
        with room.desk() as desk:
            assert [one.name for one in QUESTIONS if not room.knows(one, desk)] == []


def test_nobody_waits_longer_for_a_server_than_they_said(acme: Installation) -> None:
    room = Room(acme.open, acme.config, acme.sandbox.clock.now)
    with serving(room, environ={}, port=0) as server:
        assert not server.ready(0.0)
        assert server.ready(60.0)
