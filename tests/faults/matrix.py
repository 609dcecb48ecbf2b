"""The fault matrix as data: every request that the connectors send, everything that can go wrong with one.

A *scene* is the run in which a request is met: ``first`` reads everything and writes on blank tickets, ``second``
reads what changed, takes a census, edits and removes, ``lost`` begins with an empty store beside written tickets,
``clean`` takes everything away, ``organisation`` is a GitHub App that reads a whole organisation, ``check`` is
`okrsync check` and ``check-app`` that of a GitHub App, ``hinted`` reads anew what a webhook named, ``backfill`` reads
the past of everything that is linked, ``few`` that of a few items, and ``several`` reads two projects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

TRACKERS = {"github": "GitHub", "jira": "Jira Cloud", "jira-dc": "Jira Data Center"}


class Shape(StrEnum):
    """What a request is for, as far as faults care."""

    SITE = "site"
    TICKET = "ticket"
    LIST = "list"
    WRITE = "write"
    SILENT_WRITE = "silent write"


@dataclass(frozen=True)
class Request:
    """One kind of request. ``path`` and ``body`` are searched in the address with its query and in what is sent.

    ``later`` finds the later pages of a list, in address and body together; "" where there is only one.
    ``clock`` tells that the run compares its own time with the answer's. ``twin`` marks what the same lines of code
    send to Jira Cloud; there its faults are tried. ``home`` is about a repository or project itself, which may
    be renamed or archived.
    """

    tracker: str
    name: str
    scene: str
    method: str
    path: str
    shape: Shape = Shape.TICKET
    body: str = ""
    later: str = ""
    clock: bool = False
    twin: bool = False
    home: bool = False

    @property
    def writes(self) -> bool:
        return self.shape in (Shape.WRITE, Shape.SILENT_WRITE)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. ``does`` is how the stage makes it happen, with ``details``.

    ``lasting`` faults strike every such request until the run is over, the others once.
    """

    name: str
    does: str
    lasting: bool = False
    details: Mapping[str, object] = field(default_factory=dict)
    trackers: tuple[str, ...] = tuple(TRACKERS)


@dataclass(frozen=True)
class Cell:
    """A request and what happens to it."""

    request: Request
    fault: Fault

    @property
    def id(self) -> str:
        return f"{self.request.tracker} / {self.request.name} / {self.fault.name}"


_PAGE = r"[?&]page="
_ID = r"/repositories/\d+"


