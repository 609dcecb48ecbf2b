"""What issues and pull requests were: from a repository's events where that is cheap, else from each one's timeline.

GitHub knows open and closed, and why. Nothing in it says that work on an open issue has begun: to be assigned, or to
be named by a pull request, does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

import msgspec

from okrsync.model.life import ItemHistory, Moment
from okrsync.model.work import Item, Kind, State
from okrsync_github.client import Client
from okrsync_github.failures import Missing, Unprocessable
from okrsync_github.payload import IssueEvent, decoder
from okrsync_github.translate import number_of, outcome_of

BULK_FROM = 3
"""More items of a repository than that make it worth asking how long its list of events is."""

DEEPEST = 100
"""Pages of events that GitHub gives at most; a repository with more of them does not say how many there are."""

MERGING = timedelta(seconds=5)
"""A merge and the closing that it brings are one act, told as two events."""

_KINDS = frozenset({"closed", "reopened", "merged"})

_decode_events = decoder(list[IssueEvent])


def histories(client: Client, items: Sequence[Item]) -> Iterator[ItemHistory]:
    """See :meth:`okrsync.connector.Connector.histories`. What was never touched costs no request."""
    for scope, group in groupby(sorted(items, key=lambda item: item.scope), key=lambda item: item.scope):
        found = list(group)
        yield from (ItemHistory(item.id, moments(item, ())) for item in found if _untouched(item))
        yield from _of_repository(client, scope, [item for item in found if not _untouched(item)])


def cost(items: Sequence[Item]) -> int:
    """A timeline of one page each; where there are many, the list of events is tried first and may replace them."""
    total = 0
    for _, group in groupby(sorted(items, key=lambda item: item.scope), key=lambda item: item.scope):
        count = sum(not _untouched(item) for item in group)
        total += count if count <= BULK_FROM else count + (DEEPEST if count > DEEPEST else 1)
    return total


def moments(item: Item, events: Sequence[IssueEvent]) -> tuple[Moment, ...]:
    """What was true of an item since its creation. What it is today says why it was closed where no event does."""
    pull = item.kind is Kind.PULL_REQUEST
    begun = State.DOING if pull else State.TODO
    told = [Moment(item.created, begun, "open", rebuilt=True)]
    merged = min((event.created_at for event in events if event.event == "merged" and event.created_at), default=None)
    for event in sorted(events, key=lambda event: (event.created_at or item.created, event.id or 0)):
        at = max(event.created_at or item.created, told[-1].at)
        if event.event == "reopened" and told[-1].state is State.DONE:
            told.append(Moment(at, begun, "open", rebuilt=True))
        elif event.event != "reopened" and told[-1].state is not State.DONE:
            outcome, word = outcome_of(event.state_reason, pull, merged is not None and at >= merged - MERGING)
            told.append(Moment(at, State.DONE, word, outcome, rebuilt=True))
    if item.state is State.DONE and told[-1].state is State.DONE:
        told[-1] = msgspec.structs.replace(told[-1], word=item.word, outcome=item.outcome)
    elif item.state is State.DONE and item.closed is not None:
        told.append(Moment(max(item.closed, told[-1].at), State.DONE, item.word, item.outcome, rebuilt=True))
    return tuple(told)


def _untouched(item: Item) -> bool:
    return item.state is not State.DONE and item.updated == item.created


def _of_repository(client: Client, scope: str, items: Sequence[Item]) -> Iterator[ItemHistory]:
    """Newest first, as a repository tells its events: what is older than an item no longer matters to it."""
    waiting = sorted(items, key=lambda item: item.created)
    events: dict[str, dict[int, IssueEvent]] = {}
    odd: list[Item] = []
    for page, since in _pages(client, scope, items):
        for event in page:
            if event.event in _KINDS and event.issue:
                events.setdefault(event.issue.node_id, {})[event.id or 0] = event
        while waiting and waiting[-1].created > since:
            item = waiting.pop()
            known = list(events.pop(item.id, {}).values())
            if _makes_sense(item, known):
                yield ItemHistory(item.id, moments(item, known))
            else:
                odd.append(item)
    for item in (*odd, *waiting):
        if (alone := _timeline(client, item)) is not None:
            yield ItemHistory(item.id, moments(item, alone))


def _makes_sense(item: Item, events: Sequence[IssueEvent]) -> bool:
    """Closed work was closed by somebody; where the list does not say so, it may have come from elsewhere."""
    return item.state is not State.DONE or any(event.event != "reopened" for event in events)


def _pages(client: Client, scope: str, items: Sequence[Item]) -> Iterator[tuple[list[IssueEvent], datetime]]:
    """Pages of a repository's events, each with since when all is known by then; none where they are not worth it.

    They come newest first. An event that happens meanwhile moves others to the next page, so some come twice.
    """
    if len(items) <= BULK_FROM:
        return
    oldest, last = min(item.created for item in items), 0
    try:
        for number, page in enumerate(client.pages(f"/repositories/{scope}/issues/events", _decode_events), start=1):
            if number == 1:
                last = page.last or (1 if page.next is None else DEEPEST + 1)
                if min(last, DEEPEST) > len(items):
                    return
            since = min((event.created_at for event in page.value if event.created_at), default=oldest)
            if page.next is None and number >= last:
                since = datetime.min.replace(tzinfo=UTC)
            yield page.value, since
            if since < oldest:
                return
    except Unprocessable:
        return  # as deep as GitHub goes


def _timeline(client: Client, item: Item) -> list[IssueEvent] | None:
    """Everything that happened to one issue; None when it is gone."""
    path = f"/repositories/{item.scope}/issues/{number_of(item.key)}/timeline"
    try:
        return [event for page in client.pages(path, _decode_events) for event in page.value if event.event in _KINDS]
    except Missing:
        return None
