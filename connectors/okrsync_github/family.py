"""Whose sub-issue an issue is, on servers old and new.

Newer servers name the parent in every list (``parent_issue_url``), and nothing has to be asked. Older ones only say
that an issue *has* sub-issues; those are then listed once per parent. The list is authoritative: children are
given again at the end of the pull with their parent, and the parents are remembered in ``Scope.data``, because a
child that changes later comes without a word about its parent. Oldest servers have no sub-issues at all.

A parent that is gone stops nothing: the others are listed as ever. A list that is refused for an issue that is there
and has sub-issues says nothing about them, and the pull fails rather than conclude that they have no parent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from okrsync.errors import BadAnswer
from okrsync.model.work import Scope
from okrsync_github import translate
from okrsync_github.client import Client
from okrsync_github.failures import Missing
from okrsync_github.payload import Issue, decoder

PARENTS = "parents"
"""In ``Scope.data``: numbers of issues with sub-issues, on servers that do not name the parent in lists."""

_decode = decoder(list[Issue])
_decode_one = decoder(Issue)


class Family:
    """The sub-issues of one repository during one pull."""

    def __init__(self, client: Client, scope: Scope) -> None:
        self._client = client
        self._scope = scope
        self._told = False
        self._met = False
        self._parents: dict[int, None] = {}
        self._listed: dict[int, list[Issue]] = {}
        self._unlisted: set[int] = set()
        self._parent_of: dict[str, str] = {}

    def meet(self, issues: Sequence[Issue]) -> None:
        """Take note of a page; before the first one is used, list the children of remembered parents."""
        self._told = self._told or translate.tell_parents(issues)
        if issues and not self._met and not self._told:
            for number in self._remembered():
                self._list(number, translate.repository(issues[0].repository_url))
        self._met = self._met or bool(issues)
        self._parents |= dict.fromkeys(translate.parents(issues))

    def parent(self, issue: Issue) -> str | None:
        """Key of the parent as far as it was listed, for an issue that does not tell itself."""
        return self._parent_of.get(issue.node_id)

    def children(self, repository: str) -> Iterator[tuple[Issue, str]]:
        """Children with their parent's key, where the server does not name parents; of this repository only."""
        if self._told:
            return
        for number in self._parents:
            if number not in self._listed and number not in self._unlisted:
                self._list(number, repository)
        for number, issues in self._listed.items():
            for issue in issues:
                if translate.repository(issue.repository_url) == repository:
                    yield issue, f"{repository}#{number}"

    def memory(self) -> dict[str, str]:
        """What to remember in ``Scope.data`` after the pull."""
        numbers = set() if self._told else {*self._remembered(), *self._listed} - self._unlisted
        return {PARENTS: " ".join(map(str, sorted(numbers)))} if numbers or PARENTS in self._scope.data else {}

    def _remembered(self) -> list[int]:
        return [int(number) for number in self._scope.data.get(PARENTS, "").split()]

    def _list(self, number: int, repository: str) -> None:
        """Ask for an issue's children. Raises BadAnswer where it has some and they are not told."""
        key, path = f"{repository}#{number}", f"/repositories/{self._scope.id}/issues/{number}"
        try:
            children = [issue for page in self._client.pages(f"{path}/sub_issues", _decode) for issue in page.value]
        except Missing:
            self._make_sure_of_none(key, path)
            self._unlisted.add(number)
            return
        self._listed[number] = children
        self._parent_of |= {issue.node_id: key for issue in children}

    def _make_sure_of_none(self, key: str, path: str) -> None:
        """That the issue is gone, or says itself that it has no sub-issues."""
        try:
            issue = self._client.read(path, _decode_one).value
        except Missing:
            return
        if translate.parents([issue]):
            raise BadAnswer(
                f"{key}: GitHub says that it has sub-issues, and does not list them.",
                hint="Run the sync again; if it stays so, ask who runs the server, or a proxy before it.",
            )