def _github() -> Iterator[Request]:
    def request(name: str, scene: str, method: str, path: str, shape: Shape = Shape.TICKET, **more: object) -> Request:
        return Request("github", name, scene, method, path, shape, **more)  # type: ignore[arg-type]

    site, listed, write, silent = Shape.SITE, Shape.LIST, Shape.WRITE, Shape.SILENT_WRITE
    yield request("repository by name", "first", "GET", "/repos/acme/shop$", site, home=True)
    yield request("issues, first page", "first", "GET", rf"{_ID}/issues\?(?!.*{_PAGE})", listed, clock=True)
    yield request("issues, next page", "first", "GET", rf"{_ID}/issues\?.*{_PAGE}", listed, later=_PAGE)
    yield request("issues changed since", "second", "GET", rf"{_ID}/issues\?.*since=", listed, later=_PAGE, clock=True)
    yield request("milestones", "first", "GET", rf"{_ID}/milestones", listed, later=_PAGE)
    yield request("labels", "first", "GET", rf"{_ID}/labels\?", listed, later=_PAGE)
    yield request("sub-issues", "first", "GET", "/issues/5/sub_issues", listed, later=_PAGE)
    yield request("sub-issues of another parent", "first", "GET", r"/issues/(?!5/)\d+/sub_issues", listed)
    yield request("search", "first", "GET", "/search/issues", listed, later=_PAGE)
    yield request("census", "second", "GET", rf"{_ID}/issues\?(?!.*since=)", listed, later=_PAGE)
    yield request("issue", "second", "GET", rf"{_ID}/issues/\d+$")
    yield request("account", "lost", "GET", "/user$", site)
    yield request("comments of an issue", "first", "GET", r"/issues/\d+/comments", listed, later=_PAGE)
    yield request("comments of a repository", "lost", "GET", rf"{_ID}/issues/comments\?", listed, later=_PAGE)
    yield request("create a label", "first", "POST", rf"{_ID}/labels$", write)
    yield request("edit a label", "second", "PATCH", rf"{_ID}/labels/", write)
    yield request("delete a label", "clean", "DELETE", rf"{_ID}/labels/", silent)
    yield request("put a label on an issue", "first", "POST", r"/issues/\d+/labels$", write)
    yield request("take a label off an issue", "second", "DELETE", r"/issues/\d+/labels/", write)
    yield request("create a comment", "first", "POST", r"/issues/\d+/comments$", write)
    yield request("edit a comment", "second", "PATCH", r"/issues/comments/\d+", write)
    yield request("delete a comment", "second", "DELETE", r"/issues/comments/\d+", silent)
    yield request("repositories of an organisation", "organisation", "GET", "/orgs/acme/repos", listed, later=_PAGE)
    yield request("installation token", "organisation", "POST", "/access_tokens$", site, clock=True)
    yield request("events of a repository", "backfill", "GET", rf"{_ID}/issues/events", listed, later=_PAGE)
    yield request("timeline of an issue", "few", "GET", r"/issues/\d+/timeline", listed, later=_PAGE)
    yield request("issue that a webhook named", "hinted", "GET", rf"{_ID}/issues/\d+$")
    yield request("sub-issues after a webhook", "hinted", "GET", "/issues/5/sub_issues", listed, later=_PAGE)
    yield request("check: account", "check", "GET", "/user$", site, clock=True)
    yield request("check: repository", "check", "GET", rf"{_ID}$", site, home=True)
    yield request("check: issues", "check", "GET", rf"{_ID}/issues\?", site)
    yield request("check: labels", "check", "GET", rf"{_ID}/labels", site)
    yield request("check: installation token", "check-app", "POST", "/access_tokens$", site, clock=True)
    yield request("check: repositories of an installation", "check-app", "GET", "/installation/repositories", site)
    yield request("check: repositories of an organisation", "check-app", "GET", "/orgs/acme/repos", listed, later=_PAGE)
    yield request("check: query", "check", "GET", r"/search/issues\?.*per_page=1(&|$)", site)


_BARE = {"jira": r'"fields":\["id"\]', "jira-dc": r'"fields":\["created"\]'}
_FULL = r'"fields":\["created","updated"'
_LATER = {"jira": "nextPageToken", "jira-dc": r"created >= \d|startAt.:[1-9]"}
_OF_ITS_OWN = frozenset(
    {
        "site",
        "search, first page",
        "search, next page",
        "search, changed since",
        "members of a query",
        "census",
        "issue",
        "comments of an issue",
        "mark of a comment",
        "issues that a webhook named",
        "edit a comment",
        "changelogs of many issues",
        "fields, for their names",
        "issue with its changelog",
        "check: query",
    }
)
"""Requests in which Data Center differs from Cloud."""


