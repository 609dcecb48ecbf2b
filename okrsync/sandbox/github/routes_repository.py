"""Repositories, and the labels and milestones they define."""

from __future__ import annotations

import re
from typing import Any

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.github.call import Call, Refusal, invalid
from okrsync.sandbox.github.listing import chosen, paged
from okrsync.sandbox.github.records import Label, Milestone
from okrsync.sandbox.github.routes_issues import LONGEST_LABEL

LONGEST_DESCRIPTION = 100


def get_repository(call: Call) -> Answer:
    home = call.repository()
    return Answer(call.render.repository(home, writable=call.writable and not home.archived))


def list_organization(call: Call) -> Answer:
    owned = [home for home in call.state.repositories.values() if home.owner.login == call.params["org"]]
    if not owned:
        raise Refusal(404, "Not Found")
    rows, links = paged(call, sorted(owned, key=lambda home: home.full_name))
    return Answer([call.render.repository(home, writable=call.writable) for home in rows], headers=links)


def list_labels(call: Call) -> Answer:
    home = call.repository()
    rows, links = paged(call, sorted(home.labels.values(), key=lambda label: label.name), home=home)
    return Answer([call.render.label(label, home) for label in rows], headers=links)


def get_label(call: Call) -> Answer:
    return Answer(call.render.label(_label(call), call.repository()))


def create_label(call: Call) -> Answer:
    home, fields = call.repository(), call.fields()
    name = fields.get("name")
    if not isinstance(name, str) or not name:
        raise invalid("Label", "name", "missing_field")
    _check_label(fields, name)
    if name.lower() in home.labels:
        raise invalid("Label", "name", "already_exists")
    description = fields.get("description") or ""
    made = call.state.add_label(home.id, name, color=fields.get("color", "ededed"), description=description)
    rendered = call.render.label(made, home)
    return Answer(rendered, 201, {"location": rendered["url"]})


def edit_label(call: Call) -> Answer:
    home, label, fields = call.repository(), _label(call), call.fields()
    name = fields.get("new_name", label.name)
    _check_label(fields, name)
    if name.lower() != label.name.lower() and name.lower() in home.labels:
        raise invalid("Label", "name", "already_exists")
    if name != label.name:
        call.state.rename_label(home.id, label.name, name)
    label.color = fields.get("color", label.color)
    label.description = fields.get("description", label.description)
    call.state.changed()
    return Answer(call.render.label(label, home))


def delete_label(call: Call) -> Answer:
    call.state.delete_label(call.repository().id, _label(call).name)
    return Answer(status=204)


def _label(call: Call) -> Label:
    found = call.repository().labels.get(call.params["name"].lower())
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _check_label(fields: dict[str, Any], name: str) -> None:
    if len(name) > LONGEST_LABEL:
        raise invalid("Label", "name", "too_long")
    if len(fields.get("description") or "") > LONGEST_DESCRIPTION:
        raise invalid("Label", "description", "too_long")
    if not re.fullmatch(r"[0-9a-fA-F]{6}", fields.get("color", "ededed")):
        raise invalid("Label", "color")


def list_milestones(call: Call) -> Answer:
    home = call.repository()
    state = chosen(call, "state", "open", ("open", "closed", "all"), "Milestone")
    rows = [
        milestone
        for milestone in home.milestones.values()
        if state == "all" or (milestone.closed_at is None) == (state == "open")
    ]
    page, links = paged(call, rows, home=home)
    return Answer([call.render.milestone(milestone, home) for milestone in page], headers=links)


def get_milestone(call: Call) -> Answer:
    return Answer(call.render.milestone(_milestone(call), call.repository()))


def edit_milestone(call: Call) -> Answer:
    home, milestone, fields = call.repository(), _milestone(call), call.fields()
    call.state.edit_milestone(
        home.id,
        milestone.number,
        title=fields.get("title"),
        description=fields.get("description"),
        closed=None if "state" not in fields else fields["state"] == "closed",
    )
    return Answer(call.render.milestone(milestone, home))


def _milestone(call: Call) -> Milestone:
    found = call.repository().milestones.get(int(call.params["number"]))
    if found is None:
        raise Refusal(404, "Not Found")
    return found
