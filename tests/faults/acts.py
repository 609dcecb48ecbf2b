"""What people do to tickets at the worst moment: just before a certain request arrives."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from matrix import EVENTS, Cell
from stage import BY_HAND, Stage


def act_of(stage: Stage, cell: Cell) -> Callable[[str], None]:
    """What happens when the request of a cell is struck for the first time; it is told the address."""

    def act(target: str) -> None:
        if cell.fault.does in EVENTS:
            happen = _on_github if stage.tracker == "github" else _on_jira
            happen(stage, cell.fault.does, target)
        if cell.request.writes:
            label_everything(stage)

    stage.given = {key: set(ticket["labels"]) - _ours(ticket["labels"]) for key, ticket in stage.tickets().items()}
    return act


def label_everything(stage: Stage) -> None:
    """A person labels every ticket by hand, while okrsync writes on them."""
    for key in stage.tickets():
        if stage.tracker == "github":
            home, _, number = key.partition("#")
            stage.state.label(home, int(number), BY_HAND)
        else:
            stage.state.add_label(key, BY_HAND)
        stage.given.setdefault(key, set()).add(BY_HAND)


def _ours(labels: list[str]) -> set[str]:
    return {label for label in labels if label.startswith("okr:")}


def _on_github(stage: Stage, what: str, target: str) -> None:
    hub = stage.state
    number = _number(hub, target)
    match what:
        case "transferred":
            hub.transfer("acme/shop", number, "acme/elsewhere")
            stage.given.pop(f"acme/shop#{number}", None)
        case "deleted":
            hub.delete("acme/shop", number)
            stage.given.pop(f"acme/shop#{number}", None)
        case "locked":
            hub.lock_issue("acme/shop", number)
        case "renamed":
            hub.rename_repository("acme/shop", "acme/store")
            stage.given = {key.replace("acme/shop", "acme/store"): labels for key, labels in stage.given.items()}
        case "archived":
            hub.archive("acme/shop")


def _number(hub: Any, target: str) -> int:
    """The issue a request is about, by its address or its comment's; any linked one where it is about many."""
    if found := re.search(r"/issues/comments/(\d+)", target):
        home = hub.repository("acme/shop")
        return int(home.comments[int(found[1])].issue.number)
    found = re.search(r"/issues/(\d+)", target)
    number = int(found[1]) if found else 6
    return number if number in hub.repository("acme/shop").issues else 6


def _on_jira(stage: Stage, what: str, target: str) -> None:
    jira = stage.state
    found = re.search(r"/issue/(\d+)", target)
    issue = jira.issues.get(found[1]) if found else None
    key = issue.key if issue else "SHOP-4"
    match what:
        case "moved":
            jira.move(key, "OPS")
            stage.given[jira.issue(key).key] = stage.given.pop(key, set())
        case "deleted":
            jira.delete(key)
            stage.given.pop(key, None)
        case "archived":
            jira.archive_project("SHOP")