def _jira(tracker: str) -> Iterator[Request]:
    def request(name: str, scene: str, method: str, path: str, shape: Shape = Shape.TICKET, **more: object) -> Request:
        twin = tracker == "jira-dc" and name not in _OF_ITS_OWN
        return Request(tracker, name, scene, method, path, shape, twin=twin, **more)  # type: ignore[arg-type]

    site, listed, write, silent = Shape.SITE, Shape.LIST, Shape.WRITE, Shape.SILENT_WRITE
    cloud, bare, later = tracker == "jira", _BARE[tracker], _LATER[tracker]
    search = "/search/jql$" if cloud else "/search$"
    yield request("site", "first", "GET", "/serverInfo$", site)
    yield request("project", "first", "GET", "/project/SHOP$", site, home=True)
    if cloud:
        yield request("projects at once", "several", "GET", "/project/search", site, home=True)
    yield request("fields", "first", "GET", "/field$", site)
    yield request("board", "first", "GET", r"/board/\d+/configuration$", site)
    yield request("versions", "first", "GET", "/versions$", site, clock=True, home=True)
    first = rf"^(?!.*(?:{later})).*{_FULL}"
    yield request("search, first page", "first", "POST", search, listed, body=first)
    next_one = rf"(?:{later}).*{_FULL}|{_FULL}.*(?:{later})"
    yield request("search, next page", "first", "POST", search, listed, body=next_one, later=later)
    yield request("search, changed since", "second", "POST", search, listed, body="updated >=", later=later)
    yield request("members of a query", "first", "POST", search, listed, body=rf"priority.*{bare}", later=later)
    yield request("census", "second", "POST", search, listed, body=rf"^(?!.*priority).*{bare}", later=later)
    if cloud:
        yield request("many issues at once", "first", "POST", "/issue/bulkfetch$")
    yield request("issue", "second" if cloud else "first", "GET", r"/issue/\d+\?(?!.*changelog)")
    fresh = {"path": "/issue/bulkfetch$"} if cloud else {"path": search, "body": r"id in \("}
    yield request("issues that a webhook named", "hinted", "POST", shape=Shape.TICKET, **fresh)
    yield request("comments of an issue", "first", "GET", r"/issue/\d+/comment\?", listed, later=r"startAt=[1-9]")
    if not cloud:
        yield request("mark of a comment", "lost", "GET", r"/comment/\d+/properties/")
    yield request("change labels of an issue", "first", "PUT", r"/issue/\d+(\?|$)", silent)
    yield request("create a comment", "first", "POST", r"/issue/\d+/comment$", write)
    yield request("edit a comment", "second", "PUT", r"/issue/\d+/comment/\d+", write)
    yield request("delete a comment", "second", "DELETE", r"/issue/\d+/comment/\d+", silent)
    yield request("put a remote link", "first", "POST", r"/issue/\d+/remotelink$", write)
    yield request("delete a remote link", "second", "DELETE", r"/issue/\d+/remotelink", silent)
    yield request("statuses", "backfill", "GET", "/status$", site)
    if cloud:
        many = {"path": "/changelog/bulkfetch$", "later": later}
    else:
        many = {"path": search, "body": '"changelog"'}
        yield request("fields, for their names", "backfill", "GET", "/field$", site)
        yield request("issue with its changelog", "backfill", "GET", r"/issue/\d+\?.*changelog")
    yield request("changelogs of many issues", "backfill", "POST", shape=listed, **many)
    yield request("check: account", "check", "GET", "/myself$", site, clock=True)
    yield request("check: site", "check", "GET", "/serverInfo$", site)
    yield request("check: project", "check", "GET", "/project/SHOP$", site, home=True)
    yield request("check: permissions", "check", "GET", "/mypermissions", site)
    yield request("check: query", "check", "POST", search, site, body='"maxResults":1[,}]')


REQUESTS: tuple[Request, ...] = (*_github(), *_jira("jira"), *_jira("jira-dc"))

_JIRAS = ("jira", "jira-dc")

