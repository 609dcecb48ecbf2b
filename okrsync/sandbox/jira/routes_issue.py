"""One issue: looking at it, editing it, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.jira import adf
from okrsync.sandbox.jira.gate import Call, Refusal
from okrsync.sandbox.jira.records import Issue
from okrsync.sandbox.jira.wiki import rendered

_LONGEST_LABEL = 255
_LONGEST_SUMMARY = 255
_MOST_CHANGELOGS = 1_000
_MOST_FIELDS = 10
_NO_EDIT = "You do not have permission to edit issues in this project."
_LOUD = "To discard the user notification either admin or project admin permissions are required."

Operations = list[dict[str, Any]]


class Edit(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The body of an issue's PUT."""

    fields: dict[str, Any] = {}
    update: dict[str, Operations] = {}
    history_metadata: dict[str, Any] | None = None
    properties: list[dict[str, Any]] = []
    transition: dict[str, Any] | None = None


class ChangelogFetch(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The body of Cloud's bulk fetch of changelogs."""

    issue_ids_or_keys: list[str]
    field_ids: list[str] = []
    max_results: int = 1_000
    next_page_token: str | None = None


def get_issue(call: Call) -> Answer:
    """A former key finds the issue; the answer has today's."""
    write = call.tickets.writer(call.listed("fields") or ["*all"], call.listed("expand"))
    return Answer(write(call.issue()))


def edit_issue(call: Call) -> Answer:
    """PUT: labels by operations or as a set, a few plain fields. All or nothing."""
    silently = call.query.get("notifyUsers", "true").lower() == "false"
    issue = call.writable("EDIT_ISSUES", 400, _NO_EDIT)
    if silently and not call.state.silent:
        raise Refusal(403, _LOUD)
    asked = call.body(Edit)
    both = asked.fields.keys() & asked.update.keys()
    if both:
        raise Refusal(
            400, errors={name: f"Field '{name}' cannot appear in both 'fields' and 'update'" for name in both}
        )
    labels = _labels(issue, asked)
    plain = _plain(call, asked)
    me = call.state.me.name
    call.state.edit(issue.key, by=me, labels=labels, **plain)
    return Answer(None, 204)


def _labels(issue: Issue, asked: Edit) -> list[str]:
    """The labels afterwards. Operations apply one after the other. Raises Refusal (400)."""
    labels = list(issue.labels)
    if "labels" in asked.fields:
        labels = _checked(asked.fields["labels"])
    for operation in asked.update.get("labels", []):
        for verb, value in operation.items():
            if verb == "set":
                labels = _checked(value)
            elif verb == "add":
                labels += _checked([value])
            elif verb == "remove":
                labels = [label for label in labels if label != value]
            else:
                raise Refusal(400, errors={"labels": f"Operation '{verb}' is not supported by the field 'labels'."})
    return list(dict.fromkeys(labels))


def _checked(labels: Any) -> list[str]:
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise Refusal(400, errors={"labels": "data was not an array of strings"})
    for label in labels:
        if any(character.isspace() for character in label):
            raise Refusal(400, errors={"labels": f"The label '{label}' contains spaces which is invalid."})
        if not 0 < len(label) <= _LONGEST_LABEL:
            told = f"The label '{label}' exceeds the maximum length for a single label of {_LONGEST_LABEL} characters."
            raise Refusal(400, errors={"labels": told})
    return labels


def _plain(call: Call, asked: Edit) -> dict[str, Any]:
    """Summary, description and story points, from ``fields`` or from ``set`` operations. Raises Refusal (400)."""
    given = {name: value for name, value in asked.fields.items() if name != "labels"}
    for name, operations in asked.update.items():
        for operation in operations:
            if name != "labels":
                given[name] = operation.get("set")
    out: dict[str, Any] = {}
    for name, value in given.items():
        if name == "summary" and isinstance(value, str) and 0 < len(value) <= _LONGEST_SUMMARY:
            out["summary"] = value
        elif name == "description":
            out["description"] = _rich(call, value)
        elif name == call.state.points_field.id and (value is None or isinstance(value, int | float)):
            out["points"] = value
        else:
            told = f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            raise Refusal(400, errors={name: told})
    return out


def _rich(call: Call, value: Any) -> str:
    return "" if value is None else rich_text(call, value, "description")


def rich_text(call: Call, value: Any, field: str) -> str:
    """What was written, as the site keeps it: a document in version 3, a text in version 2. Raises Refusal (400)."""
    try:
        text = adf.text(value) if call.render.api == "3" else value
    except ValueError:
        raise Refusal(400, errors={field: "Operation value must be an Atlassian Document (see the API docs)"}) from None
    if not isinstance(text, str):
        raise Refusal(400, errors={field: "Operation value must be a string"})
    return rendered(text) if call.state.rewrites_text else text


def list_changelog(call: Call) -> Answer:
    """Cloud's pages of one issue's history, oldest first."""
    issue = call.issue()
    start, size = call.number("startAt", 0), min(call.number("maxResults", 100), 100)
    rows = issue.history[start : start + size]
    url = f"{call.render.root}/issue/{issue.id}/changelog"
    out: dict[str, Any] = {
        "self": f"{url}?startAt={start}&maxResults={size}",
        "startAt": start,
        "maxResults": size,
        "total": len(issue.history),
        "isLast": start + size >= len(issue.history),
        "values": [call.render.history(history) for history in rows],
    }
    if not out["isLast"]:
        out["nextPage"] = f"{url}?startAt={start + size}&maxResults={size}"
    return Answer(out)


def fetch_changelogs(call: Call) -> Answer:
    """Cloud's histories of up to 1,000 issues; the token is the number of lines given so far.

    Sorted by time over all issues, so that only the last page makes any of them complete.
    """
    asked = call.body(ChangelogFetch)
    if not 1 <= len(asked.issue_ids_or_keys) <= _MOST_CHANGELOGS:
        raise Refusal(400, f"Between 1 and {_MOST_CHANGELOGS} issues can be asked for at once.")
    if len(asked.field_ids) > _MOST_FIELDS:
        raise Refusal(400, f"At most {_MOST_FIELDS} fields can be asked for at once.")
    start = int(asked.next_page_token) if (asked.next_page_token or "0").isdecimal() and asked.next_page_token else 0
    issues = {issue.id: issue for name in asked.issue_ids_or_keys if (issue := call.find(name))}
    lines = list(_lines(call, issues.values(), set(asked.field_ids)))
    end = start + max(1, min(asked.max_results, 10_000))
    logs: dict[str, list[Any]] = {}
    for id_, line in lines[start:end]:
        logs.setdefault(id_, []).append(line)
    out: dict[str, Any] = {"issueChangeLogs": [{"issueId": id_, "changeHistories": log} for id_, log in logs.items()]}
    if end < len(lines):
        out["nextPageToken"] = str(end)
    return Answer(out)


def _lines(call: Call, issues: Iterable[Issue], fields: set[str]) -> Iterator[tuple[str, Any]]:
    every = [(history.created, int(issue.id), history) for issue in issues for history in issue.history]
    for _, id_, history in sorted(every, key=lambda line: line[:2]):
        line = call.render.history(history)
        if fields:
            line["items"] = [item for item in line["items"] if item.get("fieldId", item["field"]) in fields]
        if line["items"]:
            yield str(id_), line
