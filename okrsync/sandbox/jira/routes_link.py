"""Remote links: what a ticket points at outside Jira."""

from __future__ import annotations

from typing import Any

import msgspec

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.jira.gate import Call, Refusal
from okrsync.sandbox.jira.records import Issue, RemoteLink

_LONGEST_GLOBAL_ID = 255
_NO_LINK = "You do not have permission to link issues in this project."


class Target(msgspec.Struct, omit_defaults=True):
    """Where a link leads. ``url`` and ``title`` are needed."""

    url: str = ""
    title: str = ""
    summary: str | None = None
    icon: dict[str, Any] | None = None
    status: dict[str, Any] | None = None


class Sent(msgspec.Struct, rename="camel", omit_defaults=True):
    """The body of a remote link's POST."""

    object: Target
    global_id: str | None = None
    application: dict[str, Any] | None = None
    relationship: str | None = None


def list_links(call: Call) -> Answer:
    """All, or with ``globalId`` that one itself."""
    issue = call.issue()
    if "globalId" in call.query:
        return Answer(call.render.link(_by_global_id(issue, call.query["globalId"]), issue.id))
    return Answer([call.render.link(link, issue.id) for link in issue.links])


def get_link(call: Call) -> Answer:
    issue = call.issue()
    return Answer(call.render.link(_by_id(issue, str(call.params["link"])), issue.id))


def put_link(call: Call) -> Answer:
    """POST creates, or replaces the link that has the global id: Cloud tells by 201 or 200, Data Center by 200 only."""
    issue = call.writable("LINK_ISSUES", 403, _NO_LINK)
    sent = call.body(Sent)
    if not sent.object.url or not sent.object.title:
        missing = "url" if not sent.object.url else "title"
        raise Refusal(400, errors={missing: f"'{missing}' is required."})
    if len(sent.global_id or "") > _LONGEST_GLOBAL_ID:
        raise Refusal(400, errors={"globalId": f"'globalId' should be no longer than {_LONGEST_GLOBAL_ID} characters."})
    link, new = call.state.put_link(issue.key, msgspec.to_builtins(sent), by=call.state.me.name)
    url = f"{call.render.root}/issue/{issue.id}/remotelink/{link.id}"
    return Answer({"id": link.id, "self": url}, 201 if new and call.state.cloud else 200)


def delete_by_global_id(call: Call) -> Answer:
    issue = call.writable("LINK_ISSUES", 403, _NO_LINK)
    if not call.query.get("globalId"):
        raise Refusal(400, "The query parameter 'globalId' is required.")
    return _delete(call, issue, _by_global_id(issue, call.query["globalId"]))


def delete_link(call: Call) -> Answer:
    issue = call.writable("LINK_ISSUES", 403, _NO_LINK)
    return _delete(call, issue, _by_id(issue, str(call.params["link"])))


def _delete(call: Call, issue: Issue, link: RemoteLink) -> Answer:
    call.state.delete_link(issue.key, link, by=call.state.me.name)
    return Answer(None, 204)


def _by_global_id(issue: Issue, name: str) -> RemoteLink:
    for link in issue.links:
        if link.global_id == name:
            return link
    raise Refusal(404, f"The remote link with globalId '{name}' does not exist.")


def _by_id(issue: Issue, id_: str) -> RemoteLink:
    for link in issue.links:
        if str(link.id) == id_:
            return link
    raise Refusal(404, f"The remote link with id '{id_}' does not exist.")
