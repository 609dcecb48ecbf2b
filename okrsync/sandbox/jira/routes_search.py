"""Search: by token on Cloud, by offset on Data Center; and many issues at once by their ids."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import msgspec

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.jira.criteria import Criteria
from okrsync.sandbox.jira.gate import Call, Refusal
from okrsync.sandbox.jira.jql import parse
from okrsync.sandbox.jira.records import Issue
from okrsync.sandbox.jira.state import JiraState
from okrsync.sandbox.jira.tokens import JqlError

REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
_UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
_BARE = frozenset(("id", "key"))
_KEPT_RESULTS = 32
_LARGEST = {True: 5_000, False: 100}
"""Issues on a page of Cloud's search: when only ids and keys are asked for, and otherwise."""
_TIMELY = re.compile(r"\d[wdhm]|\(\s*\)", re.IGNORECASE)
"""Periods and functions: what a query with them means changes as time goes by."""
_KEPT_BYTES = 400_000_000
_MOST_RECONCILED = 50
_MOST_FETCHED = 100


class TokenSearch(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The body of Cloud's search."""

    jql: str = ""
    fields: list[str] = []
    max_results: int = 50
    next_page_token: str | None = None
    expand: str = ""
    fields_by_keys: bool = False
    properties: list[str] = []
    reconcile_issues: list[int] = []


class OffsetSearch(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The body of Data Center's search."""

    jql: str = ""
    fields: list[str] = []
    max_results: int = 50
    start_at: int = 0
    expand: list[str] = []
    validate_query: bool = True
    properties: list[str] = []


class Fetch(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The body of Cloud's bulk fetch."""

    issue_ids_or_keys: list[str]
    fields: list[str] = []
    expand: list[str] = []
    fields_by_keys: bool = False
    properties: list[str] = []


class _Place(NamedTuple):
    """Where a walk through a result stands."""

    walk: str
    start: int = 0
    page: int = 1

    def token(self, jql: str) -> str:
        text = f"{self.walk}:{self.start}:{self.page}:{_digest(jql)}"
        return base64.urlsafe_b64encode(text.encode()).decode()


class Searches:
    """Answers searches of one site and remembers recent results, so that pages of a walk fit together.

    A walk shows the issues that matched when it began, in that order, each as it is now; what was deleted
    since then is left out, which makes its page shorter.
    """

    def __init__(self, state: JiraState) -> None:
        self._state = state
        self._results: OrderedDict[str, list[Issue]] = OrderedDict()
        self._pages: dict[object, bytes] = {}
        self._pages_of = -1

    def by_token(self, call: Call) -> Answer:
        """GET and POST ``search/jql``."""
        asked = call.body(TokenSearch) if call.method == "POST" else _from_query(call, TokenSearch)
        if len(asked.reconcile_issues) > _MOST_RECONCILED:
            raise Refusal(400, f"At most {_MOST_RECONCILED} issues can be reconciled.")
        reconciled = frozenset(map(str, asked.reconcile_issues))
        place = self._resume(asked) if asked.next_page_token else _Place(self._begin(asked.jql, reconciled, True))
        most = _LARGEST[set(asked.fields) <= _BARE]
        end = place.start + self._size(place.page, min(max(asked.max_results, 1), most))
        asked.next_page_token = None
        return self._kept(call, (place, end, asked), lambda: self._token_page(call, asked, place, end))

    def _token_page(self, call: Call, asked: TokenSearch, place: _Place, end: int) -> dict[str, Any]:
        found = self._results[place.walk]
        write = call.tickets.writer(asked.fields or ["id"], asked.expand.split(","))
        out: dict[str, Any] = {"issues": [write(issue) for issue in self._alive(found[place.start : end])]}
        if end < len(found):
            out["nextPageToken"] = _Place(place.walk, end, place.page + 1).token(asked.jql)
        if self._state.tells_last:
            out["isLast"] = end >= len(found)
        return out

    def by_offset(self, call: Call) -> Answer:
        """GET and POST ``search`` of Data Center."""
        asked = call.body(OffsetSearch) if call.method == "POST" else _from_query(call, OffsetSearch)
        walk = self._begin(asked.jql, frozenset(), False, lenient=not asked.validate_query)
        found = self._results[walk]
        size, start = min(max(asked.max_results, 0), self._state.largest_page), max(asked.start_at, 0)
        if min(start + size, len(found)) > self._state.result_window:
            raise self._beyond(start + size)

        def page() -> dict[str, Any]:
            write = call.tickets.writer(asked.fields, asked.expand, changes=self._state.shown_changes)
            issues = [write(issue) for issue in found[start : start + size]]
            total = len(found)
            return {"expand": "schema,names", "startAt": start, "maxResults": size, "total": total, "issues": issues}

        return self._kept(call, (walk, asked), page)

    def count(self, call: Call) -> Answer:
        """POST ``search/approximate-count``."""
        asked = call.body(TokenSearch)
        return Answer({"count": len(self._results[self._begin(asked.jql, frozenset(), True)])})

    def _kept(self, call: Call, page: object, make: Callable[[], dict[str, Any]]) -> Answer:
        """A page, encoded; kept until anything changes, so that benchmarks measure clients."""
        state = self._state
        hidden, spoiled, shown = tuple(sorted(state.hidden)), tuple(sorted(state.spoiled)), state.shown_changes
        switches = (state.tells_last, state.zone, len(state.fields), state.base_url, hidden, spoiled, shown)
        if self._pages_of != state.revision or sum(map(len, self._pages.values())) > _KEPT_BYTES:
            self._pages, self._pages_of = {}, state.revision
        key = (call.render.api, switches, msgspec.json.encode(page))
        if key not in self._pages:
            self._pages[key] = msgspec.json.encode(make())
        return Answer(self._pages[key])

    def _begin(self, jql: str, reconciled: frozenset[str], bounded: bool, *, lenient: bool = False) -> str:
        """The name under which the result of a query is kept; the same as long as nothing changes."""
        state = self._state
        now = state.now() if state.index_lag or _TIMELY.search(jql) else None
        switches = (jql, lenient, state.revision, now, state.index_lag, sorted(state.unindexed), sorted(state.hidden))
        name = hashlib.blake2b(repr((switches, sorted(reconciled))).encode(), digest_size=9).hexdigest()
        if name not in self._results:
            self._results[name] = self._select(jql, reconciled, bounded, lenient)
        self._results.move_to_end(name)
        while len(self._results) > _KEPT_RESULTS:
            self._results.popitem(last=False)
        return name

    def _select(self, jql: str, reconciled: frozenset[str], bounded: bool, lenient: bool) -> list[Issue]:
        try:
            query = parse(jql)
            if bounded and query.where is None:
                raise Refusal(400, _UNBOUNDED)
            criteria = Criteria(query, self._state, lenient=lenient)
        except JqlError as error:
            raise Refusal(400, str(error)) from None
        return criteria.select(self._indexed(reconciled))

    def _indexed(self, reconciled: frozenset[str]) -> list[Issue]:
        """What search can see: of visible, living projects, and what the index has caught up with."""
        state = self._state
        projects = {each.id for each in state.projects.values() if state.visible(each) and not each.archived}
        if len(projects) == len(state.projects) and not state.index_lag and not state.unindexed:
            return list(state.issues.values())
        fresh = state.now() - timedelta(seconds=state.index_lag)
        lags, lost = state.index_lag > 0, state.unindexed
        return [
            issue
            for issue in state.issues.values()
            if issue.project.id in projects
            and (issue.id in reconciled or (issue.id not in lost and (not lags or issue.updated <= fresh)))
        ]

    def _alive(self, issues: Sequence[Issue]) -> list[Issue]:
        return [issue for issue in issues if issue.id in self._state.issues and self._state.visible(issue.project)]

    def _size(self, page: int, asked: int) -> int:
        """With ``short_pages``, in turn nothing, a half, three quarters and all of what was asked."""
        if not self._state.short_pages:
            return asked
        return 0 if page % 4 == 1 else max(1, asked * (page % 4 or 4) // 4)

    def _resume(self, asked: TokenSearch) -> _Place:
        try:
            walk, start, page, query = (
                base64.urlsafe_b64decode((asked.next_page_token or "").encode()).decode().split(":")
            )
            known = walk in self._results and query == _digest(asked.jql)
        except ValueError:
            known = False
        if not known:
            raise Refusal(400, "The next page token is invalid or has expired.")
        return _Place(walk, int(start), int(page))

    def _beyond(self, wanted: int) -> Refusal:
        told = (
            f"Search limit exceeded. We couldn't complete your search because it requests {wanted:,} results which "
            f"exceeded the search platform limit of {self._state.result_window:,}."
        )
        return Refusal(500, body={"message": told, "status-code": 500})


def removed(call: Call) -> Answer:
    """The old search on Cloud."""
    raise Refusal(410, REMOVED)


def bulk_fetch(call: Call) -> Answer:
    """Those of the issues that the account can see, each once, in the order asked; the others silently left out."""
    asked = call.body(Fetch)
    if not 1 <= len(asked.issue_ids_or_keys) <= _MOST_FETCHED:
        raise Refusal(400, f"Between 1 and {_MOST_FETCHED} issues can be fetched at once.")
    write = call.tickets.writer(asked.fields or ["*navigable"], asked.expand)
    found = {issue.id: issue for name in asked.issue_ids_or_keys if (issue := call.find(name))}
    return Answer({"issues": [write(issue) for issue in found.values()], "issueErrors": []})


Body = TypeVar("Body", TokenSearch, OffsetSearch)


def _from_query(call: Call, shape: type[Body]) -> Body:
    """A search in the address; lists are written with commas, unknown parameters passed over."""
    given: dict[str, object] = {}
    for field in msgspec.structs.fields(shape):
        if field.encode_name in call.query:
            several = field.type in (list[str], list[int])
            given[field.encode_name] = call.listed(field.encode_name) if several else call.query[field.encode_name]
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal(400, f"The parameters are invalid: {error}") from None


def _digest(jql: str) -> str:
    return hashlib.blake2b(jql.encode(), digest_size=6).hexdigest()
