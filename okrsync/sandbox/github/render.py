"""Records as GitHub writes them in JSON. Datetimes stay datetimes: the encoder writes them as GitHub does."""

from __future__ import annotations

from okrsync.sandbox.github.accounts import Json, app_json, person_json, repository_json
from okrsync.sandbox.github.directory import Directory
from okrsync.sandbox.github.records import Comment, Issue, IssueType, Label, Milestone, Person, Repository

_REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


class Renderer:
    """Turns records into JSON objects with the addresses of one server."""

    def __init__(self, state: Directory) -> None:
        self._state = state
        self._people: dict[tuple[str, str], Json] = {}

    @property
    def _api(self) -> str:
        return self._state.base_url

    @property
    def _site(self) -> str:
        return self._api.removesuffix("/api/v3")

    def repository_url(self, repository: Repository) -> str:
        return f"{self._api}/repos/{repository.full_name}"

    def issue_url(self, issue: Issue) -> str:
        return f"{self.repository_url(issue.repository)}/issues/{issue.number}"

    def person(self, person: Person) -> Json:
        """Cached, since every issue repeats its people."""
        known = self._people.get((self._api, person.login))
        if known is None:
            known = self._people[self._api, person.login] = person_json(person, self._api, self._site)
        return known

    def label(self, label: Label, repository: Repository) -> Json:
        return {
            "id": label.id,
            "node_id": f"LA_{label.id:08x}",
            "url": f"{self.repository_url(repository)}/labels/{label.name}",
            "name": label.name,
            "color": label.color,
            "default": False,
            "description": label.description,
        }

    def milestone(self, milestone: Milestone, repository: Repository) -> Json:
        url = f"{self.repository_url(repository)}/milestones/{milestone.number}"
        return {
            "url": url,
            "html_url": f"{self._site}/{repository.full_name}/milestone/{milestone.number}",
            "labels_url": f"{url}/labels",
            "id": milestone.id,
            "node_id": f"MI_{milestone.id:08x}",
            "number": milestone.number,
            "title": milestone.title,
            "description": milestone.description,
            "creator": self.person(milestone.creator),
            "open_issues": milestone.open,
            "closed_issues": milestone.closed,
            "state": "closed" if milestone.closed_at else "open",
            "created_at": milestone.created,
            "updated_at": milestone.updated,
            "due_on": milestone.due,
            "closed_at": milestone.closed_at,
        }

    def comment(self, comment: Comment) -> Json:
        repository = comment.issue.repository
        page = "pull" if comment.issue.pull_request else "issues"
        site = f"{self._site}/{repository.full_name}/{page}/{comment.issue.number}"
        return {
            "url": f"{self.repository_url(repository)}/issues/comments/{comment.id}",
            "html_url": f"{site}#issuecomment-{comment.id}",
            "issue_url": self.issue_url(comment.issue),
            "id": comment.id,
            "node_id": f"IC_{comment.id:08x}",
            "user": self.person(comment.author),
            "created_at": comment.created,
            "updated_at": comment.updated,
            "author_association": "MEMBER",
            "body": comment.body,
            "reactions": _reactions(f"{self.repository_url(repository)}/issues/comments/{comment.id}/reactions"),
            "performed_via_github_app": self._app(comment),
        }

    def _app(self, comment: Comment) -> Json | None:
        """The App behind a comment; of bots, there is only that one."""
        by_app = comment.author.kind == "Bot"
        return app_json(self.person(comment.author), self._site, comment.created) if by_app else None

    def issue(self, issue: Issue, *, alone: bool = False) -> Json:
        """``alone`` adds what only the answer about a single issue tells."""
        repository, url = issue.repository, self.issue_url(issue)
        page = "pull" if issue.pull_request else "issues"
        assignees = [self.person(assignee) for assignee in issue.assignees]
        out: Json = {
            "url": url,
            "repository_url": self.repository_url(repository),
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": f"{self._site}/{repository.full_name}/{page}/{issue.number}",
            "id": issue.id,
            "node_id": f"{'PR' if issue.pull_request else 'I'}_{issue.id:08x}",
            "number": issue.number,
            "title": issue.title,
            "user": self.person(issue.author),
            "labels": [self.label(label, repository) for label in issue.labels],
            "state": "open" if issue.open else "closed",
            "locked": issue.locked,
            "assignee": assignees[0] if assignees else None,
            "assignees": assignees,
            "milestone": self.milestone(issue.milestone, repository) if issue.milestone else None,
            "comments": len(issue.comments),
            "created_at": None if issue.id in self._state.spoiled else issue.created,
            "updated_at": issue.updated,
            "closed_at": issue.closed_at,
            "author_association": "MEMBER",
            "active_lock_reason": "resolved" if issue.locked else None,
            "body": issue.body,
            "reactions": _reactions(f"{url}/reactions"),
            "timeline_url": f"{url}/timeline",
            "performed_via_github_app": None,
            "state_reason": issue.state_reason,
        }
        self._add_kind(out, issue)
        if alone:
            out["closed_by"] = self.person(issue.closed_by) if issue.closed_by else None
        return out

    def _add_kind(self, out: Json, issue: Issue) -> None:
        if issue.pull_request:
            url = f"{self.repository_url(issue.repository)}/pulls/{issue.number}"
            html = str(out["html_url"])
            links = {"url": url, "html_url": html, "diff_url": f"{html}.diff", "patch_url": f"{html}.patch"}
            out["draft"] = issue.draft
            out["pull_request"] = {**links, "merged_at": issue.merged}
            return
        if issue.type is not None:
            out["type"] = _type(issue.type)
        if self._state.sub_issues and self._state.tells_sub_issues:
            out["sub_issues_summary"] = _summary(issue)
        if self._state.sub_issues and self._state.tells_parent:
            out["parent_issue_url"] = self.issue_url(issue.parent) if issue.parent else None

    def repository(self, repository: Repository, *, writable: bool) -> Json:
        return repository_json(
            repository,
            self.person(repository.owner),
            url=self.repository_url(repository),
            site=f"{self._site}/{repository.full_name}",
            writable=writable,
            admin=writable and self._state.administrator,
        )


def _reactions(url: str) -> Json:
    return {"url": url, "total_count": 0, **dict.fromkeys(_REACTIONS, 0)}


def _summary(issue: Issue) -> Json:
    total, completed = len(issue.children), sum(not child.open for child in issue.children)
    return {"total": total, "completed": completed, "percent_completed": 100 * completed // total if total else 0}


def _type(kind: IssueType) -> Json:
    return {
        "id": kind.id,
        "node_id": f"IT_{kind.id:08x}",
        "name": kind.name,
        "description": kind.description,
        "is_enabled": True,
    }
