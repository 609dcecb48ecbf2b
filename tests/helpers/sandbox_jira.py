"""A client for tests: the REST API of a sandbox Jira, signed in as its flavour wants it, by short paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import requests

from okrsync.sandbox.jira import JiraState


class JiraClient:
    """Nothing is retried. ``api`` is the version of the API that paths are asked in."""

    def __init__(self, state: JiraState, *, token: str | None = None, api: str = "2") -> None:
        self.state = state
        self.api = api
        self.session = requests.Session()
        secret = token or state.token
        if state.cloud:
            self.session.auth = (state.email, secret)
        else:
            self.session.headers["Authorization"] = f"Bearer {secret}"

    def __call__(self, method: str, path: str, body: Any = None) -> requests.Response:
        root = "/rest/agile/1.0" if path.startswith("/board") else f"/rest/api/{self.api}"
        return self.session.request(method, self.state.base_url + root + path, json=body, timeout=60)

    def get(self, path: str) -> requests.Response:
        return self("GET", path)

    def search(self, jql: str, *fields: str, **options: Any) -> list[dict[str, Any]]:
        """Every issue of a search, over all of its pages."""
        pages = self.token_pages if self.state.cloud else self.offset_pages
        return [issue for page in pages(jql, fields, **options) for issue in page["issues"]]

    def keys(self, jql: str) -> list[str]:
        return [issue["key"] for issue in self.search(jql, "key")]

    def token_pages(self, jql: str, fields: Sequence[str] = (), size: int = 100) -> Iterator[dict[str, Any]]:
        body: dict[str, Any] = {"jql": jql, "fields": list(fields), "maxResults": size}
        while True:
            page = self._read("/search/jql", body)
            yield page
            if "nextPageToken" not in page:
                return
            body["nextPageToken"] = page["nextPageToken"]

    def offset_pages(self, jql: str, fields: Sequence[str] = (), size: int = 100) -> Iterator[dict[str, Any]]:
        start = 0
        while True:
            body = {"jql": jql, "fields": list(fields), "maxResults": size, "startAt": start}
            page = self._read("/search", body)
            yield page
            start += len(page["issues"])
            if start >= page["total"] or not page["issues"]:
                return

    def refused(self, jql: str) -> str:
        """What Jira says about a query that it does not take."""
        answer = self("POST", "/search/jql" if self.state.cloud else "/search", {"jql": jql})
        assert answer.status_code == 400, answer.text
        (message,) = answer.json()["errorMessages"]
        return str(message)

    def _read(self, path: str, body: Any) -> dict[str, Any]:
        answer = self("POST", path, body)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()
        return data
