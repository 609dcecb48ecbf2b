"""What people would use instead, each as a process of its own: ``python -m benchmarks.peers NAME ADDRESS``.

The floors read every page and decode it with the standard library: what any program that talks to the
tracker with requests has to pay. The others hold the objects that their library builds, as a script would.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec

POINTS = "customfield_10016"
NINE_FIELDS = ["summary", "status", "resolution", "issuetype", "labels", "assignee", "fixVersions", "parent", POINTS]
SAME_FIELDS = [
    *NINE_FIELDS,
    *("created", "updated", "description", "priority", "resolutiondate", "statuscategorychangedate"),
]
"""What okrsync reads: lines `OKR: id` stand in descriptions, and times tell when work began and ended."""


def floor_github(address: str) -> int:
    import requests

    session, count = requests.Session(), 0
    url: str | None = f"{address}/api/v3/repos/acme/shop/issues?state=all&per_page=100"
    while url:
        answer = session.get(url, timeout=60)
        count += len(answer.json())
        url = answer.links.get("next", {}).get("url")
    return count


def floor_jira(address: str) -> int:
    """The same pages that okrsync reads."""
    return _floor_jira(address, SAME_FIELDS)


def floor_jira_nine(address: str) -> int:
    """Less than okrsync reads: no description, no times."""
    return _floor_jira(address, NINE_FIELDS)


def _floor_jira(address: str, fields: list[str]) -> int:
    import requests

    session, count = requests.Session(), 0
    asked = {"jql": 'project = "SHOP" ORDER BY created', "fields": fields, "maxResults": 100}
    while True:
        answer = session.post(f"{address}/jira/rest/api/2/search/jql", json=asked, timeout=60).json()
        count += len(answer["issues"])
        if not answer.get("nextPageToken"):
            return count
        asked["nextPageToken"] = answer["nextPageToken"]


def pygithub(address: str) -> int:
    """The throttle that waits a quarter of a second before every request is off."""
    import github

    client = github.Github(
        base_url=f"{address}/api/v3", auth=github.Auth.Token("token"), per_page=100, seconds_between_requests=0
    )
    issues = list(client.get_repo("acme/shop").get_issues(state="all"))
    closed = sum(issue.state == "closed" for issue in issues)
    return len(issues) if closed else 0


def jira(address: str) -> int:
    from jira import JIRA

    client = JIRA(f"{address}/jira", basic_auth=("ana@acme.example", "token"))
    jql = 'project = "SHOP" ORDER BY created'
    found = client.enhanced_search_issues(jql, maxResults=0, fields=NINE_FIELDS, use_post=True)
    done = sum(issue.fields.status.statusCategory.key == "done" for issue in found)
    return len(found) if done else 0


PEERS: dict[str, tuple[Callable[[str], int], str]] = {
    "floor-github": (floor_github, "requests"),
    "floor-jira": (floor_jira, "requests"),
    "floor-jira-nine": (floor_jira_nine, "requests"),
    "pygithub": (pygithub, "github"),
    "jira": (jira, "jira"),
}
"""Name -> what runs it, and the module that must be installed for it."""


def installed(name: str) -> bool:
    return find_spec(PEERS[name][1]) is not None


if __name__ == "__main__":
    print(PEERS[sys.argv[1]][0](sys.argv[2]))
