"""Issues as Jira writes them: the fields that were asked for, each as its flavour has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from okrsync.sandbox.jira.records import Issue, Sprint
from okrsync.sandbox.jira.render import Json, Renderer

Value = Callable[[Issue], Any]

_ALL = ("*all", "*navigable")
_BARE = frozenset(("id", "key"))
_SHOWN_CHANGES = 40


class Tickets:
    """Makes a writer for every list of fields, since a page has many issues and one list."""

    def __init__(self, render: Renderer) -> None:
        self._render = render
        self._site = render.site

    def writer(
        self, fields: Sequence[str], expand: Iterable[str] = (), *, changes: int | None = None
    ) -> Callable[[Issue], Json]:
        """Fields as requests name them: ids, ``*all``, ``-description``. Unknown ones are passed over.

        With nothing but ``id`` and ``key`` asked for on Cloud, issues come without fields. ``changes`` is how many
        lines of an expanded changelog Data Center shows, None all of them.
        """
        if self._site.cloud and set(fields) <= _BARE:
            return self._with_key if "key" in fields else (lambda issue: {"id": issue.id})
        values = self._chosen(fields)
        changelog = "changelog" in expand

        def write(issue: Issue) -> Json:
            out = self._with_key(issue)
            out["fields"] = {name: value(issue) for name, value in values if value is not None}
            if self._site.cloud and "parent" in out["fields"] and out["fields"]["parent"] is None:
                del out["fields"]["parent"]
            if changelog:
                out["changelog"] = self._changelog(issue, changes)
            return out

        return write

    def _with_key(self, issue: Issue) -> Json:
        url = f"{self._render.root}/issue/{issue.id}"
        return {"expand": "renderedFields,names,schema,changelog", "id": issue.id, "self": url, "key": issue.key}

    def _chosen(self, fields: Sequence[str]) -> list[tuple[str, Value]]:
        known = self._values()
        unwanted = {name[1:] for name in fields if name.startswith("-")}
        wanted = [name for name in fields if not name.startswith("-")]
        if not wanted or any(name in _ALL for name in wanted):
            wanted = list(known)
        return [(name, known[name]) for name in wanted if name in known and name not in unwanted]

    def _values(self) -> dict[str, Value]:
        render = self._render
        known: dict[str, Value] = {
            "summary": lambda issue: issue.summary,
            "description": lambda issue: render.text(issue.description) if issue.description else None,
            "issuetype": lambda issue: render.type(issue.type),
            "project": lambda issue: render.project(issue.project),
            "status": lambda issue: render.status(issue.status),
            "priority": lambda issue: render.priority(issue.priority),
            "resolution": lambda issue: render.resolution(issue.resolution) if issue.resolution else None,
            "resolutiondate": lambda issue: render.moment(issue.resolved) if issue.resolved else None,
            "labels": lambda issue: issue.labels,
            "assignee": lambda issue: render.person(issue.assignee) if issue.assignee else None,
            "reporter": lambda issue: render.person(issue.reporter),
            "created": lambda issue: None if issue.id in self._site.spoiled else render.moment(issue.created),
            "updated": lambda issue: render.moment(issue.updated),
            "fixVersions": lambda issue: [render.version(version) for version in issue.versions],
            "subtasks": lambda issue: [self._mention(subtask) for subtask in issue.subtasks],
            "parent": self._parent,
            "comment": self._comments,
        }
        if self._site.cloud:
            known["statuscategorychangedate"] = lambda issue: render.moment(issue.category_since)
        return known | self._custom()

    def _custom(self) -> dict[str, Value]:
        site = self._site
        known: dict[str, Value] = {field.id: _number(field.id) for field in site.fields if field.type == "number"}
        known[site.points_field.id] = lambda issue: issue.points
        known[site.sprint_field.id] = self._sprints
        if site.epic_field is not None:
            known[site.epic_field.id] = lambda issue: issue.epic
        return known

    def _parent(self, issue: Issue) -> Json | None:
        parent = issue.parent_issue or (issue.epic_issue if self._site.cloud else None)
        return self._mention(parent) if parent else None

    def _mention(self, issue: Issue) -> Json:
        render = self._render
        fields = {
            "summary": issue.summary,
            "status": render.status(issue.status),
            "priority": render.priority(issue.priority),
            "issuetype": render.type(issue.type),
        }
        return {"id": issue.id, "key": issue.key, "self": f"{render.root}/issue/{issue.id}", "fields": fields}

    def _sprints(self, issue: Issue) -> list[Any] | None:
        if not issue.sprints:
            return None
        if self._site.cloud:
            return [
                {"id": each.id, "name": each.name, "state": each.state, "boardId": each.board, "goal": ""}
                for each in issue.sprints
            ]
        return [_greenhopper(each) for each in issue.sprints]

    def _comments(self, issue: Issue) -> Json:
        shown = issue.comments[: self._site.comments_page]
        comments = [self._render.comment(comment, properties=False) for comment in shown]
        return {"comments": comments, "maxResults": len(shown), "total": len(issue.comments), "startAt": 0}

    def _changelog(self, issue: Issue, most: int | None) -> Json:
        """Newest first; on Cloud cut, so that ``total`` may be more than there is."""
        shown = issue.history[::-1][: _SHOWN_CHANGES if self._site.cloud else most]
        histories = [self._render.history(history) for history in shown]
        return {"startAt": 0, "maxResults": len(shown), "total": len(issue.history), "histories": histories}


def _number(field_id: str) -> Value:
    return lambda issue: issue.numbers.get(field_id)


def _greenhopper(sprint: Sprint) -> str:
    """The text that Data Center gives for a sprint: a Java object's, nothing in it quoted."""
    told = (
        f"id={sprint.id},rapidViewId={sprint.board},state={sprint.state.upper()},name={sprint.name},startDate=<null>,"
        f"endDate=<null>,completeDate=<null>,activatedDate=<null>,sequence={sprint.id},goal=,autoStartStop=false"
    )
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{sprint.id:x}a2b[{told}]"
