"""What credentials allow beyond what okrsync needs, which is to read and write issues and pull requests.

Whoever steals a token can do all that it can. Sources: "Scopes for OAuth apps" and "Permissions required for
fine-grained personal access tokens" in GitHub's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from okrsync.connector import Finding, Level
from okrsync_github.payload import Permissions

NEEDED = "Issues and Pull requests (read and write)"

_MODEST = frozenset({"repo", "public_repo", "repo:status", "read:org", "read:user", "user:email", "read:project"})
"""Scopes of a classic token that okrsync needs, or that only look."""

_WITH_FINE_GRAINED_TOKENS = (3, 10)
"""Enterprise Server from this version on."""


def of_token(headers: Mapping[str, str]) -> Iterator[Finding]:
    """By the scopes that GitHub tells with an answer; it tells none for fine-grained tokens."""
    scopes = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
    hint = f"Replace it by a fine-grained token for these repositories with {NEEDED}."
    if beyond := sorted(scopes - _MODEST):
        message = f"a classic token that can do much more than needed: {', '.join(beyond)}"
        yield Finding(Level.WARNING, "token", message, hint if _has_better(headers) else "Take these scopes from it.")
    elif "repo" in scopes and _has_better(headers):
        message = "a classic token whose scope repo reaches the code and settings of every repository of the account"
        yield Finding(Level.WARNING, "token", message, hint)


def of_role(name: str, role: Permissions | None, headers: Mapping[str, str]) -> Iterator[Finding]:
    """An administrator's classic token administers; a fine-grained one is held back by its own permissions only."""
    if role is not None and role.admin:
        classic = "x-oauth-scopes" in headers
        message = "the account administers this repository" + (", and so does the token" if classic else "")
        yield Finding(Level.WARNING, name, message, "Use an account of its own with the write role, or a GitHub App.")


def of_app(granted: Mapping[str, str]) -> Iterator[Finding]:
    """By the permissions of a GitHub App's installation."""
    beyond = [area for area, level in granted.items() if level != "read" and area not in ("issues", "pull_requests")]
    if beyond:
        message = f"the App may do more than needed: {', '.join(f'{granted[area]} {area}' for area in sorted(beyond))}"
        yield Finding(Level.WARNING, "token", message, f"Leave it {NEEDED} in the App's settings.")


def _has_better(headers: Mapping[str, str]) -> bool:
    version = re.match(r"(\d+)\.(\d+)", headers.get("x-github-enterprise-version", ""))
    return version is None or (int(version[1]), int(version[2])) >= _WITH_FINE_GRAINED_TOKENS
