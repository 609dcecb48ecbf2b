"""People, projects, versions and comments as Jira writes them in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from okrsync.sandbox.jira import adf
from okrsync.sandbox.jira.catalogue import PRIORITIES, RESOLUTIONS, STATUSES, TYPES, Field
from okrsync.sandbox.jira.records import Change, Comment, History, Project, RemoteLink, Version
from okrsync.sandbox.jira.site import Site

Json = dict[str, Any]

_SIZES = ("16x16", "24x24", "32x32", "48x48")


class Renderer:
    """Turns records into JSON objects, with the addresses of one site and one version of its API.

    ``api`` is "2" or "3": version 3 writes rich text as documents.
    """

    def __init__(self, site: Site, api: str) -> None:
        self.site = site
        self.api = api
        self._cached: dict[tuple[str, str, str], Json] = {}

    @property
    def root(self) -> str:
        return f"{self.site.base_url}/rest/api/{self.api}"

    def moment(self, moment: datetime) -> str:
        """In the account's time zone: ``2026-10-05T10:00:00.000+0200``."""
        text = moment.astimezone(self.site.zone).isoformat(timespec="milliseconds")
        return f"{text[:-3]}{text[-2:]}"

    def text(self, text: str) -> Any:
        return adf.document(text) if self.api == "3" else text

    def person(self, name: str) -> Json:
        """Cached, since every issue repeats its people."""
        return self._once("person", name)

    def status(self, name: str) -> Json:
        return self._once("status", name)

    def type(self, name: str) -> Json:
        return self._once("issuetype", name)

    def priority(self, name: str) -> Json:
        return self._once("priority", name)

    def resolution(self, name: str) -> Json:
        return self._once("resolution", name)

    def project(self, project: Project) -> Json:
        """As issues show it."""
        out: Json = {
            "self": f"{self.root}/project/{project.id}",
            "id": project.id,
            "key": project.key,
            "name": project.name,
            "projectTypeKey": "software",
            "avatarUrls": self._avatars(f"project/{project.id}"),
        }
        if self.site.cloud:
            out["simplified"] = False
        return out

    def project_alone(self, project: Project) -> Json:
        extra: Json = {
            "description": "",
            "lead": self.person(self.site.me.name),
            "components": [],
            "issueTypes": [self.type(name) for name in TYPES],
            "versions": [self.version(version) for version in project.versions.values()],
            "roles": {},
            "assigneeType": "UNASSIGNED",
            "archived": project.archived,
        }
        if self.site.cloud:
            extra |= {"style": "classic", "isPrivate": False, "properties": {}}
        return {**self.project(project), **extra}

    def version(self, version: Version) -> Json:
        out: Json = {
            "self": f"{self.root}/version/{version.id}",
            "id": version.id,
            "name": version.name,
            "archived": version.archived,
            "released": version.released,
            "projectId": int(version.project.id),
        }
        if version.release_date:
            out |= {"releaseDate": version.release_date, "userReleaseDate": version.release_date}
            today = self.site.now().astimezone(self.site.zone).date().isoformat()
            out["overdue"] = not version.released and version.release_date < today
        return out

    def comment(self, comment: Comment, *, properties: bool) -> Json:
        out: Json = {
            "self": f"{self.root}/issue/{comment.issue.id}/comment/{comment.id}",
            "id": comment.id,
            "author": self.person(comment.author),
            "body": self.text(comment.body),
            "updateAuthor": self.person(comment.editor),
            "created": self.moment(comment.created),
            "updated": self.moment(comment.updated),
        }
        if self.site.cloud:
            out["jsdPublic"] = True
        if properties and self.site.expands_properties:
            out["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return out

    def link(self, link: RemoteLink, issue_id: str) -> Json:
        """What was not sent is null, or left out at the top."""
        sent = link.data
        out: Json = {"id": link.id, "self": f"{self.root}/issue/{issue_id}/remotelink/{link.id}"}
        given = {"globalId": link.global_id, "relationship": sent.get("relationship")}
        out |= {name: value for name, value in given.items() if value is not None}
        out["application"] = sent.get("application") or {}
        out["object"] = {"status": {"icon": {}}, "icon": {}, **sent.get("object", {})}
        return out

    def history(self, history: History) -> Json:
        """Cloud names the id of every field; both name the ids of statuses and resolutions."""
        items = [self._change(change) for change in history.changes]
        created = self.moment(history.created)
        return {"id": history.id, "author": self.person(history.author), "created": created, "items": items}

    def _change(self, change: Change) -> Json:
        name = self.site.points_field.id if change.field == "points" else change.field
        field = next((each for each in self.site.fields if name in (each.id, each.name)), None)
        ids = {"status": {name: id_ for name, (id_, _) in STATUSES.items()}, "resolution": RESOLUTIONS}.get(name, {})
        item: Json = {
            "field": field.name if field and field.custom else name,
            "fieldtype": "custom" if field and field.custom else "jira",
            "from": ids.get(change.before or ""),
            "fromString": change.before,
            "to": ids.get(change.after or ""),
            "toString": change.after,
        }
        if self.site.cloud and field:
            item["fieldId"] = field.id
        return item

    def field(self, field: Field) -> Json:
        schema: Json = {"type": field.type}
        if field.items:
            schema["items"] = field.items
        out: Json = {
            "id": field.id,
            "name": field.name,
            "custom": bool(field.custom),
            "orderable": True,
            "navigable": True,
            "searchable": True,
            "clauseNames": list(field.clauses),
            "schema": schema,
        }
        if field.custom:
            schema |= {"custom": field.custom, "customId": int(field.id.removeprefix("customfield_"))}
        else:
            schema["system"] = field.id
        if self.site.cloud:
            out["key"] = field.id
        return out

    def _once(self, kind: str, name: str) -> Json:
        key = (self.site.base_url, kind, name)
        if key not in self._cached:
            make = {"person": self._person, "status": self._status, "issuetype": self._type}.get(kind)
            self._cached[key] = make(name) if make else self._plain(kind, name)
        return self._cached[key]

    def _person(self, name: str) -> Json:
        person = self.site.people[name]
        shared: Json = {
            "avatarUrls": self._avatars(f"user/{person.account}"),
            "displayName": person.display,
            "emailAddress": person.email,
            "active": True,
            "timeZone": "Etc/GMT-2",
        }
        if self.site.cloud:
            url = f"{self.root}/user?accountId={person.account}"
            return {"self": url, "accountId": person.account, "accountType": "atlassian", **shared}
        url = f"{self.root}/user?username={person.name}"
        return {"self": url, "name": person.name, "key": f"JIRAUSER{person.account[-3:]}", **shared}

    def _status(self, name: str) -> Json:
        id_, category = STATUSES[name]
        return {
            "self": f"{self.root}/status/{id_}",
            "id": id_,
            "name": name,
            "description": "",
            "iconUrl": f"{self.site.base_url}/images/status.png",
            "statusCategory": {
                "self": f"{self.root}/statuscategory/{category.id}",
                "id": category.id,
                "key": category.key,
                "colorName": category.colour,
                "name": category.name,
            },
        }

    def _type(self, name: str) -> Json:
        id_, level = TYPES[name]
        out: Json = {
            "self": f"{self.root}/issuetype/{id_}",
            "id": id_,
            "name": name,
            "description": "",
            "iconUrl": f"{self.site.base_url}/images/{id_}.png",
            "subtask": level < 0,
            "avatarId": 10300,
        }
        if self.site.cloud:
            out["hierarchyLevel"] = level
        return out

    def _plain(self, kind: str, name: str) -> Json:
        id_ = (PRIORITIES if kind == "priority" else RESOLUTIONS)[name]
        out = {"self": f"{self.root}/{kind}/{id_}", "id": id_, "name": name}
        return {**out, "iconUrl": f"{self.site.base_url}/images/{name}.png"} if kind == "priority" else out

    def _avatars(self, path: str) -> Json:
        return {size: f"{self.site.base_url}/avatars/{path}?size={size[:2]}" for size in _SIZES}
