"""Both trackers' tickets in one plain shape: what a person who opens them would see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from okrsync.sandbox.github import GitHubState

if TYPE_CHECKING:
    from okrsync.sandbox.jira import JiraState

Tickets = dict[str, dict[str, Any]]


def github_tickets(state: GitHubState) -> Tickets:
    """By key, as ``{"acme/shop#1": {"title", "state", "labels", "comments": [{"id", "author", "body"}]}}``."""
    with state.lock:
        return {
            f"{home.full_name}#{issue.number}": {
                "title": issue.title,
                "state": "open" if issue.open else issue.state_reason or "closed",
                "labels": [label.name for label in issue.labels],
                "comments": [
                    {"id": str(comment.id), "author": comment.author.login, "body": comment.body}
                    for comment in issue.comments
                ],
            }
            for home in state.repositories.values()
            for issue in home.issues.values()
        }


def jira_tickets(state: JiraState) -> Tickets:
    """The same shape, by issue key; comments have ``properties`` too."""
    with state.lock:
        return {
            issue.key: {
                "title": issue.summary,
                "state": issue.status,
                "labels": list(issue.labels),
                "comments": [
                    {
                        "id": comment.id,
                        "author": comment.author,
                        "body": comment.body,
                        "properties": comment.properties,
                    }
                    for comment in issue.comments
                ],
            }
            for issue in state.issues.values()
        }
