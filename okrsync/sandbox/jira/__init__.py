"""A small, honest Jira, in Cloud and Data Center flavours."""

from okrsync.sandbox.jira.routes import jira_app
from okrsync.sandbox.jira.state import JiraState

__all__ = ["JiraState", "jira_app"]
