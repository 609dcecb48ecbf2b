"""Connectors that talk to canned answers, with clock and sleep injected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from jira_canned import NOW, SECRET, SITE, site_with
from okrsync_jira import plugin
from okrsync_jira.connector import JiraConnector

from okrsync.connector import Context
from okrsync.marker import Namespace
from okrsync.retry import Retry
from okrsync.sandbox.server import Sandbox

Connect = Callable[..., JiraConnector]


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def context(slept: list[float]) -> Context:
    return Context("jira", "acme", Namespace(), Retry(slept.append), lambda: NOW)


@pytest.fixture
def rsps() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def connect(context: Context) -> Iterator[Connect]:
    opened: list[JiraConnector] = []

    def build(**options: Any) -> JiraConnector:
        given = {"url": SITE, "projects": ["SHOP"], "email": "ana@acme.example", "token": SECRET} | options
        connector = plugin.connect(plugin.options(**given), context)
        assert isinstance(connector, JiraConnector)
        opened.append(connector)
        return connector

    yield build
    for connector in opened:
        connector.close()


@pytest.fixture
def cloud(rsps: responses.RequestsMock, connect: Connect) -> JiraConnector:
    site_with(rsps, "Cloud")
    return connect()


@pytest.fixture
def data_center(rsps: responses.RequestsMock, connect: Connect) -> JiraConnector:
    site_with(rsps, "Server")
    return connect()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running
