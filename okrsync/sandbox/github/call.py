"""One request to the sandbox GitHub, what it is about, and how it may be answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from okrsync.sandbox.answer import Answer
from okrsync.sandbox.github.records import Issue, Person, Repository
from okrsync.sandbox.github.render import Renderer
from okrsync.sandbox.github.state import GitHubState

_DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """An answer other than the one hoped for."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: dict[str, Any] = {"message": message, "documentation_url": _DOCUMENTATION, "status": str(status)}
        if errors is not None:
            self.body["errors"] = errors


def invalid(resource: str, name: str, code: str = "invalid", message: str = "Validation Failed") -> Refusal:
    return Refusal(422, message, errors=[{"resource": resource, "field": name, "code": code}])


@dataclass(slots=True)
class Call:
    """One admitted request. ``rest`` is the path below the repository."""

    state: GitHubState
    render: Renderer
    method: str
    path: str
    params: dict[str, Any]
    query: dict[str, str]
    body: Any
    who: Person
    token: str
    writable: bool

    @property
    def base(self) -> str:
        """The repository's part of the path: what stands before ``rest``."""
        given = self.params
        return f"/repositories/{given['repository_id']}" if "repository_id" in given else f"/repos/{self._name}"

    @property
    def rest(self) -> str:
        return self.path[len(self.base) :]

    @property
    def _name(self) -> str:
        return f"{self.params['owner']}/{self.params['repo']}"

    def repository(self) -> Repository:
        """Raises Refusal: 404, 301 (307 for writes) when it was renamed, 403 for a write to an archived one."""
        try:
            found = self.state.repository(self.params.get("repository_id") or self._name)
        except KeyError:
            raise Refusal(404, "Not Found") from None
        if "repo" in self.params and self._name.lower() != found.full_name.lower():
            raise self.moved(f"/repositories/{found.id}{self.rest}")
        if found.archived and self.method != "GET":
            raise Refusal(403, "Repository was archived so is read-only.")
        return found

    def issue(self) -> Issue:
        """Raises Refusal: 404, 410 when it was deleted, 301 (307 for writes) when it was transferred."""
        home, number = self.repository(), int(self.params["number"])
        if number in home.moved:
            issue = home.moved[number]
            below = self.rest.removeprefix(f"/issues/{number}")
            raise self.moved(f"/repositories/{issue.repository.id}/issues/{issue.number}{below}")
        if number in home.deleted:
            raise Refusal(410, "This issue was deleted")
        if number not in home.issues:
            raise Refusal(404, "Not Found")
        return home.issues[number]

    def moved(self, path: str) -> Refusal:
        query = f"?{urlencode(self.query)}" if self.query else ""
        url = f"{self.state.base_url}{path}{query}"
        refusal = Refusal(
            301 if self.method == "GET" else 307,
            "Moved Permanently" if self.method == "GET" else "Temporary Redirect",
            headers={"location": url},
        )
        refusal.body["url"] = url
        return refusal

    def fields(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        if not isinstance(self.body, dict):
            raise Refusal(400, "Problems parsing JSON")
        return self.body


Handler = Callable[[Call], Answer]
