"""Issues, their labels, comments and sub-issues."""

from __future__ import annotations

from typing import Any

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.github.call import Call, Refusal, invalid
from okrsync.sandbox.github.listing import IssueLists, chosen, moment, paged
from okrsync.sandbox.github.records import Comment, Issue

LONGEST_BODY = 65_536
LONGEST_LABEL = 50


def issue_lists() -> Any:
    lists = IssueLists()

    def list_issues(call: Call) -> Answer:
        if not call.repository().has_issues:
            raise Refusal(410, "Issues are disabled for this repo")
        rows, links = lists.page(call)
        return Answer([call.render.issue(issue) for issue in rows], headers=links)

    return list_issues


def get_issue(call: Call) -> Answer:
    return Answer(call.render.issue(call.issue(), alone=True))


def edit_issue(call: Call) -> Answer:
    """PATCH: a given list of labels or assignees replaces the one there is."""
    issue, fields, state = call.issue(), call.fields(), call.state
    home, number = issue.repository.id, issue.number
    if "title" in fields or "body" in fields:
        state.edit(home, number, title=fields.get("title"), body=fields.get("body"))
    if "labels" in fields:
        _replace_labels(call, issue, fields["labels"])
    if "assignees" in fields:
        issue.assignees = [state.person(login) for login in fields["assignees"]]
        state.touch(issue)
    if "milestone" in fields:
        _set_milestone(call, issue, fields["milestone"])
    if fields.get("state") == "closed":
        state.close(home, number, fields.get("state_reason") or "completed", by=call.who.login)
    elif fields.get("state") == "open":
        state.reopen(home, number)
    return Answer(call.render.issue(issue, alone=True))


def _set_milestone(call: Call, issue: Issue, number: int | None) -> None:
    if number is not None and number not in issue.repository.milestones:
        raise invalid("Issue", "milestone")
    title = issue.repository.milestones[number].title if number is not None else None
    call.state.set_milestone(issue.repository.id, issue.number, title)


def list_issue_labels(call: Call) -> Answer:
    issue = call.issue()
    rows, links = paged(call, issue.labels, home=issue.repository)
    return Answer([call.render.label(label, issue.repository) for label in rows], headers=links)


def add_issue_labels(call: Call) -> Answer:
    """Additive; a label the repository does not define is created, grey."""
    issue = call.issue()
    for name in _label_names(call):
        call.state.label(issue.repository.id, issue.number, name)
    return _labels_of(call, issue)


def set_issue_labels(call: Call) -> Answer:
    issue = call.issue()
    _replace_labels(call, issue, _label_names(call))
    return _labels_of(call, issue)


def remove_issue_label(call: Call) -> Answer:
    issue, name = call.issue(), call.params["name"]
    if name.lower() not in {label.name.lower() for label in issue.labels}:
        raise Refusal(404, "Label does not exist")
    call.state.unlabel(issue.repository.id, issue.number, name)
    return _labels_of(call, issue)


def clear_issue_labels(call: Call) -> Answer:
    _replace_labels(call, call.issue(), [])
    return Answer(status=204)


def _label_names(call: Call) -> list[str]:
    given = call.body.get("labels") if isinstance(call.body, dict) else call.body
    if not isinstance(given, list):
        raise Refusal(422, 'Invalid request. No subschema in "oneOf" matched.')
    names = [entry["name"] if isinstance(entry, dict) else entry for entry in given]
    if any(not isinstance(name, str) or not 0 < len(name) <= LONGEST_LABEL for name in names):
        raise invalid("Label", "name")
    return names


def _replace_labels(call: Call, issue: Issue, names: list[str]) -> None:
    home, number = issue.repository.id, issue.number
    for worn in list(issue.labels):
        if worn.name.lower() not in {name.lower() for name in names}:
            call.state.unlabel(home, number, worn.name)
    for name in names:
        call.state.label(home, number, name)


def _labels_of(call: Call, issue: Issue) -> Answer:
    return Answer([call.render.label(label, issue.repository) for label in issue.labels])


def list_issue_comments(call: Call) -> Answer:
    issue, since = call.issue(), moment(call, "since")
    rows = [comment for comment in issue.comments if since is None or comment.updated >= since]
    page, links = paged(call, rows, _by_id, home=issue.repository)
    return Answer([call.render.comment(comment) for comment in page], headers=links)


def list_repository_comments(call: Call) -> Answer:
    """By id unless ``sort`` is given, then by that; ``since`` is about ``updated_at``."""
    home, since = call.repository(), moment(call, "since")
    rows = [comment for comment in home.comments.values() if since is None or comment.updated >= since]
    position = _by_id
    descending = False
    if "sort" in call.query:
        sort = chosen(call, "sort", "created", ("created", "updated"))
        position = _by_updated if sort == "updated" else _by_created
        descending = chosen(call, "direction", "desc", ("asc", "desc")) == "desc"
    rows.sort(key=position, reverse=descending)
    page, links = paged(call, rows, position, home=home, descending=descending)
    return Answer([call.render.comment(comment) for comment in page], headers=links)


def _by_id(comment: Comment) -> tuple[float, int]:
    return 0.0, comment.id


def _by_created(comment: Comment) -> tuple[float, int]:
    return comment.created.timestamp(), comment.id


def _by_updated(comment: Comment) -> tuple[float, int]:
    return comment.updated.timestamp(), comment.id


def create_comment(call: Call) -> Answer:
    issue, body = call.issue(), _comment_body(call)
    if issue.locked:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    made = call.state.comment(issue.repository.id, issue.number, body, author=call.who.login)
    return Answer(call.render.comment(made), 201, {"location": call.render.comment(made)["url"]})


def get_comment(call: Call) -> Answer:
    return Answer(call.render.comment(_comment(call)))


def edit_comment(call: Call) -> Answer:
    comment = _comment(call)
    call.state.edit_comment(comment, _comment_body(call))
    return Answer(call.render.comment(comment))


def delete_comment(call: Call) -> Answer:
    call.state.delete_comment(_comment(call))
    return Answer(status=204)


def _comment(call: Call) -> Comment:
    found = call.repository().comments.get(int(call.params["comment_id"]))
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _comment_body(call: Call) -> str:
    body = call.fields().get("body")
    if not isinstance(body, str) or not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if len(body) > LONGEST_BODY:
        message = f"Body is too long (maximum is {LONGEST_BODY} characters)"
        raise Refusal(
            422, "Validation Failed", errors=[{"resource": "IssueComment", "code": "custom", "message": message}]
        )
    return body


def list_sub_issues(call: Call) -> Answer:
    issue = call.issue()
    _need_sub_issues(call)
    rows, links = paged(call, issue.children, home=issue.repository)
    return Answer([call.render.issue(child) for child in rows], headers=links)


def get_parent(call: Call) -> Answer:
    issue = call.issue()
    _need_sub_issues(call)
    if issue.parent is None:
        raise Refusal(404, "Not Found")
    return Answer(call.render.issue(issue.parent, alone=True))


def _need_sub_issues(call: Call) -> None:
    if not call.state.sub_issues:
        raise Refusal(404, "Not Found")
