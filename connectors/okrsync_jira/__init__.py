"""Jira Cloud and Jira Data Center as a tracker of okrsync.

Importing this package costs next to nothing: the `jira` library is imported when a connection is opened.
"""

from __future__ import annotations

from okrsync.connector import Connector, Context, Plugin, Webhook
from okrsync_jira import webhook
from okrsync_jira.echoes import echoes
from okrsync_jira.options import JiraOptions


def _connect(options: JiraOptions, context: Context) -> Connector:
    from okrsync_jira.connector import JiraConnector

    return JiraConnector(options, context)


plugin = Plugin(
    options=JiraOptions,
    connect=_connect,
    environment={"email": ("JIRA_EMAIL",), "token": ("JIRA_API_TOKEN",)},
    selectors=frozenset(
        {
            "project", "version", "epic", "parent", "labels", "type",
            "assignee", "created_since", "query", "items",
        }
    ),
    webhook=Webhook(webhook.SIGNATURE, webhook.DELIVERY, webhook.hints),
    echoes=echoes,
)  # fmt: skip
