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
_COMPOUND = re.compile(r"\b(?:OR|AND|NOT)\b|[()]")


def select(client: Client, scopes: Sequence[Scope], query: str) -> frozenset[str]:
    """Ids of what the query matches in these repositories. Raises BadAnswer where the answer is not all of it.

    One search for each repository: what several ``repo:`` mean together depends on the age of the server.
    """
    return frozenset(found for scope in scopes for found in _in(client, full_name(scope), query))


def _in(client: Client, name: str, query: str) -> Iterator[str]:
    asked = f"({query})" if _COMPOUND.search(query) else query
    for page in client.pages("/search/issues", _decode, q=f"repo:{name} {asked}"):
        if page.value.incomplete_results or page.value.total_count > MOST:
            reason = "is incomplete" if page.value.incomplete_results else f"has more than {MOST} results"
            raise BadAnswer(
                f"The GitHub search '{query}' in {name} {reason}.",
                hint="Narrow the query, or use labels, milestone or parent, which have no such limit.",
            )
        yield from (
            found.node_id for found in page.value.items if repository(found.repository_url).lower() == name.lower()
        )