FAULTS: tuple[Fault, ...] = (
    Fault("429, Retry-After in seconds", "rate-limit", details={"retry_after": 2}),
    Fault("429, Retry-After as a date", "rate-limit", details={"retry_after": 7, "retry_after_date": True}),
    Fault("429, Retry-After an hour", "rate-limit", lasting=True, details={"retry_after": 3600}),
    Fault("429, Retry-After 0", "rate-limit", details={"retry_after": 0}),
    Fault("429 without Retry-After", "rate-limit"),
    Fault("429, Retry-After of 400 digits", "rate-limit", details={"retry_after": 10**399}),
    Fault("403 secondary limit", "secondary-limit", trackers=("github",)),
    Fault("403 permission", "status", lasting=True, details={"status": 403}),
    Fault("401 in mid-run", "status", lasting=True, details={"status": 401}),
    Fault("404", "status", lasting=True, details={"status": 404}),
    Fault("410", "status", lasting=True, details={"status": 410}),
    Fault("409", "status", details={"status": 409}),
    Fault("422", "status", lasting=True, details={"status": 422}),
    Fault("500, once", "status", details={"status": 500}),
    Fault("502 after it was done, once", "committed-then-status", details={"status": 502}),
    Fault("503, lasting", "html-error", lasting=True, details={"status": 503}),
    Fault("504 after it was done, lasting", "committed-then-status", lasting=True, details={"status": 504}),
    Fault("connection refused", "refused", lasting=True),
    Fault("reset before it was done", "reset"),
    Fault("reset after it was done", "committed-then-reset"),
    Fault("read timeout", "timeout"),
    Fault("truncated JSON", "truncated"),
    Fault("JSON nested 100,000 deep", "nested"),
    Fault("HTML with 200", "html", lasting=True),
    Fault("empty body", "empty", lasting=True),
    Fault("a page repeated", "page-again"),
    Fault("a page token repeated", "token-again", lasting=True, trackers=("github", "jira")),
    Fault("a page shrunk", "page-shrunk"),
    Fault("the issue moved", "moved", trackers=_JIRAS),
    Fault("the issue transferred", "transferred", trackers=("github",)),
    Fault("the issue deleted", "deleted"),
    Fault("the issue locked", "locked", trackers=("github",)),
    Fault("the repository renamed", "renamed", trackers=("github",)),
    Fault("the repository or project archived", "archived"),
    Fault("our clock 10 minutes ahead", "skew", details={"minutes": 10}),
    Fault("our clock 10 minutes behind", "skew", details={"minutes": -10}),
)

EVENTS = frozenset({"moved", "transferred", "deleted", "locked", "renamed", "archived"})
"""What people do to a ticket or its home just before the request arrives."""

_HOME = frozenset({"renamed", "archived"})
"""What happens to a whole repository or project."""

_ASKS_WHETHER = frozenset(
    {
        "issue",
        "issue that a webhook named",
        "mark of a comment",
        "timeline of an issue",
        "issue with its changelog",
    }
)
"""Requests whose 404 is an answer: a ticket that is gone, another's comment."""


def unfit(request: Request, fault: Fault) -> str:
    """Why a combination makes no sense; "" where it does."""
    if request.tracker not in fault.trackers:
        return f"{TRACKERS[request.tracker]} has no such thing"
    if request.twin:
        return "the same code sends it to Jira Cloud, where it is tried"
    if fault.does in EVENTS and request.scene == "clean":
        return "it takes away what is there anyway"
    if fault.does in EVENTS and request.shape is Shape.SITE and not (request.home and fault.does in _HOME):
        return "the request is about no ticket, repository or project that this happens to"
    if fault.does in ("page-again", "token-again") and not request.later:
        return "it has no later page"
    if fault.does == "page-shrunk" and (request.shape is not Shape.LIST or request.name.endswith("next page")):
        return "it is no list, or not where a list begins"
    if fault.does == "skew" and not request.clock:
        return "the run compares no clock with its answer"
    if request.shape is Shape.SILENT_WRITE and fault.does in ("truncated", "nested", "empty"):
        return "it has no answer that could be cut off or be missing"
    if fault.name in ("404", "410") and (request.method == "DELETE" or request.name in _ASKS_WHETHER):
        return "it says that the thing is not there, which is what the request wants to know"
    return ""


CELLS: tuple[Cell, ...] = tuple(
    Cell(request, fault) for request in REQUESTS for fault in FAULTS if not unfit(request, fault)
)
