"""A GitHub connector against the sandbox, and one against answers made up by a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from okrsync_github import plugin
from okrsync_github.auth import sign_in
from okrsync_github.client import Client
from okrsync_github.connector import GitHubConnector

from okrsync.connector import Context
from okrsync.marker import Namespace
from okrsync.model.change import Note, NoteLine
from okrsync.model.work import Item, Scope
from okrsync.retry import Retry
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.server import Sandbox

NOW = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
TOKEN = "github-sandbox-token"

Connect = Callable[..., GitHubConnector]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def hub(sandbox: Sandbox) -> GitHubState:
    """A GitHub with an empty repository acme/shop."""
    sandbox.github.add_repository("acme/shop")
    return sandbox.github


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def context(slept: list[float], sandbox: Sandbox) -> Context:
    return Context("github", "acme", Namespace(), Retry(slept.append), sandbox.clock.now)


@pytest.fixture
def connect(sandbox: Sandbox, context: Context) -> Connect:
    def make(*repositories: str, **options: Any) -> GitHubConnector:
        asked: dict[str, Any] = {"type": "github", "url": sandbox.github_url, "seconds_between_writes": 0}
        asked |= {} if "app_id" in options else {"token": TOKEN}
        asked |= {} if "organization" in options else {"repositories": repositories or ("acme/shop",)}
        return GitHubConnector.connect(plugin.options.model_validate(asked | options), context)

    return make


@pytest.fixture
def connector(hub: GitHubState, connect: Connect) -> GitHubConnector:
    return connect()


@pytest.fixture
def scope(connector: GitHubConnector) -> Scope:
    return connector.scopes(())[0]


@pytest.fixture
def items(connector: GitHubConnector, scope: Scope) -> Callable[[], dict[str, Item]]:
    """Everything a full pull gives, by key; what comes later counts."""
    return lambda: {item.key: item for page in connector.pull(scope, None) for item in page.items}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def client(slept: list[float]) -> Client:
    """A client of github.com with a frozen clock."""
    context = Context("github", "acme", Namespace(), Retry(slept.append), lambda: NOW)
    options = plugin.options.model_validate({"type": "github", "repositories": ["acme/shop"], "token": "secret-token"})
    return Client("https://api.github.com", sign_in(options, context), context)  # type: ignore[arg-type]


@pytest.fixture
def note() -> Note:
    line = NoteLine("checkout-1", "Ship the one-page checkout", "Buying is effortless", 4, "1 item", ("milestone M",))
    return Note((line,), "okr:ignore")


@pytest.fixture
def app(hub: GitHubState, connect: Connect, tmp_path: Path) -> GitHubConnector:
    """Signed in as a GitHub App with a key made for the test."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "app.pem").write_bytes(pem)
    return connect(app_id=7, private_key_file=tmp_path / "app.pem", installation_id=99)
