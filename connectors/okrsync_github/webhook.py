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
    tickets = (payload.issue, payload.pull_request, payload.parent_issue, payload.sub_issue)
    return tuple(
        Hint(scope, ticket.node_id, f"{payload.repository.full_name}#{ticket.number}") for ticket in tickets if ticket
    )
