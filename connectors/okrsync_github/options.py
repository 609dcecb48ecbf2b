"""What a GitHub connection can be told in okrsync.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from okrsync.connector import ConnectionOptions

Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]
Organization = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")]

PUBLIC_API = "https://api.github.com"
_PUBLIC = frozenset({"github.com", "www.github.com", "api.github.com"})
_RESIDENCY = ".ghe.com"


class GitHubOptions(ConnectionOptions):
    """Repositories by name or a whole organisation's, and one way to sign in: a token or a GitHub App."""

    type: Literal["github"]
    repositories: tuple[Repository, ...] = Field((), description="Repositories to read, each as owner/name.")
    organization: Organization | None = Field(None, description="Read all repositories of this organisation instead.")
    url: str = Field("https://github.com", description="Address of the GitHub Enterprise Server, where there is one.")
    token: SecretStr | None = Field(None, description="Access token; better left to the variable GITHUB_TOKEN.")
    app_id: int | str | None = Field(None, description="Sign in as a GitHub App: its id (or client id).")
    private_key_file: Path | None = Field(None, description="Sign in as a GitHub App: file with its private key.")
    installation_id: int | None = Field(None, description="Sign in as a GitHub App: where it is installed.")
    ca_file: Path | None = Field(None, description="Certificates to trust, for a server with a private authority.")
    seconds_between_writes: float = Field(
        1.0, ge=0, le=60, description="Pause between two writes; GitHub asks for one second."
    )

    @field_validator("repositories")
    @classmethod
    def _each_repository_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        seen: set[str] = set()
        for name in names:
            if name.lower() in seen:
                raise ValueError(f"{name} is named twice")
            seen.add(name.lower())
        return names

    @field_validator("url")
    @classmethod
    def _an_address_without_secrets(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is not an address; write it like https://github.example.com")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("must be a plain address; the token belongs in the variable GITHUB_TOKEN")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _reads_something(self) -> GitHubOptions:
        if bool(self.repositories) == bool(self.organization):
            raise ValueError("give either repositories (owner/name) or organization")
        return self

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> GitHubOptions:
        app = {
            "app_id": self.app_id,
            "private_key_file": self.private_key_file,
            "installation_id": self.installation_id,
        }
        missing = [name for name, value in app.items() if value is None]
        if 0 < len(missing) < len(app):
            raise ValueError(f"a GitHub App also needs {' and '.join(missing)}")
        if self.token and not missing:
            raise ValueError(
                "both a token and a GitHub App are given; leave one out"
                " (a token may also come from GITHUB_TOKEN or GH_TOKEN)"
            )
        return self

    @property
    def api(self) -> str:
        """Where the REST API answers, without a slash at the end."""
        parts = urlsplit(self.url)
        host = (parts.hostname or "").lower()
        if host in _PUBLIC:
            return PUBLIC_API
        if host.endswith(_RESIDENCY):
            return f"https://api.{host.removeprefix('api.')}"
        return self.url if parts.path.rstrip("/").endswith("/api/v3") else f"{self.url}/api/v3"
