"""Jira Cloud as the benchmark needs it: token paging, and only the fields that a request names.

A page of the whole list is rendered once for the fields that a request names, and kept as bytes; whether an issue
changed since is seen only in the answers to a request that asks for that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.answer import Answer, as_json, encode
from benchmarks.histories import lines

PAGE = 100
POINTS = "customfield_10016"
LABELS = tuple(f"area-{number}" for number in range(40))
_EPOCH = datetime(2025, 1, 6, tzinfo=UTC)
_WORDS = (("To Do", "new", 2), ("In Progress", "indeterminate", 4), ("Done", "done", 3))
_SENTENCE = "The basket forgets its discount when somebody signs in from a second device and the session is merged. "


def text_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class Project:
    """``size`` issues; the first thirtieth are epics, and every third of the others belongs to one."""

    def __init__(self, address: str, number: int, key: str, size: int) -> None:
        self.id = str(10_000 + number)
        self.key = key
        self.size = size
        self._epics = max(size // 30, 1)
        self.touched: dict[int, datetime] = {}
        self._address = address
        self._first = 1_000_000 * (number + 1)

    def description(self) -> dict[str, Any]:
        return {"self": f"{self._address}/rest/api/2/project/{self.id}", "id": self.id, "key": self.key, "name": "Shop"}

    def versions(self) -> list[dict[str, Any]]:
        names = ((str(20_000 + number), f"2026.{number}") for number in range(1, 11))
        return [{"id": id_, "name": name, "released": False, "archived": False} for id_, name in names]

    def render(self, number: int, fields: tuple[str, ...] | None) -> bytes:
        """One issue with these fields; None means all, and () only the id."""
        head = {"id": str(self._first + number)}
        if fields == ():
            return encode(head)
        head |= {"expand": "", "self": f"{self._address}/rest/api/2/issue/{head['id']}", "key": f"{self.key}-{number}"}
        every = self._fields(number)
        return encode(head | {"fields": every if fields is None else {n: every[n] for n in fields if n in every}})

    def person(self, number: int) -> dict[str, Any]:
        account = f"5b10ac8d82e05b22cc7d4{number:03d}"
        pictures = {size: f"https://avatar.example/{account}/{size}" for size in ("48x48", "24x24", "16x16", "32x32")}
        return {
            "self": f"{self._address}/rest/api/2/user?accountId={account}",
            "accountId": account,
            "avatarUrls": pictures,
            "displayName": f"Engineer {number}",
            "active": True,
            "timeZone": "Europe/Berlin",
            "accountType": "atlassian",
        }

    def _parent(self, number: int) -> dict[str, Any] | None:
        if number <= self._epics or number % 3:
            return None
        epic = number % self._epics + 1
        kind = {"id": "10000", "name": "Epic", "subtask": False, "hierarchyLevel": 1}
        fields = {"summary": f"Epic {epic}", "status": self._status(0), "issuetype": kind}
        return {"id": str(self._first + epic), "key": f"{self.key}-{epic}", "fields": fields}

    def _status(self, number: int) -> dict[str, Any]:
        name, key, color = _WORDS[number % 3]
        category = {"self": f"{self._address}/rest/api/2/statuscategory/{color}", "id": color, "key": key, "name": name}
        return {"self": f"{self._address}/rest/api/2/status/{color}", "name": name, "statusCategory": category}

    def _fields(self, number: int) -> dict[str, Any]:
        created = _EPOCH + timedelta(minutes=number)
        done = number % 3 == 2
        epic = number <= self._epics
        named: dict[str, Any] = {
            "summary": f"The basket forgets discount number {number}",
            "status": self._status(number),
            "resolution": {"id": "10000", "name": "Won't Do" if number % 10 == 0 else "Done"} if done else None,
            "resolutiondate": text_of(created + timedelta(days=2)) if done else None,
            "statuscategorychangedate": text_of(created + timedelta(days=1)),
            "issuetype": {"id": "1", "name": "Epic" if epic else "Story", "subtask": False, "iconUrl": self._address},
            "priority": {"id": "3", "name": "Medium", "iconUrl": f"{self._address}/images/medium.svg"},
            "labels": [LABELS[number % 40], LABELS[(number * 7 + 3) % 40]],
            "assignee": self.person(number % 50),
            "fixVersions": self.versions()[number % 10 :][:1] if number % 4 == 0 else [],
            "parent": self._parent(number),
            "created": text_of(created),
            "updated": text_of(self.touched.get(number, created + timedelta(days=3))),
            "project": self.description(),
            POINTS: float(number % 8 + 1),
        }
        rest = {"description": _SENTENCE * 12, "creator": self.person(1), "reporter": self.person(2), "watches": {}}
        unused = {f"customfield_{11_000 + n}": None if n % 3 else {"value": "x" * 20, "id": str(n)} for n in range(120)}
        return named | rest | unused


class JiraSide:
    """Answers requests below ``/jira``."""

    def __init__(self, host: str, sizes: dict[str, int]) -> None:
        self._address = f"http://{host}/jira"
        projects = [Project(self._address, number, key, size) for number, (key, size) in enumerate(sizes.items())]
        self._by_name = {name: project for project in projects for name in (project.key, project.id)}
        self._pages: dict[tuple[str, tuple[str, ...] | None, int, int], bytes] = {}
        self._told: dict[bytes, bytes] = {}

    def touch(self, count: int, moment: datetime) -> None:
        """From now on the last ``count`` issues of every project were changed at ``moment``."""
        for project in self._by_name.values():
            project.touched = dict.fromkeys(range(max(project.size - count, 0) + 1, project.size + 1), moment)

    def answer(self, path: str, query: dict[str, str], body: bytes) -> Answer:
        tail = re.sub(r"^/jira/rest/(?:api/[23]|agile/1.0)/", "", path)
        if tail == "search/jql":
            return self._search(json.loads(body) if body else query)
        if tail == "changelog/bulkfetch":
            return self._changelogs(body)
        if tail == "status":
            return as_json(
                [{"id": str(color), "name": name, "statusCategory": {"key": key}} for name, key, color in _WORDS]
            )
        if tail == "serverInfo":
            versions = {"version": "1001.0.0", "versionNumbers": [1001, 0, 0], "deploymentType": "Cloud"}
            return as_json({"baseUrl": self._address, "serverTitle": "Jira", **versions})
        if tail == "myself":
            return as_json({"accountId": "1", "displayName": "okrsync", "timeZone": "Europe/Berlin"})
        if tail == "field":
            return as_json(self._definitions())
        if tail == "project/search":
            found = {project.id: project.description() for project in self._by_name.values()}
            return as_json({"isLast": True, "values": list(found.values())})
        named = re.fullmatch(r"project/([^/]+)(/versions)?", tail)
        if named and named[1] in self._by_name:
            project = self._by_name[named[1]]
            return as_json(project.versions() if named[2] else project.description())
        return as_json({"errorMessages": ["Not found"], "errors": {}}, 404)

    def _changelogs(self, body: bytes) -> Answer:
        """One page for any number of issues; kept as bytes for the next run that asks for the same."""
        if body not in self._told:
            logs = []
            for id_ in json.loads(body)["issueIdsOrKeys"]:
                number, project = int(id_) % 1_000_000, next(iter(self._by_name.values()))
                if told := lines(number, project.person(number % 50), text_of):
                    logs.append({"issueId": id_, "changeHistories": told})
            self._told[body] = encode({"issueChangeLogs": logs})
        return Answer(self._told[body])

    def _definitions(self) -> list[dict[str, Any]]:
        points = {"type": "number", "custom": "com.pyxis.greenhopper.jira:jsw-story-points", "customId": 10016}
        names = ("summary", "status", "resolution", "issuetype", "priority", "labels", "assignee", "parent", "created")
        system = [{"id": name, "key": name, "name": name.title(), "custom": False} for name in names]
        return [*system, {"id": POINTS, "key": POINTS, "name": "Story Points", "custom": True, "schema": points}]

    def _search(self, asked: dict[str, Any]) -> Answer:
        jql = str(asked["jql"])
        named = re.search(r"project\s*(?:=|in\s*\()\s*['\"]?(\w+)", jql)
        project = self._by_name.get(named[1]) if named else None
        if project is None:
            return as_json({"errorMessages": ["Unbounded JQL queries are not allowed here."], "errors": {}}, 400)
        names = asked.get("fields") or ()
        fields = tuple(names.split(",") if isinstance(names, str) else names)
        chosen = None if "*all" in fields or "*navigable" in fields else fields
        most = 5000 if not set(fields) - {"id", "key"} else PAGE
        size = min(int(asked.get("maxResults") or 50), most)
        since = re.search(r"updated\s*>=?\s*(\d+)", jql)
        moment = datetime.fromtimestamp(int(since[1]) / 1000, UTC) if since else None
        return self._page(project, moment, chosen, size, int(asked.get("nextPageToken") or 0))

    def _page(
        self, project: Project, since: datetime | None, fields: tuple[str, ...] | None, size: int, index: int
    ) -> Answer:
        if since:
            numbers = [number for number, touched in project.touched.items() if touched >= since]
            return Answer(self._cut(project, numbers, fields, size, index))
        key = (project.key, fields, size, index)
        if key not in self._pages:
            self._pages[key] = self._cut(project, range(1, project.size + 1), fields, size, index)
        return Answer(self._pages[key])

    def _cut(
        self, project: Project, numbers: Sequence[int], fields: tuple[str, ...] | None, size: int, index: int
    ) -> bytes:
        first = index * size
        issues = b",".join(project.render(number, fields) for number in numbers[first : first + size])
        more = first + size < len(numbers)
        token = b',"nextPageToken":"%d"' % (index + 1) if more else b""
        return b'{"issues":[' + issues + b'],"isLast":' + (b"false" if more else b"true") + token + b"}"
