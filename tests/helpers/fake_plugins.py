"""Two made-up trackers, for tests of everything that reads configurations but opens no connection.

They resemble GitHub and Jira, so that the messages that people will read are tested, without depending on
the shipped connectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, StringConstraints, model_validator

from okrsync.connector import ConnectionOptions, Connector, Context, Echo, Plugin
from okrsync.registry import Registry


class FakeGitHubOptions(ConnectionOptions):
    type: Literal["github"]
    repositories: tuple[Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")], ...] = Field(
        (), description="Repositories to read, each as owner/name."
    )
    organization: str | None = None
    token: SecretStr | None = None
    app_id: int | None = None
    private_key_file: Path | None = None

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> FakeGitHubOptions:
        if self.token and self.app_id:
            raise ValueError("both a token and a GitHub App are given; leave one out")
        return self


class FakeJiraOptions(ConnectionOptions):
    type: str = "jira"
    url: str
    projects: tuple[str, ...] = Field(min_length=1)
    email: Annotated[str, StringConstraints(pattern="@")] | None = Field(None, description="Account of the token.")
    token: SecretStr | None = None
    numbers: tuple[str, ...] = ()
    story_points: str | Literal[False] | None = None


def _connect(options: Any, context: Context) -> Connector:
    raise AssertionError("reading a configuration opens no connection")


_COMMON = {"epic", "parent", "labels", "type", "assignee", "created_since", "query", "items"}

GITHUB = Plugin(
    options=FakeGitHubOptions,
    connect=_connect,
    environment={"token": ("GITHUB_TOKEN", "GH_TOKEN")},
    selectors=frozenset({"repository", "milestone", *_COMMON}),
    defines_labels=True,
    echoes=lambda query: [Echo("no:label", "name the labels")] if "no:label" in query else [],
)
JIRA = Plugin(
    options=FakeJiraOptions,
    connect=_connect,
    environment={"email": ("JIRA_EMAIL",), "token": ("JIRA_API_TOKEN",)},
    selectors=frozenset({"project", "version", *_COMMON}),
)


@dataclass
class FakeEntryPoint:
    """Like importlib's, and counts how often it was loaded."""

    name: str
    offers: object
    value: str = "somewhere:plugin"
    loads: int = 0

    def load(self) -> object:
        self.loads += 1
        if isinstance(self.offers, Exception):
            raise self.offers
        return self.offers


def fake_registry() -> Registry:
    return Registry([FakeEntryPoint("github", GITHUB), FakeEntryPoint("jira", JIRA)])
