"""Comments and their properties."""

from __future__ import annotations

from typing import Any

import msgspec

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.jira.gate import Call, Refusal
from okrsync.sandbox.jira.records import Comment
from okrsync.sandbox.jira.routes_issue import rich_text

_LONGEST_BODY = 32_767
_LONGEST_PROPERTY = 32_768
_LONGEST_KEY = 255
_ORDERS = {"": False, "created": False, "+created": False, "-created": True}


class Property(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    value: Any


class Written(msgspec.Struct):
    """The body of a comment's POST or PUT; a whole comment that was read may be sent back."""

    body: Any = None
    properties: list[Property] = []


def list_comments(call: Call) -> Answer:
    issue, order = call.issue(), call.query.get("orderBy", "")
    if order not in _ORDERS:
        raise Refusal(400, f"Comments cannot be ordered by '{order}'.")
    rows = issue.comments[::-1] if _ORDERS[order] else issue.comments
    most = call.state.comments_page
    start, size = call.number("startAt", 0), min(call.number("maxResults", most), most)
    shown = [_shown(call, comment) for comment in rows[start : start + size]]
    return Answer({"startAt": start, "maxResults": size, "total": len(rows), "comments": shown})


def get_comment(call: Call) -> Answer:
    return Answer(_shown(call, call.comment(call.issue())))


def create_comment(call: Call) -> Answer:
    """The text and its properties come into being together."""
    issue = call.writable("ADD_COMMENTS", 400, "You do not have the permission to comment on this issue.")
    body, properties = _read(call)
    made = call.state.add_comment(issue.key, body, author=call.state.me.name, properties=properties)
    return Answer(_shown(call, made), 201)


def edit_comment(call: Call) -> Answer:
    """Properties that are not sent stay as they are."""
    comment = _own(call, "EDIT_OWN_COMMENTS", "EDIT_ALL_COMMENTS", "edit")
    body, properties = _read(call)
    call.state.edit_comment(comment, body, editor=call.state.me.name)
    comment.properties.update(properties)
    return Answer(_shown(call, comment))


def delete_comment(call: Call) -> Answer:
    call.state.delete_comment(_own(call, "DELETE_OWN_COMMENTS", "DELETE_ALL_COMMENTS", "delete"))
    return Answer(None, 204)


def list_properties(call: Call) -> Answer:
    comment = _anywhere(call)
    url = f"{call.render.root}/comment/{comment.id}/properties"
    return Answer({"keys": [{"self": f"{url}/{key}", "key": key} for key in comment.properties]})


def get_property(call: Call) -> Answer:
    properties, key = _anywhere(call).properties, str(call.params["key"])
    if key not in properties:
        raise Refusal(404, f"The property with key '{key}' does not exist.")
    return Answer({"key": key, "value": properties[key]})


def put_property(call: Call) -> Answer:
    comment, key = _anywhere(call), str(call.params["key"])
    _need_own(call, comment, "EDIT_OWN_COMMENTS", "EDIT_ALL_COMMENTS", "edit", 403)
    if len(key) > _LONGEST_KEY or len(call.sent) > _LONGEST_PROPERTY:
        raise Refusal(400, "The property's key or value is too long.")
    new = key not in comment.properties
    comment.properties[key] = call.body(object)
    call.state.revision += 1
    return Answer({}, 201 if new else 200)


def delete_property(call: Call) -> Answer:
    comment, key = _anywhere(call), str(call.params["key"])
    _need_own(call, comment, "EDIT_OWN_COMMENTS", "EDIT_ALL_COMMENTS", "edit", 403)
    if comment.properties.pop(key, None) is None:
        raise Refusal(404, f"The property with key '{key}' does not exist.")
    call.state.revision += 1
    return Answer(None, 204)


def _shown(call: Call, comment: Comment) -> Any:
    return call.render.comment(comment, properties="properties" in call.listed("expand"))


def _own(call: Call, own: str, every: str, verb: str) -> Comment:
    """The comment in the path, for a change by the account. Raises Refusal: 404, 400 without permission."""
    issue = call.writable("BROWSE_PROJECTS", 404, "")
    comment = call.comment(issue)
    _need_own(call, comment, own, every, verb, 400)
    return comment


def _need_own(call: Call, comment: Comment, own: str, every: str, verb: str, status: int) -> None:
    permission = own if comment.author == call.state.me.name else every
    call.need(permission, status, f"You do not have permission to {verb} the comment with id: '{comment.id}'.")


def _read(call: Call) -> tuple[str, dict[str, Any]]:
    sent = call.body(Written)
    body = rich_text(call, sent.body, "comment") if sent.body is not None else ""
    if not body.strip():
        raise Refusal(400, errors={"comment": "Comment body can not be empty!"})
    if len(body) > _LONGEST_BODY:
        told = f"The entered text is too long. It exceeds the allowed limit of {_LONGEST_BODY:,} characters."
        raise Refusal(400, errors={"comment": told})
    properties = {each.key: each.value for each in sent.properties}
    if any(len(msgspec.json.encode(value)) > _LONGEST_PROPERTY for value in properties.values()):
        raise Refusal(400, "The property's key or value is too long.")
    return body, properties


def _anywhere(call: Call) -> Comment:
    """A comment by its id alone."""
    id_ = str(call.params["comment"])
    for issue in call.state.issues.values():
        for comment in issue.comments:
            if comment.id == id_ and call.state.visible(issue.project):
                return comment
    raise Refusal(404, f"Can not find a comment for the id: {id_}.")
