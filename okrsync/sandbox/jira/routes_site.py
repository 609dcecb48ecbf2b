"""The site itself: the server, the account, permissions, projects, fields, boards and what JQL knows."""

from __future__ import annotations

from typing import Any

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.jira.catalogue import PERMISSIONS, STATUSES
from okrsync.sandbox.jira.gate import NO_ISSUE, Call, Refusal
from okrsync.sandbox.jira.tokens import RESERVED

_CLOUD = ("1001.0.0-SNAPSHOT", [1001, 0, 0], 100_290)
_DATA_CENTER = ("10.3.5", [10, 3, 5], 10_030_005)
_FUNCTIONS = ("currentUser()", "now()", "startOfDay()", "startOfWeek()", "startOfMonth()", "startOfYear()")


def server_info(call: Call) -> Answer:
    """Data Center calls itself "Server"."""
    state = call.state
    version, numbers, build = _CLOUD if state.cloud else _DATA_CENTER
    out: dict[str, Any] = {
        "baseUrl": state.base_url,
        "version": version,
        "versionNumbers": numbers,
        "deploymentType": "Cloud" if state.cloud else "Server",
        "buildNumber": build,
        "buildDate": "2026-09-01T00:00:00.000+0000",
        "serverTime": call.render.moment(state.now()),
        "scmInfo": "0" * 40,
        "serverTitle": "Sandbox Jira",
    }
    if state.cloud:
        out |= {"displayUrl": state.base_url, "serverTimeZone": "Etc/UTC"}
    return Answer(out)


def list_statuses(call: Call) -> Answer:
    return Answer([call.render.status(name) for name in STATUSES])


def myself(call: Call) -> Answer:
    groups = {"size": 0, "items": []}
    person = call.render.person(call.state.me.name)
    return Answer({**person, "locale": "en_US", "groups": groups, "applicationRoles": groups, "expand": "groups"})


def my_permissions(call: Call) -> Answer:
    """Cloud wants the permissions named; a project or an issue that cannot be seen is 404."""
    asked = call.listed("permissions")
    if call.state.cloud and not asked:
        raise Refusal(400, "The 'permissions' query parameter is required.")
    unknown = [key for key in asked if key not in PERMISSIONS]
    if unknown and call.state.cloud:
        raise Refusal(400, f"Unrecognized permission: {', '.join(unknown)}")
    for name in ("projectKey", "projectId"):
        if name in call.query:
            call.project(call.query[name])
    for name in ("issueKey", "issueId"):
        if name in call.query and call.find(call.query[name]) is None:
            raise Refusal(404, NO_ISSUE)
    shown = [key for key in PERMISSIONS if key in asked or not asked]
    return Answer({"permissions": {key: _permission(call, key) for key in shown}})


def _permission(call: Call, key: str) -> dict[str, Any]:
    return {
        "id": str(10 + list(PERMISSIONS).index(key)),
        "key": key,
        "name": PERMISSIONS[key],
        "type": "PROJECT",
        "description": f"Ability to {PERMISSIONS[key].lower()}.",
        "havePermission": call.state.may(key),
    }


def get_project(call: Call) -> Answer:
    return Answer(call.render.project_alone(call.project(str(call.params["project"]))))


def search_projects(call: Call) -> Answer:
    """Live ones only, unless others are asked for; keys that nobody has, or had once, are passed over."""
    wanted = {key.upper() for key in call.repeated("keys")}
    seen = [one for one in call.state.projects.values() if call.state.visible(one) and not one.archived]
    found = [one for one in seen if not wanted or one.key in wanted]
    first, size = call.number("startAt", 0), min(call.number("maxResults", 50), 100)
    page = found[first : first + size]
    values = [call.render.project(one) for one in page]
    out = {"startAt": first, "maxResults": size, "total": len(found), "isLast": first + size >= len(found)}
    return Answer({"self": f"{call.render.root}/project/search", **out, "values": values})


def list_versions(call: Call) -> Answer:
    project = call.project(str(call.params["project"]))
    return Answer([call.render.version(version) for version in project.versions.values()])


def list_fields(call: Call) -> Answer:
    return Answer([call.render.field(field) for field in call.state.fields])


def board_configuration(call: Call) -> Answer:
    """A Kanban board, and one that counts issues, name no field to estimate by."""
    board = call.state.boards.get(int(call.params["board"]))
    if board is None:
        raise Refusal(404, "The board does not exist or you do not have permission to view it.")
    url = f"{call.state.base_url}/rest/agile/1.0/board/{board.id}/configuration"
    out: dict[str, Any] = {
        "id": board.id,
        "name": board.name,
        "type": board.type,
        "self": url,
        "filter": {"id": "10000", "self": f"{call.render.root}/filter/10000"},
        "columnConfig": {"columns": [], "constraintType": "none"},
    }
    if board.type == "scrum":
        names = {field.id: field.name for field in call.state.fields}
        out["estimation"] = {"type": "issueCount"}
        if board.estimation:
            shown = {"fieldId": board.estimation, "displayName": names.get(board.estimation, "")}
            out["estimation"] = {"type": "field", "field": shown}
    return Answer(out)


def autocomplete_data(call: Call) -> Answer:
    names = [clause for field in call.state.fields for clause in field.clauses]
    shown = [{"value": _quoted(name), "displayName": name, "orderable": "true", "searchable": "true"} for name in names]
    functions = [{"value": name, "displayName": name} for name in _FUNCTIONS]
    return Answer({"visibleFieldNames": shown, "visibleFunctionNames": functions, "jqlReservedWords": sorted(RESERVED)})


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
