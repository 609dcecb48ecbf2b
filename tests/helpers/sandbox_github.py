"""A client for tests: GitHub's REST API of a sandbox, with a token, by short paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests

from okrsync.sandbox.github.directory import TOKEN
from okrsync.sandbox.server import Sandbox

SHOP = "/repos/acme/shop"


class GitHubClient:
    """Asks as somebody with ``token``; nothing is retried and no redirect followed."""

    def __init__(self, sandbox: Sandbox, token: str = TOKEN) -> None:
        self.url = sandbox.github_url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        url = path if path.startswith("http") else self.url + path
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.request(method, url, json=body, headers=names, timeout=60, allow_redirects=False)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self("GET", path, **headers)

    def pages(self, path: str) -> Iterator[requests.Response]:
        """Every page, by ``Link`` alone."""
        following: str | None = path
        while following:
            answer = self.get(following)
            assert answer.status_code == 200, answer.text
            yield answer
            following = answer.links.get("next", {}).get("url")

    def numbers(self, path: str) -> list[int]:
        return [issue["number"] for page in self.pages(path) for issue in page.json()]
