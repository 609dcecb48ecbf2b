"""What docs/webhooks.md tells people to send is taken, and with another secret it is not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_team import small_team

from okrsync.web.room import Room
from okrsync.web.serving import serving

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
(PING,) = re.findall(r"<!-- ping -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
VARIABLE = "OKRSYNC_CONNECTIONS__GITHUB__WEBHOOK_SECRET"

pytestmark = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl")), reason="the page's commands are those of curl and OpenSSL"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with small_team(tmp_path_factory.mktemp("docs") / "acme") as acme:
        acme.environ[VARIABLE] = "the secret of the page"
        acme.config.write_text(acme.config.read_text() + "serve: {port: 0}\n")
        room = Room(acme.open, acme.config, acme.sandbox.clock.now)
        with serving(room, environ={}) as server:
            yield server.url


def answered(address: str, secret: str) -> str:
    environ = {"OKRSYNC": address, VARIABLE: secret, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-c", PING], env=environ, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["message"])


def test_the_ping_of_the_page_is_noted_as_the_page_says(address: str) -> None:
    assert answered(address, "the secret of the page") == "noted"
    assert '`{"message":"noted"}`' in PAGE


def test_the_ping_of_the_page_with_another_secret_is_refused(address: str) -> None:
    assert "another secret" in answered(address, "a guess")
