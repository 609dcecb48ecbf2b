"""Membership of a GitHub search, repository by repository, ids only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from okrsync.errors import BadAnswer
from okrsync.model.work import Scope
from okrsync_github.client import Client
from okrsync_github.payload import Search, decoder
from okrsync_github.repositories import full_name
from okrsync_github.translate import repository

MOST = 1000
"""GitHub's search never gives more results than this."""

_decode = decoder(Search)
_QUOTED = re.compile(r'"[^"]*"?')
_COMPOUND = re.compile(r"\b(?:OR|AND|NOT)\b|[()]")
_KIND = re.compile(r"(?<!\S)(?:is|type):(?:issue|pr|pull-request)(?!\S)", re.IGNORECASE)
_KINDS = ("is:issue", "is:pull-request")


def select(client: Client, scopes: Sequence[Scope], query: str) -> frozenset[str]:
    """Ids of what the query matches in these repositories. Raises BadAnswer where the answer is not all of it.

    One search for each repository: what several ``repo:`` mean together depends on the age of the server.
    """
    return frozenset(found for scope in scopes for found in _in(client, full_name(scope), query))


def _in(client: Client, name: str, query: str) -> Iterator[str]:
    bare = _QUOTED.sub('""', query)
    compound = _COMPOUND.search(bare) is not None
    advanced = {"advanced_search": "true"} if compound else {}
    for asked in _by_kind(query, bare, compound):
        for page in client.pages("/search/issues", _decode, q=f"repo:{name} {asked}", **advanced):
            _require_all_of(page.value, name, query)
            yield from (
                found.node_id for found in page.value.items if repository(found.repository_url).lower() == name.lower()
            )


def _by_kind(query: str, bare: str, compound: bool) -> list[str]:
    """One search for issues and one for pull requests, unless the query says which: GitHub refuses to mix them.

    Source: "Search issues and pull requests" in GitHub's REST documentation, and its answer 422 to many tokens.
    """
    if compound:
        return [f"{kind} ({query})" for kind in _KINDS]
    return [query] if _KIND.search(bare) else [f"{kind} {query}" for kind in _KINDS]


def _require_all_of(found: Search, name: str, query: str) -> None:
    if found.incomplete_results or found.total_count > MOST:
        reason = "is incomplete" if found.incomplete_results else f"has more than {MOST} results"
        raise BadAnswer(
            f"The GitHub search '{query}' in {name} {reason}.",
            hint="Narrow the query, or use labels, milestone or parent, which have no such limit.",
        )
