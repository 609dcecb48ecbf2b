"""What GitHub's webhooks hint at. Nothing they say is believed; it is read again from the API."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from okrsync.model.hint import Hint

SIGNATURE = "X-Hub-Signature-256"
DELIVERY = "X-GitHub-Delivery"
_EVENT = "X-GitHub-Event"
_OF_ITEMS = frozenset({"issues", "issue_comment", "pull_request", "pull_request_review", "sub_issues"})
_OF_SCOPES = frozenset({"milestone", "label", "repository"})


class _Ticket(msgspec.Struct):
    number: int
    node_id: str


class _Repository(msgspec.Struct):
    id: int
    full_name: str


class _Payload(msgspec.Struct):
    repository: _Repository | None = None
    issue: _Ticket | None = None
    pull_request: _Ticket | None = None
    parent_issue: _Ticket | None = None
    sub_issue: _Ticket | None = None
    parent_issue_repo: _Repository | None = None
    sub_issue_repo: _Repository | None = None


_decode = msgspec.json.Decoder(_Payload).decode


def hints(headers: Mapping[str, str], body: bytes) -> tuple[Hint, ...]:
    """Where to look again after this delivery; nothing for events that change no number. Raises ValueError.

    ``headers`` are found whatever their case.
    """
    event = headers.get(_EVENT, "")
    if event not in _OF_ITEMS | _OF_SCOPES:
        return ()
    payload = _decode(body)
    if payload.repository is None:
        return ()
    scope = str(payload.repository.id)
    if event in _OF_SCOPES:
        return (Hint(scope),)
    named = (
        (payload.issue, None),
        (payload.pull_request, None),
        (payload.parent_issue, payload.parent_issue_repo),
        (payload.sub_issue, payload.sub_issue_repo),
    )
    return tuple(_hint(ticket, home or payload.repository) for ticket, home in named if ticket)


def _hint(ticket: _Ticket, home: _Repository) -> Hint:
    """Of a parent and its child, GitHub names the repository of the one in which the event did not happen."""
    return Hint(str(home.id), ticket.node_id, f"{home.full_name}#{ticket.number}")
