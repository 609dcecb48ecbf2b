"""Lists as GitHub pages them: ``per_page``, ``page``, ``Link``, and a cursor where page numbers end."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from okrsync.sandbox.github.call import Call, Refusal, invalid
from okrsync.sandbox.github.records import Issue, Repository

Row = TypeVar("Row")
Position = tuple[float, int]

_TOO_DEEP = "In order to keep the API fast for everyone, pagination is limited for this resource."


def paged(
    call: Call,
    rows: Sequence[Row],
    position: Callable[[Row], Position] | None = None,
    *,
    home: Repository | None = None,
    descending: bool = False,
) -> tuple[Sequence[Row], dict[str, str]]:
    """One page of ``rows`` and its ``Link`` header.

    Rows are sorted by ``position``, which makes a cursor; without it the list ends at the deepest page number.
    """
    per_page = min(max(_number(call, "per_page", 30), 1), call.state.largest_page)
    links: dict[str, dict[str, Any]] = {}
    if position is not None and "after" in call.query:
        start, page = _after(call.query["after"], rows, position, descending), call.state.deepest_page
    else:
        page = max(_number(call, "page", 1), 1)
        if page > call.state.deepest_page:
            raise Refusal(422, _TOO_DEEP)
        start, last = (page - 1) * per_page, -(-len(rows) // per_page)
        if page > 1:
            links |= {"prev": {"page": page - 1}, "first": {"page": 1}}
        if page < last <= call.state.deepest_page:
            links["last"] = {"page": last}
    chosen = rows[start : start + per_page]
    if start + per_page < len(rows):
        if page < call.state.deepest_page:
            links["next"] = {"page": page + 1}
        elif position is not None:
            links["next"] = {"after": _cursor(position(chosen[-1]))}
    return chosen, _link_header(call, home, links)


def _number(call: Call, name: str, default: int) -> int:
    given = call.query.get(name, "")
    return int(given) if given.isdecimal() else default


def _link_header(call: Call, home: Repository | None, links: dict[str, dict[str, Any]]) -> dict[str, str]:
    if not links:
        return {}
    path = f"/repositories/{home.id}{call.rest}" if home else call.path
    kept = {name: value for name, value in call.query.items() if name not in ("page", "after")}
    parts = [
        f'<{call.state.base_url}{path}?{urlencode(kept | links[name])}>; rel="{name}"'
        for name in ("prev", "next", "last", "first")
        if name in links
    ]
    return {"link": ", ".join(parts)}


def _cursor(position: Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode()


def _after(cursor: str, rows: Sequence[Row], position: Callable[[Row], Position], descending: bool) -> int:
    try:
        moment, id_ = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=tuple[float, int])
    except (binascii.Error, ValueError):
        raise Refusal(422, "The cursor is invalid") from None
    if descending:
        return bisect_right(rows, (-moment, -id_), key=lambda row: _negated(position(row)))
    return bisect_right(rows, (moment, id_), key=position)


def _negated(position: Position) -> Position:
    return -position[0], -position[1]


def moment(call: Call, name: str) -> datetime | None:
    """A timestamp parameter; one without an offset is UTC."""
    given = call.query.get(name)
    if not given:
        return None
    try:
        read = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError:
        raise invalid("Issue", name) from None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def chosen(call: Call, name: str, default: str, allowed: Sequence[str], resource: str = "Issue") -> str:
    """A parameter with a fixed set of values. Raises Refusal 422 for any other."""
    given = call.query.get(name, default)
    if given not in allowed:
        raise invalid(resource, name)
    return given


_POSITIONS: dict[str, Callable[[Issue], Position]] = {
    "created": lambda issue: (issue.created.timestamp(), issue.id),
    "updated": lambda issue: (issue.updated.timestamp(), issue.id),
    "comments": lambda issue: (float(len(issue.comments)), issue.id),
}


class IssueLists:
    """Issue lists of one state. The last few are remembered, since a deep list is asked for page by page."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], list[Issue]] = {}

    def page(self, call: Call) -> tuple[Sequence[Issue], dict[str, str]]:
        home = call.repository()
        sort = chosen(call, "sort", "created", tuple(_POSITIONS))
        descending = chosen(call, "direction", "desc", ("asc", "desc")) == "desc"
        filters = {name: value for name, value in call.query.items() if name not in ("page", "per_page", "after")}
        key = (call.state.revision, home.id, tuple(sorted(filters.items())))
        if key not in self._known:
            if len(self._known) >= 8:
                self._known.clear()
            self._known[key] = sorted(_matching(call, home), key=_POSITIONS[sort], reverse=descending)
        return paged(call, self._known[key], _POSITIONS[sort], home=home, descending=descending)


def _matching(call: Call, home: Repository) -> list[Issue]:
    state = chosen(call, "state", "open", ("open", "closed", "all"))
    since = moment(call, "since")
    wanted = [name.strip().lower() for name in call.query.get("labels", "").split(",") if name.strip()]
    return [
        issue
        for issue in home.issues.values()
        if (state == "all" or issue.open == (state == "open"))
        and (since is None or issue.updated >= since)
        and (not wanted or set(wanted) <= {label.name.lower() for label in issue.labels})
        and _in_milestone(issue, call.query.get("milestone", ""))
        and _is_assigned(issue, call.query.get("assignee", ""))
        and call.query.get("creator", issue.author.login) == issue.author.login
        and _has_type(issue, call.query.get("type", "*"))
    ]


def _in_milestone(issue: Issue, wanted: str) -> bool:
    if wanted in ("", "*", "none"):
        return wanted == "" or (issue.milestone is not None) == (wanted == "*")
    return issue.milestone is not None and str(issue.milestone.number) == wanted


def _is_assigned(issue: Issue, wanted: str) -> bool:
    if wanted in ("", "*", "none"):
        return wanted == "" or bool(issue.assignees) == (wanted == "*")
    return any(person.login == wanted for person in issue.assignees)


def _has_type(issue: Issue, wanted: str) -> bool:
    if wanted == "none":
        return issue.type is None
    return wanted == "*" or (issue.type is not None and issue.type.name == wanted)
