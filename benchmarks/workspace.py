"""A folder with a configuration and OKR files, as a team of the benchmark's size would have them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.server import PARTS

SECRETS = {
    "GITHUB_TOKEN": "benchmark",
    "JIRA_EMAIL": "ana@acme.example",
    "JIRA_API_TOKEN": "benchmark",
}
_FOREIGN = ("GITHUB_", "GH_", "JIRA_", "OKRSYNC_", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """What the measured programs see: nothing of the caller's own trackers, no proxy, and compiled sources."""
    kept = {name: value for name, value in inherited.items() if not name.startswith(_FOREIGN)}
    return kept | SECRETS | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


class Workspace:
    """One connection (``github`` or ``jira``), with all items in one scope or spread over ``PARTS``."""

    def __init__(self, folder: Path, address: str, tracker: str, *, parallel: int | None = None) -> None:
        self.config = folder / "okrsync.yaml"
        self.folder = folder
        folder.mkdir(parents=True)
        scopes = ["shop"] if parallel is None else [f"part{number}" for number in range(1, PARTS + 1)]
        connection: dict[str, Any] = {"type": tracker, "parallel": parallel or 1}
        if tracker == "github":
            connection |= {"url": address, "repositories": [f"acme/{name}" for name in scopes]}
        else:
            connection |= {"url": f"{address}/jira", "projects": [name.upper() for name in scopes]}
        self.write("okrs.yaml", {"cycle": cycle(), "objectives": _objectives(tracker)})
        self.write("okrsync.yaml", {"okrs": ["okrs.yaml"], "connections": {tracker: connection}, "write_back": False})

    def forget(self) -> None:
        """Delete the store, so that the next sync reads everything."""
        for file in self.folder.glob("okrsync.db*"):
            file.unlink()

    def write(self, name: str, content: dict[str, Any]) -> None:
        # JSON is YAML as well.
        (self.folder / name).write_text(json.dumps(content, indent=1))


def cycle() -> dict[str, str]:
    today = date.today()  # noqa: DTZ011
    return {"id": "now", "start": str(today - timedelta(days=45)), "end": str(today + timedelta(days=45))}


def _objectives(tracker: str) -> list[dict[str, Any]]:
    """Twenty key results: ten by label, five by milestone or epic, five over everything of a kind."""
    completion = {"type": "completion", "by": "points" if tracker == "jira" else "count"}
    open_items = {"type": "count", "of": "open", "start": 5000, "target": 100}
    container = [{"milestone": f"Milestone {n}"} if tracker == "github" else {"epic": f"SHOP-{n}"} for n in range(1, 6)]
    asked: list[tuple[dict[str, Any], dict[str, Any]]] = [
        *((completion, {"labels": [f"area-{number}"]}) for number in range(10)),
        *((completion, selector) for selector in container),
        *((open_items, {"assignee": f"engineer-{n}" if tracker == "github" else f"Engineer {n}"}) for n in range(5)),
    ]
    results = [
        {"id": f"kr-{n}", "title": f"Result {n}", "measure": measure, "links": [{"connection": tracker, **selector}]}
        for n, (measure, selector) in enumerate(asked)
    ]
    return [{"id": "speed", "title": "Everything is quick", "owner": "ana", "key_results": results}]
