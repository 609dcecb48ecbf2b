"""What a Jira connection can be told in okrsync.yaml."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from okrsync.connector import ConnectionOptions

CANCELLED = ("Won't Do", "Won't Fix", "Cannot Reproduce", "Declined", "Incomplete", "Abandoned", "Obsolete")


def _site(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("must be the address of a Jira site, such as https://acme.atlassian.net")
    if parts.username or parts.password:
        raise ValueError("must not contain a user name or password; use email and token")
    if parts.query or parts.fragment:
        raise ValueError("must end before any ? or #")
    return url.rstrip("/")


ProjectKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=255)]
CloudId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class JiraOptions(ConnectionOptions):
    """A Jira site and the projects to read there.

    Cloud takes ``email`` and ``token`` (an API token; with ``cloud_id`` a scoped one, through Atlassian's
    gateway); Data Center a personal access token as ``token`` and no e-mail. Both may be missing while
    files are only checked.
    """

    type: str = "jira"
    url: Annotated[str, AfterValidator(_site)] = Field(description="Address of the site, with its context path.")
    projects: tuple[ProjectKey, ...] = Field(min_length=1, description="Keys of the projects to read.")
    email: Text | None = Field(None, description="Account of the API token (Cloud). Leave out on Data Center.")
    token: SecretStr | None = Field(None, description="API token or personal access token, from the environment.")
    cloud_id: CloudId | None = Field(None, description="Cloud id of the site, to use a scoped token.")
    story_points: Text | Literal[False] | None = Field(
        None, description="Name or id of the story point field; false for none. Found by itself where only one exists."
    )
    board: int | None = Field(None, gt=0, description="Number of a board whose estimation field is to be used.")
    numbers: tuple[Text, ...] = Field((), description="Names or ids of further numeric fields to read.")
    cancelled_resolutions: tuple[Text, ...] = Field(
        CANCELLED, description="Resolutions of done work that was not delivered. Duplicate is known by itself."
    )
    ca_file: str | None = Field(None, description="File with the certificates of your own authority.")
