"""Where Jira Cloud and Jira Data Center part: search paging, epics, reading many tickets, quiet edits.

No other file asks which of the two it talks to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

import msgspec

from okrsync.errors import BadAnswer, Forbidden, Gone, Rejected
from okrsync_jira import changelogs, jql
from okrsync_jira.changelogs import Changelogs
from okrsync_jira.client import Client
from okrsync_jira.pages import Batch
from okrsync_jira.shapes import Bare, Issue, Place, Places, Project, Projects

Row = TypeVar("Row", Issue, Bare)
Decode = Callable[[bytes], Batch[Row]]

_read_place = msgspec.json.Decoder(Place).decode
_read_places = msgspec.json.Decoder(Places).decode
_read_projects = msgspec.json.Decoder(Projects).decode


class Flavour(Protocol):
    """One of Jira's two products.

    ``epic_link`` tells that an epic is named in a custom field, ``ignored`` which standard fields the product
    does not have, ``quiet_comments`` that comments can be edited without a mail to the watchers, ``field_ids`` that
    changelogs name fields by their ids.
    """

    name: str
    epic_link: bool
    ignored: frozenset[str]
    quiet_comments: bool
    field_ids: bool

    def pages(self, client: Client, fields: Sequence[str], decode: Decode[Row], *clauses: str) -> Iterator[Batch[Row]]:
        """Every page of a search with its fields. Raises BadAnswer rather than ending early or going in circles."""

    def ids(self, client: Client, decode: Decode[Bare], *clauses: str) -> Iterator[Batch[Bare]]:
        """The same, ids only, in pages as large as the product gives."""

    def probe(self, client: Client, decode: Decode[Bare], *clauses: str) -> None:
        """The smallest page of a search, for what the server says of it."""

    def fresh(
        self, client: Client, fields: Sequence[str], decode: Decode[Issue], ids: Sequence[str]
    ) -> Iterator[Batch[Issue]]:
        """These issues as they are now, in batches; the missing ones are left out."""

    def places(self, client: Client, ids: Sequence[str]) -> Iterator[Place]:
        """Where these tickets are now, with their labels, fresh; the missing ones are left out."""

    def projects(self, client: Client, keys: Sequence[str]) -> Iterator[Project]:
        """Those of these projects that are told together; what is left out has to be asked for by itself."""

    def changelogs(self, client: Client, ids: Sequence[str], fields: Sequence[str]) -> Changelogs:
        """What happened to these fields (ids) of these issues, and possibly to others.

        Left out are issues whose changelog is not given whole, and those that are surely gone.
        """

    def changelog_cost(self, count: int) -> int:
        """About how many requests the changelogs of so many issues take."""


class Cloud:
    """Token paging. Search lags behind; `issue/bulkfetch` reads what is true now."""

    name = "Cloud"
    epic_link = False
    ignored: frozenset[str] = frozenset()
    quiet_comments = True
    field_ids = True

    _page = 100
    _ids = 5000
    _bulk = 100
    _projects = 50
    _changelogs = 100
    _lines = 1000

    def pages(self, client: Client, fields: Sequence[str], decode: Decode[Row], *clauses: str) -> Iterator[Batch[Row]]:
        return self._walk(client, fields, decode, self._page, clauses)

    def ids(self, client: Client, decode: Decode[Bare], *clauses: str) -> Iterator[Batch[Bare]]:
        return self._walk(client, ["id"], decode, self._ids, clauses)

    def probe(self, client: Client, decode: Decode[Bare], *clauses: str) -> None:
        search = {"jql": jql.oldest_first(*clauses), "fields": ["id"], "maxResults": 1}
        client.read("search/jql", decode, body=search)

    def fresh(
        self, client: Client, fields: Sequence[str], decode: Decode[Issue], ids: Sequence[str]
    ) -> Iterator[Batch[Issue]]:
        for start in range(0, len(ids), self._bulk):
            body = {"issueIdsOrKeys": ids[start : start + self._bulk], "fields": fields}
            yield client.read("issue/bulkfetch", decode, body=body)

    def places(self, client: Client, ids: Sequence[str]) -> Iterator[Place]:
        for start in range(0, len(ids), self._bulk):
            part = ids[start : start + self._bulk]
            body = {"issueIdsOrKeys": part, "fields": ["project", "labels"]}
            found = client.read("issue/bulkfetch", _read_places, body=body).issues
            yield from found
            here = {place.id for place in found}
            yield from _each(client, [omitted for omitted in part if omitted not in here])

    def projects(self, client: Client, keys: Sequence[str]) -> Iterator[Project]:
        """Renamed, archived and hidden ones are left out, and all of them where the account may not search."""
        for start in range(0, len(keys), self._projects):
            asked = {"keys": keys[start : start + self._projects], "maxResults": [str(self._projects)]}
            try:
                found = client.read("project/search", _read_projects, params=asked)
            except (Rejected, Forbidden):
                return
            yield from found.values

    def changelogs(self, client: Client, ids: Sequence[str], fields: Sequence[str]) -> Changelogs:
        return changelogs.in_bulk(client, ids, fields, batch=self._changelogs, lines=self._lines)

    def changelog_cost(self, count: int) -> int:
        return -(-count // self._changelogs)

    def _walk(
        self, client: Client, fields: Sequence[str], decode: Decode[Row], size: int, clauses: Sequence[str]
    ) -> Iterator[Batch[Row]]:
        """A short or empty page is not the last one: only a missing token is."""
        request: dict[str, object] = {"jql": jql.oldest_first(*clauses), "fields": fields, "maxResults": size}
        tokens: set[str] = set()
        while True:
            batch = client.read("search/jql", decode, body=request)
            yield batch
            if not batch.token:
                if batch.is_last is False:
                    raise BadAnswer("Jira says that more pages follow and does not tell where.", hint=_AGAIN)
                return
            if batch.token in tokens:
                raise BadAnswer("Jira gives the same page of a search again.", hint=_AGAIN)
            tokens.add(batch.token)
            request["nextPageToken"] = batch.token


class DataCenter:
    """Offsets inside a key set: every page starts at the last creation time seen.

    Creation times never change, so neither edits nor deletions during the scan push rows past the reader, and
    no offset grows to the server's result window. Times are cut to the second, the precision of its index.
    """

    name = "Data Center"
    epic_link = True
    ignored = frozenset({"statuscategorychangedate"})
    quiet_comments = False
    field_ids = False

    _page = 500
    _ids = 1000
    _bulk = 100

    def pages(self, client: Client, fields: Sequence[str], decode: Decode[Row], *clauses: str) -> Iterator[Batch[Row]]:
        return self._walk(client, fields, decode, self._page, clauses)

    def ids(self, client: Client, decode: Decode[Bare], *clauses: str) -> Iterator[Batch[Bare]]:
        return self._walk(client, ["created"], decode, self._ids, clauses)

    def probe(self, client: Client, decode: Decode[Bare], *clauses: str) -> None:
        search = {"jql": jql.oldest_first(*clauses), "fields": ["id"], "maxResults": 1, "startAt": 0}
        client.read("search", decode, body=search)

    def fresh(
        self, client: Client, fields: Sequence[str], decode: Decode[Issue], ids: Sequence[str]
    ) -> Iterator[Batch[Issue]]:
        """Unvalidated, or one deleted issue would have the whole search refused."""
        for start in range(0, len(ids), self._bulk):
            part = ids[start : start + self._bulk]
            search = {"jql": jql.oldest_first(f"id in ({', '.join(part)})"), "fields": fields}
            yield client.read("search", decode, body=search | {"maxResults": len(part), "validateQuery": False})

    def places(self, client: Client, ids: Sequence[str]) -> Iterator[Place]:
        return _each(client, ids)

    def projects(self, client: Client, keys: Sequence[str]) -> Iterator[Project]:
        """Its list is always that of all projects, thousands of them perhaps."""
        return iter(())

    def changelogs(self, client: Client, ids: Sequence[str], fields: Sequence[str]) -> Changelogs:
        return changelogs.by_search(client, ids, batch=self._bulk)

    def changelog_cost(self, count: int) -> int:
        return -(-count // self._bulk)

    def _walk(
        self, client: Client, fields: Sequence[str], decode: Decode[Row], size: int, clauses: Sequence[str]
    ) -> Iterator[Batch[Row]]:
        floor: datetime | None = None
        offset = 0
        edge: set[str] = set()
        while True:
            bound = jql.since("created", floor) if floor else ""
            search = {"jql": jql.oldest_first(*clauses, bound), "fields": fields, "maxResults": size, "startAt": offset}
            batch = client.read("search", decode, body=search)
            if floor and any(second < floor for second in filter(None, map(_second, batch.rows))):
                raise BadAnswer("Jira gives an earlier page of a search again.", hint=_AGAIN)
            fresh = [row for row in batch.rows if row.id not in edge]
            if offset and batch.rows and not fresh:
                raise BadAnswer("Jira gives a page of a search again.", hint=_AGAIN)
            yield replace(batch, rows=fresh)
            end = offset + batch.size
            if batch.total is None or (batch.size == 0 and end < batch.total):
                raise BadAnswer("Jira ends a search before its announced total.", hint=_AGAIN)
            if end >= batch.total:
                return
            last = max(filter(None, map(_second, batch.rows)), default=None)
            if last and (floor is None or last > floor):
                floor, offset, edge = last, 0, set()
            else:
                offset = end
            edge.update(row.id for row in batch.rows if _second(row) == floor)


_AGAIN = "Nothing was concluded from it; the next run reads again."


def flavour_of(deployment: str) -> Flavour:
    """By ``serverInfo.deploymentType``; everything that is not Cloud is Data Center."""
    return Cloud() if deployment == Cloud.name else DataCenter()


def _second(row: Issue | Bare) -> datetime | None:
    return row.fields.created.replace(microsecond=0) if row.fields.created else None


def _each(client: Client, ids: Sequence[str]) -> Iterator[Place]:
    for one in ids:
        try:
            yield client.read(f"issue/{one}", _read_place, params={"fields": "project,labels"})
        except Gone:
            continue
