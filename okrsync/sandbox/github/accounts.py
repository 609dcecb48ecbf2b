"""People and repositories as GitHub writes them in JSON: mostly addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from okrsync.sandbox.github.records import Person, Repository

Json = dict[str, Any]

APP_ID = 7
CLIENT_ID = "Iv23sandbox"
"""The two names of the one GitHub App there is, for whoever signs in as one."""

_PERSON_LINKS = (
    "followers",
    "following{/other_user}",
    "gists{/gist_id}",
    "starred{/owner}{/repo}",
    "subscriptions",
    "orgs",
    "repos",
    "events{/privacy}",
    "received_events",
)
_REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def person_json(person: Person, api: str, site: str) -> Json:
    url = f"{api}/users/{person.login}"
    links = {f"{name.partition('{')[0]}_url": f"{url}/{name}" for name in _PERSON_LINKS}
    links["organizations_url"] = links.pop("orgs_url")
    return {
        "login": person.login,
        "id": person.id,
        "node_id": f"U_{person.id:08x}",
        "avatar_url": f"{site}/avatars/{person.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{site}/{person.login}",
        **links,
        "type": person.kind,
        "site_admin": False,
    }


def repository_json(repository: Repository, owner: Json, *, url: str, site: str, writable: bool, admin: bool) -> Json:
    still_open = sum(issue.open for issue in repository.issues.values())
    rights = {"admin": admin, "maintain": admin, "push": writable, "triage": writable, "pull": True}
    return {
        "id": repository.id,
        "node_id": f"R_{repository.id:08x}",
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": owner,
        "html_url": site,
        "description": None,
        "fork": False,
        "url": url,
        **{name: url + path for name, path in _REPOSITORY_LINKS.items()},
        "git_url": f"{site}.git",
        "ssh_url": f"{site}.git",
        "clone_url": f"{site}.git",
        "svn_url": site,
        "mirror_url": None,
        "homepage": None,
        "language": "Python",
        "license": None,
        "size": 100,
        "default_branch": "main",
        "topics": [],
        **dict.fromkeys(("forks", "forks_count", "network_count", "stargazers_count", "subscribers_count"), 0),
        **dict.fromkeys(("watchers", "watchers_count"), 0),
        **dict.fromkeys(("open_issues", "open_issues_count"), still_open),
        **dict.fromkeys(("has_projects", "has_wiki", "has_downloads"), True),
        "has_issues": repository.has_issues,
        **dict.fromkeys(("has_pages", "has_discussions", "is_template", "disabled"), False),
        "archived": repository.archived,
        "visibility": "private" if repository.private else "public",
        "created_at": repository.created,
        "updated_at": repository.created,
        "pushed_at": repository.created,
        "permissions": rights,
    }


def app_json(owner: Json, site: str, since: datetime) -> Json:
    """The App behind what an installation's token wrote. Old servers do not tell the ``client_id``."""
    told = {"client_id": CLIENT_ID} if CLIENT_ID else {}
    return {
        "id": APP_ID,
        **told,
        "slug": "okrsync",
        "node_id": f"A_{APP_ID:08x}",
        "owner": owner,
        "name": "okrsync",
        "description": None,
        "external_url": site,
        "html_url": f"{site}/apps/okrsync",
        "created_at": since,
        "updated_at": since,
        "permissions": {"issues": "write", "metadata": "read", "pull_requests": "write"},
        "events": [],
    }
