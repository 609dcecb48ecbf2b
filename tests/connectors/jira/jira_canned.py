"""Answers and names of a small Jira, shared by the tests of the connector."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import responses

from okrsync.model.work import Ref

SITE = "https://acme.atlassian.net"
API = f"{SITE}/rest/api/2"
SECRET = "s3cret-token"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DATE = {"Date": "Fri, 20 Nov 2026 12:00:00 GMT"}


def numeric(id_: str, name: str, custom: str = "") -> dict[str, Any]:
    return {"id": id_, "name": name, "schema": {"type": "number", "custom": custom}}


POINTS = numeric("customfield_10016", "Story point estimate", "com.pyxis.greenhopper.jira:jsw-story-points")
OTHER_POINTS = numeric("customfield_10026", "Story Points", "com.atlassian.jira.plugin.system.customfieldtypes:float")
TIME_SPENT = numeric("timespent", "Time Spent")
SPRINT = {
    "id": "customfield_10020",
    "name": "Sprint",
    "schema": {"type": "array", "custom": "com.pyxis.greenhopper.jira:gh-sprint"},
}
EPIC = {
    "id": "customfield_10014",
    "name": "Epic Link",
    "schema": {"type": "any", "custom": "com.pyxis.greenhopper.jira:gh-epic-link"},
}
SUMMARY = {"id": "summary", "name": "Summary", "schema": {"type": "string"}}
FIELDS = [SUMMARY, TIME_SPENT, POINTS, SPRINT, EPIC]


def site_with(rsps: responses.RequestsMock, deployment: str, fields: list[dict[str, Any]] = FIELDS) -> None:
    info = {"baseUrl": SITE, "deploymentType": deployment, "version": "10.3.0"}
    rsps.get(f"{API}/serverInfo", json=info, headers=DATE)
    rsps.get(f"{API}/field", json=fields, headers=DATE)
    rsps.get(f"{API}/project/SHOP", json={"id": "10000", "key": "SHOP", "name": "Shop"}, headers=DATE)
    rsps.get(f"{API}/project/10000/versions", json=[], headers=DATE)


def ref(number: int = 1) -> Ref:
    return Ref("jira", "10000", str(10000 + number), f"SHOP-{number}")


def raw_issue(number: int, **fields: Any) -> dict[str, Any]:
    """An issue as Jira writes it."""
    known = {
        "summary": f"Issue {number}",
        "created": "2026-10-01T09:00:00.000+0000",
        "updated": "2026-10-02T09:00:00.000+0000",
        "issuetype": {"name": "Story", "subtask": False},
        "status": {"name": "To Do", "statusCategory": {"key": "new"}},
    }
    return {"id": str(10000 + number), "key": f"SHOP-{number}", "fields": known | fields}
