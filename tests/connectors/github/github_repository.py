"""What tests of reading a repository share."""

from __future__ import annotations

from collections.abc import Callable

from okrsync_github.connector import GitHubConnector

from okrsync.model.work import Item
from okrsync.sandbox.github import GitHubState

Connect = Callable[..., GitHubConnector]
Items = Callable[[], dict[str, Item]]


def fill(hub: GitHubState, count: int) -> None:
    """So many issues in acme/shop."""
    for number in range(1, count + 1):
        hub.create("acme/shop", f"Issue {number}")
