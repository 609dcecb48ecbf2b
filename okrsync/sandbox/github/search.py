"""Issue search with the qualifiers people use: who, where, what state, which label."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.github.call import Call, Refusal, invalid
from okrsync.sandbox.github.listing import paged
from okrsync.sandbox.github.records import Issue

DEEPEST_RESULT = 1_000
MOST_OPERATORS = 5
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_TOO_MANY_OPERATORS = "More than five AND / OR / NOT operators were used."
_UNKNOWN_PLACE = (
    "The listed users and repositories cannot be searched either because the resources do not exist "
    "or you do not have permission to view them."
)
_ONE_KIND = "Query must include 'is:issue' or 'is:pull-request'"
_QUALIFIER = re.compile(r"(?P<no>-?)(?P<name>[a-z][a-z-]*):(?P<value>.+)", re.DOTALL)
_DATED = re.compile(r"(?P<compare>>=|<=|>|<)?(?P<day>\d{4}-\d\d-\d\d(?:T[\d:+Z-]+)?)")

Test = Callable[[Issue, str], bool]


def search_issues(call: Call) -> Answer:
    """The first 1,000 matches. Raises Refusal 422 for what is empty or too long, unknown repositories and deeper pages.

    So does a query that could find issues and pull requests alike, unless ``searches_one_kind`` is off.
    """
    words = _words(call.query.get("q", ""))
    if sum(word in _OPERATORS for word in words) > MOST_OPERATORS:
        raise invalid("Search", "q", message=_TOO_MANY_OPERATORS)
    if call.state.searches_one_kind and not _KINDS & {word.lower() for word in words}:
        raise invalid("Search", "q", message=_ONE_KIND)
    found = sorted(_matches(call, words), key=_order(call), reverse=call.query.get("order", "desc") == "desc")
    per_page, page = (int(call.query.get(name, default)) for name, default in (("per_page", "30"), ("page", "1")))
    if (page - 1) * per_page >= DEEPEST_RESULT:
        raise Refusal(422, "Only the first 1000 search results are available")
    rows, links = paged(call, found[:DEEPEST_RESULT])
    items = [{**call.render.issue(issue), "score": 1.0} for issue in rows]
    data = {"total_count": len(found), "incomplete_results": False, "search_type": "lexical", "items": items}
    return Answer(data, headers=links)


def _words(query: str) -> list[str]:
    try:
        words = shlex.split(query.replace("'", "\\'"))
    except ValueError:
        words = []
    if not words:
        raise invalid("Search", "q", "missing")
    return words


def _matches(call: Call, words: list[str]) -> list[Issue]:
    qualifiers = [found.groupdict() for found in map(_QUALIFIER.fullmatch, words) if found]
    text = [word.lower() for word in words if not _QUALIFIER.fullmatch(word) and word not in ("AND", "OR")]
    tests = [(_TESTS.get(each["name"]), each) for each in qualifiers if each["name"] not in _PLACES]
    unknown = [each["name"] for test, each in tests if test is None]
    if unknown:
        text += [f"{name}:" for name in unknown]
    return [
        issue
        for issue in _candidates(call, qualifiers)
        if all(word in f"{issue.title} {issue.body or ''}".lower() for word in text)
        and all(test(issue, each["value"]) != (each["no"] == "-") for test, each in tests if test)
    ]


def _candidates(call: Call, qualifiers: list[dict[str, str]]) -> list[Issue]:
    """Several ``repo:`` and ``org:`` are a union."""
    places = [
        (each["name"], each["value"].lower()) for each in qualifiers if each["name"] in _PLACES and not each["no"]
    ]
    homes = [
        home
        for home in call.state.repositories.values()
        if not places
        or any(value == (home.full_name if name == "repo" else home.owner.login).lower() for name, value in places)
    ]
    if not homes:
        refusal = {"message": _UNKNOWN_PLACE, "resource": "Search", "field": "q", "code": "invalid"}
        raise Refusal(422, "Validation Failed", errors=[refusal])
    return [issue for home in homes for issue in home.issues.values()]


def _order(call: Call) -> Callable[[Issue], tuple[float, int]]:
    if call.query.get("sort") == "updated":
        return lambda issue: (issue.updated.timestamp(), issue.id)
    return lambda issue: (issue.created.timestamp(), issue.id)


def _is(issue: Issue, value: str) -> bool:
    return {
        "issue": not issue.pull_request,
        "pr": issue.pull_request,
        "pull-request": issue.pull_request,
        "open": issue.open,
        "closed": not issue.open,
        "merged": issue.merged is not None,
        "unmerged": issue.pull_request and issue.merged is None,
        "draft": issue.draft,
        "locked": issue.locked,
        "unlocked": not issue.locked,
    }.get(value, False)


def _type(issue: Issue, value: str) -> bool:
    if value in ("issue", "pr"):
        return _is(issue, value)
    return issue.type is not None and issue.type.name.lower() == value.lower()


def _label(issue: Issue, value: str) -> bool:
    """Comma-separated names are alternatives."""
    worn = {label.name.lower() for label in issue.labels}
    return any(name.strip('" ').lower() in worn for name in value.split(","))


def _no(issue: Issue, value: str) -> bool:
    return not {"label": issue.labels, "milestone": issue.milestone, "assignee": issue.assignees}.get(value)


def _when(read: Callable[[Issue], datetime | None]) -> Test:
    def test(issue: Issue, value: str) -> bool:
        moment, parsed = read(issue), _DATED.fullmatch(value)
        if moment is None or parsed is None:
            return False
        limit = datetime.fromisoformat(parsed["day"])
        limit = limit if limit.tzinfo else limit.replace(tzinfo=UTC)
        compare = {">=": moment >= limit, "<=": moment <= limit, ">": moment > limit, "<": moment < limit}
        return compare.get(parsed["compare"] or "", moment.date() == limit.date())

    return test


_KINDS = {"is:issue", "is:pr", "is:pull-request", "type:issue", "type:pr"}
_PLACES = ("repo", "org", "user")
_TESTS: dict[str, Test] = {
    "is": _is,
    "state": _is,
    "type": _type,
    "label": _label,
    "milestone": lambda issue, value: issue.milestone is not None and issue.milestone.title.lower() == value.lower(),
    "author": lambda issue, value: issue.author.login.lower() == value.lower(),
    "assignee": lambda issue, value: any(person.login.lower() == value.lower() for person in issue.assignees),
    "reason": lambda issue, value: issue.state_reason == value.replace(" ", "_"),
    "no": _no,
    "created": _when(lambda issue: issue.created),
    "updated": _when(lambda issue: issue.updated),
    "closed": _when(lambda issue: issue.closed_at),
}
