"""What happened to issues: a repository's events, newest first, and one issue's timeline, oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.github.accounts import Json
from okrsync.sandbox.github.call import Call, Handler
from okrsync.sandbox.github.listing import paged
from okrsync.sandbox.github.records import Event


def repository_events() -> Handler:
    """``GET /repos/.../issues/events``: by page number alone, so that it ends where page numbers do."""
    known: dict[tuple[int, int], list[Event]] = {}

    def list_events(call: Call) -> Answer:
        home = call.repository()
        key = (home.id, call.state.revision)
        if key not in known:
            known.clear()
            every = [event for issue in home.issues.values() for event in issue.events]
            known[key] = sorted(every, key=lambda event: (event.created, event.id), reverse=True)
        rows, links = paged(call, known[key], home=home)
        told = [_event(call, event) | {"issue": call.render.issue(event.issue)} for event in rows]
        return Answer(told, headers=links)

    return list_events


def issue_timeline(call: Call) -> Answer:
    """Events and comments, as the page of the issue shows them."""
    issue = call.issue()
    told: list[tuple[datetime, Json]] = [(event.created, _event(call, event)) for event in issue.events]
    for comment in issue.comments:
        shown = call.render.comment(comment) | {"event": "commented", "actor": call.render.person(comment.author)}
        told.append((comment.created, shown))
    rows, links = paged(call, [shown for _, shown in sorted(told, key=lambda pair: pair[0])], home=issue.repository)
    return Answer(list(rows), headers=links)


def _event(call: Call, event: Event) -> Json:
    url = f"{call.render.repository_url(event.issue.repository)}/issues/events/{event.id}"
    out: Json = {
        "id": event.id,
        "node_id": f"E_{event.id:08x}",
        "url": url,
        "actor": call.render.person(event.actor),
        "event": event.kind,
        "commit_id": None,
        "commit_url": None,
        "created_at": event.created,
        "performed_via_github_app": None,
    }
    return out | _about(call, event)


def _about(call: Call, event: Event) -> dict[str, Any]:
    """What only an event of its kind tells."""
    if event.label is not None:
        return {"label": {"name": event.label.name, "color": event.label.color}}
    if event.milestone is not None:
        return {"milestone": {"title": event.milestone}}
    if event.assignee is not None:
        person = call.render.person(event.assignee)
        return {"assignee": person, "assigner": call.render.person(event.actor)}
    if event.renamed is not None:
        return {"rename": {"from": event.renamed[0], "to": event.renamed[1]}}
    if event.kind in ("locked", "unlocked"):
        return {"lock_reason": "resolved" if event.kind == "locked" else None}
    if event.kind in ("closed", "reopened") and call.state.tells_reasons:
        return {"state_reason": None if event.reason == "completed" else event.reason}
    return {}
