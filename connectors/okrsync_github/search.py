"""Membership of a GitHub search, repository by repository, ids only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from okrsync.errors import BadAnswer, Rejected
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
    """Ids of what the query matches in these repositories.

    Raises Rejected where GitHub never gives all of it, and BadAnswer where it did not this time.

    One search for each repository: what several ``repo:`` mean together depends on the age of the server.
    """
    return frozenset(found for scope in scopes for found in _in(client, full_name(scope), query))


def probe(client: Client, scopes: Sequence[Scope], query: str) -> None:
    """One result of one search: whether GitHub takes a query does not depend on the repository."""
    for scope in scopes[:1]:
        name = full_name(scope)
        found = client.read("/search/issues", _decode, per_page=1, **_searches(name, query)[0])
        _require_all_of(found.value, name, query)


def _in(client: Client, name: str, query: str) -> Iterator[str]:
    for asked in _searches(name, query):
        for page in client.pages("/search/issues", _decode, **asked):
            _require_all_of(page.value, name, query)
            yield from (
                found.node_id for found in page.value.items if repository(found.repository_url).lower() == name.lower()
            )


def _searches(name: str, query: str) -> list[dict[str, str]]:
    """The parameters of each search that a query takes. Raises Rejected where it would reach beyond its brackets."""
    bare = _QUOTED.sub('""', query)
    if query.count('"') % 2 or not _balanced(bare):
        message = f"The GitHub search {query!r} has unbalanced brackets or quotes."
        raise Rejected(message, hint="Try it in GitHub's own search.")
    compound = _COMPOUND.search(bare) is not None
    advanced = {"advanced_search": "true"} if compound else {}
    return [{"q": f"repo:{name} {asked}", **advanced} for asked in _by_kind(query, bare, compound)]


def _balanced(bare: str) -> bool:
    depth = 0
    for character in bare:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _by_kind(query: str, bare: str, compound: bool) -> list[str]:
    """One search for issues and one for pull requests, unless the query says which: GitHub refuses to mix them.

    Source: "Search issues and pull requests" in GitHub's REST documentation, and its answer 422 to many tokens.
    """
    if compound:
        return [f"{kind} ({query})" for kind in _KINDS]
    return [query] if _KIND.search(bare) else [f"{kind} {query}" for kind in _KINDS]


def _require_all_of(found: Search, name: str, query: str) -> None:
    hint = "Narrow the query, or use labels, milestone or parent, which have no such limit."
    if found.total_count > MOST:
        raise Rejected(f"The GitHub search '{query}' in {name} has more than {MOST} results.", hint=hint)
    if found.incomplete_results:
        raise BadAnswer(f"The GitHub search '{query}' in {name} is incomplete.", hint=hint)
