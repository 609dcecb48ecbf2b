"""Reading a repository: issues and pull requests page by page, milestones and labels whole.

GitHub does not touch ``updated_at`` of issues when a label is renamed or a milestone edited, so both lists are
read in full each time, and labels before any issue: one read earlier would bring back a label that is gone by then.
Pages come in the order of creation: ``sort=updated`` would skip what changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from okrsync.connector import Context
from okrsync.model.work import LabelDefinition, Milestone, Page, Ref, Scope
from okrsync_github import payload, translate
from okrsync_github.client import Answer, Client
from okrsync_github.failures import Missing
from okrsync_github.family import Family
from okrsync_github.payload import IssueId, decoder
from okrsync_github.repositories import FULL_NAME, full_name
from okrsync_github.translate import Issues, number_of

FINGERPRINT = "github 1: issues, pull requests, milestones, labels, sub-issues"
"""Changes whenever what is read or how it is understood changes, so that everything is read again."""

_ORDER = {"state": "all", "sort": "created", "direction": "asc"}

_decode_milestones = decoder(list[payload.Milestone])
_decode_labels = decoder(list[payload.Label])
_decode_ids = decoder(list[IssueId])
_decode_issue = decoder(payload.Issue)


def asks(scope: Scope) -> str:
    """A renamed repository is read anew, since the keys of all its items changed."""
    return f"{FINGERPRINT}; {full_name(scope)}"


def pull(client: Client, context: Context, scope: Scope, family: Family, since: datetime | None) -> Iterator[Page]:
    """See :meth:`okrsync.connector.Connector.pull`. The first page holds milestones, labels and GitHub's own time."""
    name, began = full_name(scope), context.now()
    labels = None if scope.archived else _labels(client, scope)
    issues = _issues(client, scope, since)
    for number, answer in enumerate(issues):
        found = answer.value.good
        if found:
            name = translate.repository(found[-1].repository_url)
        family.meet(found)
        page = Page(
            items=tuple(
                translate.item(context.connection, scope.id, issue, parent=family.parent(issue)) for issue in found
            ),
            quarantined=answer.value.bad,
        )
        if number == 0:
            milestones = _milestones(client, context, scope)
            page = msgspec.structs.replace(page, milestones=milestones, labels=labels, as_of=answer.date or began)
        yield page
    children = tuple(
        translate.item(context.connection, scope.id, issue, parent=parent) for issue, parent in family.children(name)
    )
    learned = {**scope.data, FULL_NAME: name, **family.memory()}
    if children or learned != scope.data:
        yield Page(items=children, scope=msgspec.structs.replace(scope, data=learned))


def reread(client: Client, context: Context, scope: Scope, family: Family, refs: Sequence[Ref]) -> Iterator[Page]:
    """See :meth:`okrsync.connector.Connector.reread`: one request an issue."""
    for ref in refs:
        try:
            issue = client.read(f"/repositories/{scope.id}/issues/{number_of(ref.key)}", _decode_issue).value
        except Missing:
            continue
        if issue.node_id == ref.id:
            family.meet([issue])
            yield Page(items=(translate.item(context.connection, scope.id, issue, parent=family.parent(issue)),))


def census(client: Client, scope: Scope) -> Iterator[str]:
    """Ids of all issues and pull requests."""
    for page in client.pages(f"/repositories/{scope.id}/issues", _decode_ids, **_ORDER):
        yield from (issue.node_id for issue in page.value)


def _issues(client: Client, scope: Scope, since: datetime | None) -> Iterator[Answer[Issues]]:
    query = _ORDER if since is None else {**_ORDER, "since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return client.pages(f"/repositories/{scope.id}/issues", translate.decode_issues, **query)


def _milestones(client: Client, context: Context, scope: Scope) -> tuple[Milestone, ...]:
    pages = client.pages(f"/repositories/{scope.id}/milestones", _decode_milestones, state="all")
    return tuple(translate.milestone(context.connection, scope.id, found) for page in pages for found in page.value)


def _labels(client: Client, scope: Scope) -> tuple[LabelDefinition, ...]:
    pages = client.pages(f"/repositories/{scope.id}/labels", _decode_labels)
    return tuple(translate.label(found) for page in pages for found in page.value)
