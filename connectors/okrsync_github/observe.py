"""What tickets show of ours: labels of our namespace, and our note, found by its mark.

A few tickets are looked at one by one. For many of one repository the lists of the whole repository cost fewer
requests, if it is small; GitHub says so itself by naming the last page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import NamedTuple, TypeVar

from okrsync import marker
from okrsync.connector import Context
from okrsync.errors import Forbidden
from okrsync.model.change import Shown, ShownNote
from okrsync.model.work import Ref
from okrsync_github.client import Answer, Client
from okrsync_github.failures import Missing
from okrsync_github.payload import App, Comment, ShownIssue, User, decoder, label_name
from okrsync_github.translate import number_of

BULK_FROM = 10
"""So many tickets of a repository make it worth asking how long its lists are."""

T = TypeVar("T")

_decode_issue = decoder(ShownIssue)
_decode_issues = decoder(list[ShownIssue])
_decode_comments = decoder(list[Comment])
_decode_user = decoder(User)


class Notes(NamedTuple):
    """The notes on a ticket: our own, the oldest first, and the labels that those of other installations claim."""

    own: Sequence[ShownNote] = ()
    claimed: tuple[str, ...] = ()


_NO_NOTES = Notes()


class Observer:
    """Looks at tickets with the eyes of one account and one installation."""

    def __init__(self, client: Client, context: Context) -> None:
        self._client = client
        self._context = context
        self._author: str | None = None

    def observe(self, refs: Sequence[Ref]) -> Iterator[Shown]:
        """What each ticket shows; tickets that are gone are left out."""
        for scope, group in groupby(sorted(refs, key=lambda ref: ref.scope), key=lambda ref: ref.scope):
            yield from self._of_repository(scope, {number_of(ref.key): ref for ref in group})

    def notes(self, ref: Ref) -> Sequence[ShownNote]:
        """Our notes on one ticket, the oldest first."""
        return self._notes_on(ref).own

    def _notes_on(self, ref: Ref) -> Notes:
        path = f"/repositories/{ref.scope}/issues/{number_of(ref.key)}/comments"
        return self._sorted(chain.from_iterable(page.value for page in self._client.pages(path, _decode_comments)))

    def _of_repository(self, scope: str, wanted: Mapping[int, Ref]) -> Iterator[Shown]:
        found = {issue.number: issue for issue in self._issues(scope, wanted)}
        talked = {number for number, issue in found.items() if issue.comments != 0}
        notes = self._notes(scope, {number: wanted[number] for number in talked})
        for number, issue in found.items():
            own, claimed = notes.get(number, _NO_NOTES)
            yield Shown(
                ref=wanted[number],
                labels=tuple(
                    name for name in map(label_name, issue.labels or ()) if self._context.namespace.owns(name)
                ),
                note=own[0] if own else None,
                surplus=tuple(note.id for note in own[1:]),
                claimed=claimed,
            )

    def _issues(self, scope: str, wanted: Mapping[int, Ref]) -> Iterator[ShownIssue]:
        path = f"/repositories/{scope}/issues"
        pages = self._whole(path, _decode_issues, len(wanted), state="all")
        every = self._singly(path, wanted) if pages is None else chain.from_iterable(page.value for page in pages)
        return (issue for issue in every if issue.number in wanted and issue.node_id == wanted[issue.number].id)

    def _singly(self, path: str, wanted: Mapping[int, Ref]) -> Iterator[ShownIssue]:
        for number in wanted:
            try:
                yield self._client.read(f"{path}/{number}", _decode_issue).value
            except Missing:
                continue

    def _notes(self, scope: str, wanted: Mapping[int, Ref]) -> Mapping[int, Notes]:
        pages = self._whole(f"/repositories/{scope}/issues/comments", _decode_comments, len(wanted))
        if pages is None:
            return {number: self._notes_unless_gone(ref) for number, ref in wanted.items()}
        by_issue: dict[int, list[Comment]] = {}
        for comment in chain.from_iterable(page.value for page in pages):
            if comment.body and marker.find_hidden(comment.body):
                by_issue.setdefault(issue_number(comment), []).append(comment)
        return {number: self._sorted(by_issue.get(number, ())) for number in wanted}

    def _notes_unless_gone(self, ref: Ref) -> Notes:
        try:
            return self._notes_on(ref)
        except Missing:
            return _NO_NOTES

    def _whole(
        self, path: str, decode: Callable[[bytes], list[T]], wanted: int, **query: object
    ) -> Iterator[Answer[list[T]]] | None:
        """The pages of a whole list, or None where looking at ``wanted`` tickets singly takes fewer requests."""
        if wanted <= BULK_FROM:
            return None
        pages = self._client.pages(path, decode, sort="created", direction="asc", **query)
        first = next(pages)
        length = first.last or (1 if first.next is None else None)
        return chain((first,), pages) if length is not None and length <= wanted else None

    def _sorted(self, comments: Iterable[Comment]) -> Notes:
        installation, own, marks = self._context.installation, [], []
        for comment in comments:
            mark = marker.find_hidden(comment.body) if comment.body else None
            marks.append(mark)
            if mark and mark.installation == installation and self._wrote(comment):
                own.append((comment.id, marker.shown(str(comment.id), mark)))
        ordered = [note for _, note in sorted(own, key=lambda pair: pair[0])]
        return Notes(ordered, marker.claimed(marks, installation))

    def _wrote(self, comment: Comment) -> bool:
        """Whether this account is the author: anybody can write a mark into a comment of their own."""
        user = comment.user or User()
        installation = self._client.installation
        if installation is not None:
            named = installation.name_of(comment.performed_via_github_app or App())
            return named == installation.app_id if named else user.type == "Bot"
        return user.login.lower() == self.author if self.author else user.type == "Bot"

    @property
    def author(self) -> str:
        """Login of the token's account in lower case, asked once; "" for a token that is no person's (in Actions)."""
        if self._author is None:
            try:
                self._author = self._client.read("/user", _decode_user).value.login.lower()
            except Forbidden as error:
                if "integration" not in error.message:
                    raise
                self._author = ""
        return self._author


def issue_number(comment: Comment) -> int:
    """Number of the ticket a comment is on; 0 where its address has none."""
    number = comment.issue_url.rstrip("/").rpartition("/")[2]
    return int(number) if number.isdecimal() else 0
