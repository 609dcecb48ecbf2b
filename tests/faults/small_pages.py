"""Pages of two, so that a tiny tracker's lists have next ones, and a store that waits for no disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import okrsync_github.client
import okrsync_github.observe
import okrsync_github.past
import pytest
from okrsync_jira import tickets as jira_comments
from okrsync_jira.flavour import Cloud, DataCenter
from sqlalchemy import create_engine, event
from sqlalchemy.pool import Pool

import okrsync.store.engine

_STATEMENTS: dict[Any, Any] = {}
_DIALECTS: list[Any] = []
"""Statements are compiled once for all stages, which share a dialect for it."""


@contextmanager
def small_pages() -> Iterator[None]:
    """Pages of two, so that tiny lists have next ones; and no waiting for the disk."""

    def hasty(raw: Any, *_: Any) -> None:
        raw.execute("PRAGMA synchronous=OFF")

    def engine(url: str, **given: Any) -> Any:
        made = create_engine(url, execution_options={"compiled_cache": _STATEMENTS}, **given)
        _DIALECTS.append(made.dialect)
        made.dialect = _DIALECTS[0]
        return made

    event.listen(Pool, "checkout", hasty)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(okrsync.store.engine, "create_engine", engine)
        patch.setattr(okrsync_github.client, "PER_PAGE", 2)
        patch.setattr(okrsync_github.observe, "BULK_FROM", 2)
        patch.setattr(okrsync_github.past, "BULK_FROM", 2)
        patch.setattr(okrsync_github.past, "DEEPEST", 5)
        patch.setattr(Cloud, "_lines", 1)
        patch.setattr(jira_comments, "_COMMENTS", 2)
        for flavour in (Cloud, DataCenter):
            patch.setattr(flavour, "_page", 2)
            patch.setattr(flavour, "_ids", 2)
        patch.setattr(Cloud, "_changelogs", 2)
        patch.setattr(DataCenter, "_bulk", 2)
        yield
    event.remove(Pool, "checkout", hasty)
