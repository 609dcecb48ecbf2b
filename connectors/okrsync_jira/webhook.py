"""What Jira's webhooks hint at. Nothing they say is believed; it is read again from the API."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from okrsync.model.hint import Hint

SIGNATURE = "X-Hub-Signature"
DELIVERY = "X-Atlassian-Webhook-Identifier"


class _Project(msgspec.Struct):
    id: str | int


class _Fields(msgspec.Struct):
    project: _Project | None = None


class _Issue(msgspec.Struct):
    id: str | int
    key: str = ""
    fields: _Fields | None = None


class _Version(msgspec.Struct):
    projectId: str | int


class _Payload(msgspec.Struct):
    webhookEvent: str = ""
    issue: _Issue | None = None
    version: _Version | None = None


_decode = msgspec.json.Decoder(_Payload).decode


def hints(headers: Mapping[str, str], body: bytes) -> tuple[Hint, ...]:
    """Where to look again after this delivery. A deleted ticket is looked for, and then missed. Raises ValueError."""
    payload = _decode(body)
    if payload.issue is not None and payload.issue.fields is not None and payload.issue.fields.project is not None:
        return (Hint(str(payload.issue.fields.project.id), str(payload.issue.id), payload.issue.key),)
    if payload.version is not None:
        return (Hint(str(payload.version.projectId)),)
    return ()
