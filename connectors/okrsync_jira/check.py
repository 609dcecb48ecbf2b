"""What `okrsync check` says about a Jira connection, one finding after the other, as far as it gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from okrsync.connector import Context, Finding, Level, is_exposed
from okrsync.errors import ConnectionFailed
from okrsync_jira.client import Client
from okrsync_jira.fields import Fields, doubt
from okrsync_jira.options import JiraOptions
from okrsync_jira.shapes import Permissions, Project, ServerInfo, User
from okrsync_jira.site import explore, server_info

SKEW = 60.0
"""Seconds that two clocks may differ before `check` warns."""

_NEEDED = {
    "EDIT_ISSUES": "edit issues (labels)",
    "ADD_COMMENTS": "add comments",
    "EDIT_OWN_COMMENTS": "edit own comments",
    "DELETE_OWN_COMMENTS": "delete own comments",
}
_FOR_LINKS = {"LINK_ISSUES": "link issues"}
_BEYOND = {
    "ADMINISTER": "administer Jira",
    "ADMINISTER_PROJECTS": "administer the project",
    "DELETE_ISSUES": "delete issues",
    "EDIT_ALL_COMMENTS": "edit all comments",
    "DELETE_ALL_COMMENTS": "delete all comments",
}
"""What okrsync never needs. Administering the project has one use: on Cloud, labels then change without a mail."""

_read_user = msgspec.json.Decoder(User).decode
_read_project = msgspec.json.Decoder(Project).decode
_read_permissions = msgspec.json.Decoder(Permissions).decode


def findings(client: Client, options: JiraOptions, context: Context) -> Iterator[Finding]:
    """Stops at the first thing without which nothing else can be asked."""
    try:
        user = client.read("myself", _read_user)
        yield Finding(Level.OK, "account", f"signed in as {user.displayName or user.name}")
        server = server_info(client)
        yield _site(options, server)
        yield _clock(client, context)
        yield _story_points(options, explore(client, options, server).fields, context)
    except ConnectionFailed as error:
        yield _bad("site", error)
        return
    if any(character.isspace() for character in context.namespace.prefix):
        hint = "Take the space out of write_back.label."
        yield Finding(Level.ERROR, "labels", "Jira takes no label with a space.", hint)
    for key in options.projects:
        yield from _project(client, options, key)
    if context.meter.remaining is not None:
        of = f" of {context.meter.limit:,}" if context.meter.limit is not None else ""
        yield Finding(Level.OK, "rate limit", f"{context.meter.remaining:,}{of} requests left")


def _site(options: JiraOptions, server: ServerInfo) -> Finding:
    product = "Cloud" if server.deploymentType == "Cloud" else f"Data Center {server.version}".strip()
    if is_exposed(options.url):
        return Finding(Level.WARNING, "site", f"Jira {product}, unencrypted", "Use https, or the token can be read.")
    return Finding(Level.OK, "site", f"Jira {product} at {server.baseUrl}")


def _clock(client: Client, context: Context) -> Finding:
    if client.server_time is None:
        return Finding(Level.WARNING, "clock", "Jira does not tell the time", "A proxy may drop the Date header.")
    skew = abs((context.now() - client.server_time).total_seconds())
    if skew > SKEW:
        hint = "Set this machine's clock; cursors use Jira's."
        return Finding(Level.WARNING, "clock", f"differs from Jira's by {skew:.0f} s", hint)
    return Finding(Level.OK, "clock", "agrees with Jira's")


def _story_points(options: JiraOptions, fields: Fields, context: Context) -> Finding:
    if fields.rivals:
        message, hint = doubt(fields, context.connection)
        if context.points:
            return Finding(Level.ERROR, "story points", message, hint)
        return Finding(Level.WARNING, "story points", f"{message}; no key result needs them, none is read", hint)
    if fields.points:
        return Finding(Level.OK, "story points", f'"{fields.points_name}" ({fields.points})')
    if options.story_points is False:
        return Finding(Level.OK, "story points", "not read, as configured")
    hint = "Measure by count, or name the field with story_points."
    return Finding(Level.WARNING, "story points", "no field found", hint)


def _project(client: Client, options: JiraOptions, key: str) -> Iterator[Finding]:
    subject = f"project {key}"
    needed = {} if options.write_back is False else _NEEDED | (_FOR_LINKS if options.remote_link else {})
    try:
        project = client.read(f"project/{key}", _read_project)
        if project.archived:
            yield Finding(Level.WARNING, subject, "archived: read only", "Nothing will be written there.")
            return
        granted = _granted(client, project.key, [*needed, *_BEYOND])
    except ConnectionFailed as error:
        yield _bad(subject, error)
        return
    if missing := [told for name, told in needed.items() if name not in granted]:
        hint = "Grant the account a role that may, or set write_back: false."
        yield Finding(Level.ERROR, subject, f"readable, but the account may not {', '.join(missing)}", hint)
    else:
        yield Finding(Level.OK, subject, "readable and writable" if needed else "readable")
    if beyond := [told for name, told in _BEYOND.items() if name in granted]:
        hint = "Use an account of its own, with a role that may browse, edit issues and comment."
        yield Finding(Level.WARNING, subject, f"the account can do more than needed: {', '.join(beyond)}", hint)


def _granted(client: Client, key: str, names: Sequence[str]) -> set[str]:
    """Which of these permissions the account has in a project."""
    params = {"projectKey": key, "permissions": ",".join(names)}
    answer = client.read("mypermissions", _read_permissions, params=params).permissions
    return {name for name in names if name in answer and answer[name].havePermission}


def _bad(subject: str, error: ConnectionFailed) -> Finding:
    return Finding(Level.ERROR, subject, error.message, error.hint)
