"""GitHub as the benchmark needs it: repositories whose issue pages are rendered once and kept as bytes.

An issue weighs 5 KB, as on github.com: most of it addresses of things that nobody reads.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from benchmarks.answer import Answer, as_json, encode

PAGE = 100
LABELS = tuple(f"area-{number}" for number in range(40))
MILESTONES = 20
LABELLED = 9
"""Of twenty issues so many were labelled when they were closed; their events fill what GitHub gives of them."""

_EPOCH = datetime(2025, 1, 6, tzinfo=UTC)
_SENTENCE = "The basket forgets its discount when somebody signs in from a second device and the session is merged. "


def text_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Repository:
    """``size`` issues, numbered from 1; those in ``touched`` changed at that moment, the others long ago."""

    def __init__(self, host: str, number: int, name: str, size: int) -> None:
        self.id = 1000 + number
        self.name = name
        self.size = size
        self.touched: dict[int, datetime] = {}
        self._api = f"http://{host}/api/v3/repos/{name}"
        self._users = [self._user(number) for number in range(50)]
        self._labels = [self._label(number) for number in range(len(LABELS))]
        self.milestones = encode([self._milestone(number) for number in range(1, MILESTONES + 1)])
        self.labels = encode(self._labels)
        self._pages: dict[int, bytes] = {}
        self._events: dict[int, bytes] = {}
        self._today = datetime.combine(date.today(), time.min, UTC)  # noqa: DTZ011

    def page(self, number: int) -> bytes:
        """A page of ``PAGE`` issues of the whole list, counted from 1."""
        if number not in self._pages:
            first = (number - 1) * PAGE + 1
            self._pages[number] = self.render(range(first, min(first + PAGE, self.size + 1)))
        return self._pages[number]

    def events(self, number: int) -> bytes:
        """A page of ``PAGE`` events, newest first: every other issue was closed, and almost as many were labelled."""
        if number not in self._events:
            told = [(self._finished(one), "closed", one) for one in range(2, self.size + 1, 2)]
            told += [(self._finished(one), "labeled", one) for one in range(1, self.size + 1) if one % 20 < LABELLED]
            told.sort(reverse=True)
            self._events[number] = encode([self._event(*one) for one in told[(number - 1) * PAGE : number * PAGE]])
        return self._events[number]

    def _created(self, number: int) -> datetime:
        """Evenly over the hundred days before yesterday."""
        return self._today - timedelta(days=100) + timedelta(days=96) / self.size * number

    def _finished(self, number: int) -> datetime:
        """Up to twenty days later."""
        latest = self._today - timedelta(minutes=number % 1400)
        return min(self._created(number) + timedelta(days=number % 20 + 1), latest)

    def event_pages(self) -> int:
        return -(-(self.size // 2 + self.size * LABELLED // 20) // PAGE)

    def _event(self, at: datetime, kind: str, number: int) -> dict[str, Any]:
        url = f"{self._api}/issues/events/{number}"
        head = {"id": number, "node_id": f"CE_{number}", "url": url, "actor": self._users[number % 50], "event": kind}
        rest = {"commit_id": None, "commit_url": None, "created_at": text_of(at)}
        return {**head, **rest, "issue": self._issue(number)}

    def render(self, numbers: range | list[int]) -> bytes:
        return encode([self._issue(number) for number in numbers])

    def description(self) -> dict[str, Any]:
        owner, _, short = self.name.partition("/")
        return {
            "id": self.id,
            "node_id": f"R_{self.id}",
            "name": short,
            "full_name": self.name,
            "owner": {"login": owner, "id": 1, "type": "Organization"},
            "private": False,
            "html_url": f"https://github.example/{self.name}",
            "url": self._api,
            "archived": False,
            "disabled": False,
            "has_issues": True,
            "open_issues_count": self.size // 2,
            "permissions": {"admin": False, "maintain": False, "push": True, "triage": True, "pull": True},
        }

    def _user(self, number: int) -> dict[str, Any]:
        login = f"engineer-{number}"
        user = f"{self._api.partition('/repos/')[0]}/users/{login}"
        kinds = ("followers", "following", "gists", "starred", "subscriptions", "orgs", "repos", "received_events")
        urls = {f"{kind}_url": f"{user}/{kind}" for kind in (*kinds, "organizations", "events")}
        return {
            "login": login,
            "id": 500 + number,
            "node_id": f"U_{number:08d}",
            "avatar_url": f"https://avatars.github.example/u/{500 + number}?v=4",
            "gravatar_id": "",
            "url": user,
            "html_url": f"https://github.example/{login}",
            **urls,
            "type": "User",
            "user_view_type": "public",
            "site_admin": False,
        }

    def _label(self, number: int) -> dict[str, Any]:
        return {
            "id": 7000 + number,
            "node_id": f"LA_{number:08d}",
            "url": f"{self._api}/labels/{LABELS[number]}",
            "name": LABELS[number],
            "color": "ededed",
            "default": False,
            "description": "Which part of the shop this is about",
        }

    def _milestone(self, number: int) -> dict[str, Any]:
        return {
            "url": f"{self._api}/milestones/{number}",
            "html_url": f"https://github.example/{self.name}/milestone/{number}",
            "labels_url": f"{self._api}/milestones/{number}/labels",
            "id": self.id * 1000 + number,
            "node_id": f"MI_{self.id}_{number}",
            "number": number,
            "title": f"Milestone {number}",
            "description": "What we promised for this stretch of road.",
            "creator": self._users[number % 50],
            "open_issues": self.size // MILESTONES // 2,
            "closed_issues": self.size // MILESTONES // 2,
            "state": "open",
            "created_at": text_of(_EPOCH),
            "updated_at": text_of(_EPOCH),
            "due_on": None,
            "closed_at": None,
        }

    def _issue(self, number: int) -> dict[str, Any]:
        api, page = f"{self._api}/issues/{number}", f"https://github.example/{self.name}/issues/{number}"
        created = self._created(number)
        closed = number % 2 == 0
        updated = self.touched.get(number, created + timedelta(days=3))
        issue: dict[str, Any] = {
            "url": api,
            "repository_url": self._api,
            "labels_url": f"{api}/labels{{/name}}",
            "comments_url": f"{api}/comments",
            "events_url": f"{api}/events",
            "html_url": page,
            "id": self.id * 1_000_000 + number,
            "node_id": f"I_{self.id}_{number:07d}",
            "number": number,
            "title": f"The basket forgets discount number {number}",
            "user": self._users[number % 50],
            "labels": [self._labels[number % 40], self._labels[(number * 7 + 3) % 40]],
            "state": "closed" if closed else "open",
            "locked": False,
            "assignees": [self._users[(number + 1) % 50]],
            "milestone": self._milestone(number % MILESTONES + 1) if number % 4 == 0 else None,
            "comments": number % 5,
            "created_at": text_of(created),
            "updated_at": text_of(updated),
            "closed_at": text_of(self._finished(number)) if closed else None,
            "author_association": "MEMBER",
            "type": None,
            "active_lock_reason": None,
            "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
            "body": f"Seen by customer {number}.\n\n{_SENTENCE * 12}",
            "reactions": {"url": f"{api}/reactions", "total_count": 0, "+1": 0, "-1": 0, "heart": 0, "eyes": 0},
            "timeline_url": f"{api}/timeline",
            "performed_via_github_app": None,
            "state_reason": ("not_planned" if number % 10 == 0 else "completed") if closed else None,
        }
        if number % 10 == 5:
            pull = f"{self._api}/pulls/{number}"
            issue |= {"draft": False, "pull_request": {"url": pull, "html_url": page, "merged_at": None}}
        return issue


class GitHubSide:
    """Answers requests below ``/api/v3``."""

    def __init__(self, host: str, sizes: dict[str, int]) -> None:
        self._host = host
        repositories = [Repository(host, number, name, size) for number, (name, size) in enumerate(sizes.items())]
        self.repositories = {repository.name: repository for repository in repositories}
        self._by_id = {str(repository.id): repository for repository in repositories}

    def touch(self, count: int, moment: datetime) -> None:
        """From now on the last ``count`` issues of every repository were changed at ``moment``."""
        for repository in self.repositories.values():
            size = repository.size
            repository.touched = dict.fromkeys(range(max(size - count, 0) + 1, size + 1), moment)

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        if path == "/api/v3/user":
            return as_json({"login": "okrsync-bot", "id": 1, "node_id": "U_1", "type": "User"})
        if path == "/api/v3/rate_limit":
            return as_json({"resources": {"core": {"limit": 5000, "remaining": 4999, "reset": 0, "used": 1}}})
        named = re.fullmatch(r"/api/v3/(?:repos/([^/]+/[^/]+)|repositories/(\d+))(?:/(\w+(?:/events)?))?", path)
        repository = named and (self.repositories.get(named[1] or "") or self._by_id.get(named[2] or ""))
        if not named or not repository:
            return as_json({"message": "Not Found", "status": "404"}, 404)
        if named[3] == "issues/events":
            page = int(query.get("page", 1))
            return self._linked(repository.events(page), path, query, page, repository.event_pages())
        if named[3] == "issues":
            return self._issues(repository, path, query)
        if named[3] in ("milestones", "labels"):
            return Answer(getattr(repository, named[3]))
        return as_json(repository.description())

    def _issues(self, repository: Repository, path: str, query: dict[str, str]) -> Answer:
        page, size = int(query.get("page", 1)), int(query.get("per_page", 30))
        if "since" not in query and size == PAGE:
            return self._linked(repository.page(page), path, query, page, -(-repository.size // PAGE))
        since = query.get("since", "")
        changed = [number for number, moment in repository.touched.items() if text_of(moment) >= since]
        wanted = changed if since else list(range(1, repository.size + 1))
        last = -(-len(wanted) // size)
        return self._linked(repository.render(wanted[(page - 1) * size : page * size]), path, query, page, last)

    def _linked(self, body: bytes, path: str, query: dict[str, str], page: int, last: int) -> Answer:
        def link(number: int, rel: str) -> str:
            return f'<http://{self._host}{path}?{urlencode({**query, "page": number})}>; rel="{rel}"'

        links = [link(page + 1, "next"), link(last, "last")] if page < last else []
        return Answer(body, headers={"Link": ", ".join(links)} if links else {})
