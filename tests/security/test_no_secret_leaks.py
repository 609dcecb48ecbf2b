"""Everything that a failing run says and keeps, at debug level, searched for the secrets and their encodings."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from installation import CONFIG, Installation, install
from letterbox import CUT, letterbox
from small_okrs import SMALL
from typer.testing import CliRunner

from okrsync import redact, sync
from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.tickets import github_tickets, jira_tickets

GITHUB_TOKEN = "ghp_4fQz/8+kWv2&Tn6LrX0s"
JIRA_TOKEN = 'ATATT3x=Fq7"Bd/5+Zm9<Hj>'
DC_TOKEN = "NjQ4OTk3+dc/Personal&Access9"
EMAIL = "ana@acme.example"
NOTIFY_TOKEN = "xoxb9Kq7TeamSecret"
ANA_PASSWORD = "hunter2-of-ana"
SECRETS = (GITHUB_TOKEN, JIRA_TOKEN, DC_TOKEN, NOTIFY_TOKEN, ANA_PASSWORD)
BASIC = base64.b64encode(f"{EMAIL}:{JIRA_TOKEN}".encode()).decode()

BOTH = CONFIG.replace(
    'jira: {{type: jira, url: "{jira}", projects: [SHOP]}}',
    'jira: {{type: jira, url: "{jira}", projects: [SHOP]}}\n  dc: {{type: jira, url: "{jira_dc}", projects: [SHOP]}}',
)
ECHO = f"Bad credentials: Bearer {GITHUB_TOKEN}, Basic {BASIC}, Bearer {DC_TOKEN} ({quote(JIRA_TOKEN, safe='')})"
"""A proxy that explains what it did not like."""

TROUBLES: dict[str, dict[str, Any]] = {
    "401": {"kind": "status", "status": 401, "message": ECHO},
    "403": {"kind": "status", "status": 403, "message": ECHO},
    "404": {"kind": "status", "status": 404, "message": ECHO},
    "409": {"kind": "status", "status": 409, "message": ECHO},
    "422": {"kind": "status", "status": 422, "message": ECHO},
    "429": {"kind": "rate-limit", "retry_after": 3600, "message": ECHO},
    "500": {"kind": "status", "status": 500, "message": ECHO},
    "500 as a page": {"kind": "html-error", "status": 500, "message": ECHO},
    "200 as a page": {"kind": "html"},
    "nothing": {"kind": "empty"},
    "reset": {"kind": "reset"},
    "truncated": {"kind": "truncated"},
    "cut off": {"kind": "cut-off"},
    "lost answer": {"kind": "committed-then-reset"},
}


def encodings(secret: str) -> Iterator[str]:
    """What a reader could take the secret from."""
    yield from (secret, quote(secret, safe=""), quote(secret), html.escape(secret), json.dumps(secret)[1:-1])
    for before in ("", "x", "xx", f"{EMAIL}:", "x-access-token:", "ana:"):
        whole = base64.b64encode(f"{before}{secret}".encode()).decode()
        yield from (whole, whole.rstrip("=")[-len(secret) :][:-2], quote(whole, safe=""))


def leaks(text: str) -> set[str]:
    return {form for secret in SECRETS for form in encodings(secret) if form in text}


@dataclass
class Witness:
    """Calls commands and remembers everything that came out, wherever."""

    acme: Installation
    logged: io.StringIO = field(default_factory=io.StringIO)
    said: str = ""

    def call(self, *arguments: str) -> int:
        session = Session(
            config=self.acme.config,
            environ={**self.acme.environ, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(self.summary)},
            now=self.acme.sandbox.clock.now,
            sleep=self.acme.slept.append,
        )
        result = CliRunner().invoke(app, ["--verbose", *arguments], obj=session)
        self.said += result.output + result.stderr
        return result.exit_code

    @property
    def summary(self) -> Path:
        return self.acme.folder / "summary.md"

    def everything(self) -> str:
        """Output, logs, the step summary, every byte of the store, every ticket, and what was sent as a body."""
        kept = [file.read_bytes().decode("latin-1") for file in self.acme.folder.glob("*") if file.is_file()]
        box = self.acme.sandbox
        tickets = [github_tickets(box.github), jira_tickets(box.jira), jira_tickets(box.jira_dc)]
        requested = [f"{entry.method} {entry.target} {entry.body}" for entry in box.log]
        return "\n".join([self.said, self.logged.getvalue(), *kept, repr(tickets), *requested])


@pytest.fixture
def witness(tmp_path: Path, sandbox: Sandbox) -> Iterator[Witness]:
    sandbox.github.tokens[GITHUB_TOKEN] = True
    sandbox.jira.token, sandbox.jira_dc.token = JIRA_TOKEN, DC_TOKEN
    acme = install(tmp_path / "acme", sandbox, config=BOTH, okrs=SMALL)
    acme.environ = {
        "GITHUB_TOKEN": GITHUB_TOKEN,
        "OKRSYNC_CONNECTIONS__JIRA__EMAIL": EMAIL,
        "OKRSYNC_CONNECTIONS__JIRA__TOKEN": JIRA_TOKEN,
        "OKRSYNC_CONNECTIONS__DC__TOKEN": DC_TOKEN,
    }
    made = Witness(acme)
    handler, root = logging.StreamHandler(made.logged), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield made
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_a_failing_run_says_no_secret(witness: Witness, trouble: dict[str, Any]) -> None:
    witness.acme.sandbox.faults.add(**trouble, times=None)
    for command in (("check",), ("check", "--json"), ("sync", "--json"), ("plan", "--markdown"), ("sync",)):
        assert witness.call(*command) in (0, 4)
    witness.acme.sandbox.faults.clear()
    assert "Starting new HTTP connection" in witness.logged.getvalue()
    assert not leaks(witness.everything())


@pytest.mark.parametrize("trouble", [TROUBLES["403"], TROUBLES["422"], TROUBLES["500"], TROUBLES["lost answer"]])
def test_a_run_whose_writes_fail_keeps_no_secret(witness: Witness, trouble: dict[str, Any]) -> None:
    writes = {"method": "POST|PUT|PATCH|DELETE", "path": "/(comments?|labels)(/|$)|/rest/api/2/issue/[0-9]+$"}
    witness.acme.sandbox.faults.add(**trouble, **writes, times=None, skip=3)
    assert witness.call("sync", "--json") in (0, 4)
    assert witness.acme.sandbox.log.select(path="comment")
    witness.acme.sandbox.faults.clear()
    assert witness.call("sync", "--json") == 0
    assert not leaks(witness.everything())


def test_a_bug_of_a_connector_shows_its_traceback_where_it_is_asked_for_and_no_secret(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(self: requests.Session, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        logging.getLogger("requests").debug("%s %s", request.url, dict(request.headers))
        raise RuntimeError(f"{request.url} {request.headers}")

    monkeypatch.setattr(requests.Session, "send", send)
    assert witness.call("--log", "text", "--log-level", "debug", "sync") == 4
    assert "RuntimeError" in witness.said
    assert "Traceback" in witness.said
    assert redact.MASK in witness.said
    assert redact.MASK in witness.logged.getvalue()
    assert not leaks(witness.everything())


def test_a_bug_of_ours_shows_its_traceback_and_no_secret(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError(f"Bearer {JIRA_TOKEN}")

    monkeypatch.setattr(sync, "make_plan", breaks)
    assert witness.call("sync") == 1
    assert "RuntimeError" in witness.said
    assert "Traceback" in witness.said
    assert redact.MASK in witness.said
    assert not leaks(witness.everything())


def test_wrong_settings_are_told_without_the_secret(witness: Witness) -> None:
    witness.acme.environ["OKRSYNC_CONNECTIONS__JIRA__TOKN"] = JIRA_TOKEN
    witness.acme.environ["OKRSYNC_CONNECTIONS__DC__TOKEN_FILE"] = "/nowhere"
    assert witness.call("check", "--offline") == 2
    assert "TOKN" in witness.said
    assert not leaks(witness.everything())


def test_what_only_the_connector_knows_is_concealed_too(witness: Witness) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    acme = witness.acme
    acme.environ.pop("GITHUB_TOKEN")
    (acme.folder.parent / "app.pem").write_bytes(pem)
    app_login = "app_id: 7, installation_id: 99, private_key_file: ../app.pem"
    acme.config.write_text(acme.config.read_text().replace("type: github,", f"type: github, {app_login},"))
    assert witness.call("sync") == 0
    issued = acme.sandbox.github.installation_tokens
    assert issued
    for secret in (*issued, *pem.decode().splitlines()[1:-2]):
        assert redact.mask(f"said {secret}") == f"said {redact.MASK}"
        assert secret not in witness.everything()


@pytest.mark.parametrize("answer", [200, 401, 500, CUT])
def test_reminders_do_not_show_where_they_go(witness: Witness, answer: int) -> None:
    acme = witness.acme
    with letterbox() as box:
        box.answers += [answer] * 9
        named = f"json://127.0.0.1:{box.port}/hooks/{NOTIFY_TOKEN}"
        acme.environ["OKRSYNC_NOTIFY"] = named
        acme.environ["ANA"] = f"json://ana:{ANA_PASSWORD}@127.0.0.1:{box.port}/ana"
        acme.config.write_text(acme.config.read_text() + "people: {ana: ANA}\n")
        acme.okrs.write_text(acme.okrs.read_text().replace("  - id: checkout\n", "  - id: checkout\n    owner: ana\n"))
        acme.okrs.write_text(acme.okrs.read_text().replace("objectives:", "roles: {coach: kim}\nobjectives:"))
        assert witness.call("sync") == 0
        acme.sandbox.clock.advance(timedelta(days=15))
        assert witness.call("digest", "--send") == (0 if answer == 200 else 4)
        assert witness.call("digest", "--json") == 0
        assert "owner digest to ana" in witness.said
    assert "JSON POST URL" in witness.logged.getvalue(), "Apprise told of it at debug level"
    assert not leaks(witness.everything())


@pytest.mark.parametrize("address", [f"//{NOTIFY_TOKEN}", f"slack:{NOTIFY_TOKEN}", f"pigeon://{NOTIFY_TOKEN}/x"])
def test_an_address_that_is_none_is_not_repeated(witness: Witness, address: str) -> None:
    witness.acme.environ["OKRSYNC_NOTIFY"] = address
    assert witness.call("digest", "--send") in (0, 2, 4)
    assert not leaks(witness.everything())


def test_an_address_in_the_file_is_refused_and_not_repeated(witness: Witness) -> None:
    acme = witness.acme
    acme.config.write_text(acme.config.read_text() + f'notify: "slack://A/B/{NOTIFY_TOKEN}"\n')
    assert witness.call("check", "--offline") == 2
    assert "is a secret and must not be in a file; set `OKRSYNC_NOTIFY` instead" in witness.said
    assert NOTIFY_TOKEN not in witness.said


def test_the_search_would_find_a_leak() -> None:
    for secret in SECRETS:
        assert leaks(f"x {secret} y")
        assert leaks("Basic " + base64.b64encode(f"{EMAIL}:{secret}".encode()).decode())
        assert leaks(quote(f"https://x/{secret}"))
    assert not leaks("nothing to see here")
