"""Every place in the connectors that sends a request, found in their code, and those of them that a scene reaches."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import okrsync_github
import okrsync_jira
import pytest
from okrsync_github.client import Client as GitHubClient
from okrsync_jira.client import Client as JiraClient

CLIENTS = {okrsync_github: GitHubClient, okrsync_jira: JiraClient}
SENDING = ("read", "pages", "write")


class Place(NamedTuple):
    """A call of a client: its file and its first and last line."""

    file: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"{Path(self.file).parent.name}/{Path(self.file).name}:{self.first}"


def places() -> set[Place]:
    """Where a request is sent. A client is always called one: ``client`` or ``self._client``."""
    files = [file for package in CLIENTS for file in Path(str(package.__file__)).parent.glob("*.py")]
    return {
        Place(str(file), node.lineno, node.end_lineno or node.lineno)
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _sends(node.func)
    }


def _sends(called: ast.Attribute) -> bool:
    return called.attr in SENDING and ast.unparse(called.value).rpartition(".")[2] in ("client", "_client")


@contextmanager
def noted() -> Iterator[set[tuple[str, int]]]:
    """File and line of everybody who sends a request in here."""
    met: set[tuple[str, int]] = set()
    with pytest.MonkeyPatch.context() as patch:
        for client in CLIENTS.values():
            for name in SENDING:
                if sends := inspect.getattr_static(client, name, None):
                    patch.setattr(client, name, _noting(sends, met))
        yield met


def _noting(sends: Any, met: set[tuple[str, int]]) -> Any:
    def noting(*given: Any, **more: Any) -> Any:
        caller = sys._getframe(1)
        met.add((caller.f_code.co_filename, caller.f_lineno))
        return sends(*given, **more)

    return noting
