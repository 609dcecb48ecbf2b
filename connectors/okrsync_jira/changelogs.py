"""Reading the changelogs of many issues: Cloud tells them in bulk, Data Center beside the issues of a search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from okrsync.errors import BadAnswer, Gone
from okrsync_jira import jql
from okrsync_jira.client import Client
from okrsync_jira.pages import batch_decoder
from okrsync_jira.shapes import ChangeLine, ChangelogPage, Chronicled

Changelogs = Iterator[tuple[str, list[ChangeLine] | None]]
"""Ids of issues, each with all that its changelog tells, in any order; None: nothing, so it may also be gone."""

MOST_FIELDS = 10
"""How many fields Cloud takes as a filter."""

_read_changes = msgspec.json.Decoder(ChangelogPage).decode
_read_chronicle = msgspec.json.Decoder(Chronicled).decode
_read_chronicles = batch_decoder(Chronicled)


def in_bulk(client: Client, ids: Sequence[str], fields: Sequence[str], *, batch: int, lines: int) -> Changelogs:
    """Lines come sorted by time over all issues of a batch: only its last page makes any of them whole.

    Raises BadAnswer when a page leads back.
    """
    for start in range(0, len(ids), batch):
        part = ids[start : start + batch]
        asked: dict[str, object] = {"issueIdsOrKeys": part, "maxResults": lines}
        if len(fields) <= MOST_FIELDS:
            asked["fieldIds"] = fields
        found: dict[str, list[ChangeLine]] = {}
        tokens: set[str] = set()
        while True:
            page = client.read("changelog/bulkfetch", _read_changes, body=asked)
            for one in page.issueChangeLogs:
                found.setdefault(one.issueId, []).extend(one.changeHistories)
            if not page.nextPageToken:
                break
            if page.nextPageToken in tokens:
                raise BadAnswer("Jira gives the same page of changelogs again.", hint="The next run reads again.")
            tokens.add(page.nextPageToken)
            asked["nextPageToken"] = page.nextPageToken
        yield from ((one, found.get(one)) for one in part)


def by_search(client: Client, ids: Sequence[str], *, batch: int) -> Changelogs:
    """Issues that the search does not find or whose changelog it cuts short are looked at one by one."""
    for start in range(0, len(ids), batch):
        part = ids[start : start + batch]
        found = _found(client, part)
        yield from found.items()
        for one in part:
            if one not in found and (lines := _alone(client, one)) is not None:
                yield one, lines


def _found(client: Client, ids: Sequence[str]) -> Mapping[str, list[ChangeLine]]:
    """Unvalidated, or one deleted issue would have the whole search refused."""
    search = {"jql": jql.oldest_first(f"id in ({', '.join(ids)})"), "fields": ["created"], "expand": ["changelog"]}
    found: dict[str, list[ChangeLine]] = {}
    offset = 0
    while True:
        more = {"maxResults": len(ids), "startAt": offset, "validateQuery": False}
        page = client.read("search", _read_chronicles, body=search | more)
        for row in page.rows:
            if (lines := _whole(row)) is not None:
                found[row.id] = lines
        offset += page.size
        if not page.size or page.total is None or offset >= page.total:
            return found


def _alone(client: Client, one: str) -> list[ChangeLine] | None:
    try:
        row = client.read(f"issue/{one}", _read_chronicle, params={"fields": "created", "expand": "changelog"})
    except Gone:
        return None
    return _whole(row)


def _whole(row: Chronicled) -> list[ChangeLine] | None:
    """All lines of a changelog, or None where it is not there or cut short."""
    log = row.changelog
    return None if log is None or len(log.histories) < log.total else log.histories
