"""From the names in the configuration to repositories with an immutable id.

Repositories are addressed as ``/repositories/{id}`` ever after: a rename or a new owner does not break that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from okrsync.errors import ConnectionFailed, Gone
from okrsync.model.work import Scope
from okrsync_github.client import Client
from okrsync_github.failures import Missing
from okrsync_github.options import GitHubOptions
from okrsync_github.payload import Repository, decoder

FULL_NAME = "full_name"
"""In ``Scope.data``: the repository's name of today, where ``Scope.name`` keeps the one people configured."""

WITHOUT_ISSUES = "its issues are switched off, and with them the list that tells its pull requests"

_decode_one = decoder(Repository)
_decode_many = decoder(list[Repository])
_BY_ID = re.compile(r"/repositories/(\d+)$")


def resolve(client: Client, options: GitHubOptions, known: Sequence[Scope]) -> tuple[Scope, ...]:
    """The configured repositories; a known one costs no request unless it was archived (it may be open again)."""
    remembered = {scope.id: scope for scope in known}
    if options.organization:
        return tuple(_scope(found, found.full_name, remembered) for found in _of(client, options.organization))
    usable = {scope.name: scope for scope in known if not scope.archived}
    found: dict[str, Scope] = {}
    for name in options.repositories:
        scope = usable.get(name) or _scope(fetch(client, name), name, remembered)
        if scope.id in found:
            twins = f"{name} and {found[scope.id].name} are the same repository."
            raise ConnectionFailed(twins, hint="Leave one out of repositories.")
        found[scope.id] = scope
    return tuple(found.values())


def fetch(client: Client, name: str) -> Repository:
    """A repository by the name it has or once had. Raises Gone when there is none that these credentials may see."""
    try:
        return client.read(f"/repos/{name}", _decode_one).value
    except Missing as error:
        renamed = _BY_ID.search(urlsplit(error.location).path)
        if renamed:
            return client.read(f"/repositories/{renamed[1]}", _decode_one).value
        raise Gone(
            f"Repository {name} does not exist, or is hidden from these credentials.",
            hint="Check the spelling, and that the token or App may read it.",
            moved=error.moved,
        ) from error


def _of(client: Client, organization: str) -> Iterator[Repository]:
    """The organisation's repositories, by name."""
    try:
        pages = client.pages(f"/orgs/{organization}/repos", _decode_many, type="all", sort="full_name")
        yield from (found for page in pages for found in page.value)
    except Missing as error:
        raise Gone(
            f"Organisation {organization} does not exist, or is hidden from these credentials.",
            hint="Check the spelling; for a person's account, list its repositories by name.",
        ) from error


def _scope(found: Repository, name: str, known: dict[str, Scope]) -> Scope:
    before = known.get(str(found.id))
    data = {**(before.data if before else {}), FULL_NAME: found.full_name}
    left_out = "" if found.has_issues else WITHOUT_ISSUES
    return Scope(str(found.id), name, archived=found.archived, data=data, left_out=left_out)


def full_name(scope: Scope) -> str:
    """``owner/name`` as the repository is called today; the configured name may be one from before a rename."""
    return scope.data.get(FULL_NAME, scope.name)
