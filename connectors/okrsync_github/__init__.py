"""GitHub.com and GitHub Enterprise Server as an okrsync connector."""

from __future__ import annotations

from okrsync.connector import Connector, Context, Plugin, Webhook, WriteLimit
from okrsync_github import webhook
from okrsync_github.echoes import echoes
from okrsync_github.options import GitHubOptions


def connect(options: GitHubOptions, context: Context) -> Connector:
    """A connector that has not talked to GitHub yet. Raises AuthError where credentials are missing or unreadable."""
    from okrsync_github.connector import GitHubConnector

    return GitHubConnector.connect(options, context)


plugin = Plugin(
    options=GitHubOptions,
    connect=connect,
    environment={"token": ("GITHUB_TOKEN", "GH_TOKEN")},
    selectors=frozenset(
        {
            "repository",
            "milestone",
            "epic",
            "parent",
            "labels",
            "type",
            "assignee",
            "created_since",
            "query",
            "items",
        }
    ),
    defines_labels=True,
    write_limits=(WriteLimit(80, 60), WriteLimit(500, 3600)),
    webhook=Webhook(webhook.SIGNATURE, webhook.DELIVERY, webhook.hints),
    echoes=echoes,
)
