"""GitHub's JSON as okrsync's vocabulary. Pure: bytes in, values out.

Pages are decoded whole, straight into the fields that are needed. Only where that fails is the page taken apart,
so that one item that cannot be understood costs nobody but itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from msgspec import UNSET

from okrsync import marker
from okrsync.model.work import Item, Kind, LabelDefinition, Milestone, Outcome, Quarantined, State
from okrsync_github import payload
from okrsync_github.payload import Issue, decoder, label_name

_decode_issues = decoder(list[Issue])
_decode_issue = decoder(Issue)
_decode_raw = decoder(list[msgspec.Raw])

_CLOSED_ISSUES = {"not_planned": Outcome.CANCELLED, "duplicate": Outcome.DUPLICATE}


class Issues(msgspec.Struct):
    """A page of issues: those that could be decoded, and those that could not."""

    good: list[Issue]
    bad: tuple[Quarantined, ...] = ()


def decode_issues(page: bytes) -> Issues:
    """Raises msgspec.DecodeError where the page as a whole is no JSON list."""
    try:
        return Issues(_decode_issues(page))
    except msgspec.ValidationError:
        return _one_by_one(_decode_raw(page))


def _one_by_one(raws: list[msgspec.Raw]) -> Issues:
    good: list[Issue] = []
    bad: list[Quarantined] = []
    for raw in raws:
        try:
            good.append(_decode_issue(raw))
        except (msgspec.ValidationError, RecursionError) as error:
            bad.append(_quarantined(raw, str(error)))
    return Issues(good, tuple(bad))


def _quarantined(raw: msgspec.Raw, reason: str) -> Quarantined:
    """Say which one it was, as far as even that can be read."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        found = None
    known = found if isinstance(found, dict) else {}
    identity, number, address = known.get("node_id"), known.get("number"), known.get("repository_url")
    key = f"{repository(address)}#{number}" if isinstance(address, str) and isinstance(number, int) else ""
    return Quarantined(identity if isinstance(identity, str) else "", key, reason)


@lru_cache(maxsize=1024)
def repository(address: str) -> str:
    """``owner/name`` of an API address that ends in it."""
    return "/".join(address.rstrip("/").rsplit("/", 2)[-2:])


def key_of(issue_address: str) -> str:
    """``owner/name#12`` of the API address of an issue."""
    address, _, number = issue_address.rstrip("/").rpartition("/issues/")
    return f"{repository(address)}#{number}"


def number_of(key: str) -> int:
    """The issue's number in ``owner/name#12``."""
    return int(key.rpartition("#")[2])


def item(connection: str, scope: str, issue: Issue, *, parent: str | None = None) -> Item:
    """An issue or pull request as the engine sees it. ``parent`` overrides what the issue itself tells."""
    state, word, outcome = _state(issue)
    pull = issue.pull_request is not None
    told = issue.parent_issue_url
    return Item(
        connection=connection,
        scope=scope,
        id=issue.node_id,
        key=f"{repository(issue.repository_url)}#{issue.number}",
        url=issue.html_url,
        title=issue.title,
        created=issue.created_at,
        updated=issue.updated_at,
        kind=Kind.PULL_REQUEST if pull else Kind.ISSUE,
        type=_type(issue),
        state=state,
        word=word,
        outcome=outcome,
        labels=tuple(label_name(label) for label in issue.labels or ()),
        assignees=tuple(user.login for user in issue.assignees or ()),
        milestones=(str(issue.milestone.id),) if issue.milestone else (),
        parent=parent or (key_of(told) if told is not UNSET and told else None),
        references=marker.references(issue.body),
        comments=issue.comments,
        writable=not issue.locked,
        closed=issue.closed_at if state is State.DONE else None,
    )


def _type(issue: Issue) -> str:
    if issue.pull_request is not None:
        return "Pull Request"
    return issue.type.name if issue.type and issue.type.name else "Issue"


def _state(issue: Issue) -> tuple[State, str, Outcome | None]:
    """An open issue says nothing about whether somebody works on it; an open pull request is work."""
    pull = issue.pull_request
    if issue.state == "open":
        if pull is None:
            return State.TODO, "open", None
        return State.DOING, "draft" if issue.draft else "open", None
    if issue.state != "closed":
        return State.UNKNOWN, issue.state, None
    if pull is not None and pull.merged_at is UNSET:
        return State.DONE, "closed", Outcome.DELIVERED
    outcome, word = outcome_of(issue.state_reason, pull is not None, pull is not None and pull.merged_at is not None)
    return State.DONE, word, outcome


def outcome_of(state_reason: str | None, pull_request: bool, merged: bool) -> tuple[Outcome, str]:
    """How closed work ended, with GitHub's word for it."""
    if pull_request:
        return (Outcome.DELIVERED, "merged") if merged else (Outcome.CANCELLED, "closed")
    reason = state_reason or "completed"
    return _CLOSED_ISSUES.get(reason, Outcome.DELIVERED), reason


def milestone(connection: str, scope: str, found: payload.Milestone) -> Milestone:
    """``due_on`` is floored to midnight on the Pacific coast, so its date in UTC is the one that was meant."""
    begun = State.DOING if found.closed_issues else State.TODO
    return Milestone(
        connection=connection,
        scope=scope,
        id=str(found.id),
        title=found.title,
        url=found.html_url,
        state=State.DONE if found.state == "closed" else begun,
        due=found.due_on.date() if found.due_on else None,
        open=found.open_issues,
        done=found.closed_issues,
    )


def label(found: payload.Label) -> LabelDefinition:
    """A definition of a label; GitHub leaves out a description that was never written."""
    return LabelDefinition(str(found.id), found.name, found.description or "", found.color or "")


def parents(issues: Sequence[Issue]) -> list[int]:
    """Numbers of the issues that have sub-issues."""
    return [issue.number for issue in issues if issue.sub_issues_summary and issue.sub_issues_summary.total > 0]


def tell_parents(issues: Sequence[Issue]) -> bool:
    """Whether this server names the parent in its lists."""
    return any(issue.parent_issue_url is not UNSET for issue in issues)
