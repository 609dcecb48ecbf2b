"""The GitHub connector: the verbs of the plug-in boundary, each at home in a room of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from okrsync.connector import Context, Finding
from okrsync.errors import ConnectionFailed
from okrsync.model.change import Change, Receipt, Shown
from okrsync.model.life import ItemHistory
from okrsync.model.work import Item, Page, Ref, Scope
from okrsync_github import past, pull, repositories, search, write
from okrsync_github.auth import sign_in
from okrsync_github.check import Checker
from okrsync_github.client import Client
from okrsync_github.failures import Missing
from okrsync_github.family import Family
from okrsync_github.observe import Observer
from okrsync_github.options import GitHubOptions
from okrsync_github.payload import IssueId, decoder
from okrsync_github.translate import number_of
from okrsync_github.write import Writer

_decode_id = decoder(IssueId)


class GitHubConnector:
    """One GitHub, one account, one thread."""

    overlap = timedelta(minutes=2)

    def __init__(self, client: Client, context: Context, options: GitHubOptions) -> None:
        self._client = client
        self._context = context
        self._options = options
        self._observer = Observer(client, context)
        self._writer = Writer(client, context, self._observer)

    @classmethod
    def connect(cls, options: GitHubOptions, context: Context) -> GitHubConnector:
        """Ready to talk, nothing said yet. Raises AuthError without credentials, ConnectionFailed without ca_file."""
        if options.ca_file and not options.ca_file.is_file():
            raise ConnectionFailed(f"There is no file {options.ca_file}.", hint="Check ca_file in okrsync.yaml.")
        client = Client(
            options.api,
            sign_in(options, context),
            context,
            verify=str(options.ca_file) if options.ca_file else True,
            seconds_between_writes=options.seconds_between_writes,
        )
        return cls(client, context, options)

    def check(self) -> Iterator[Finding]:
        return Checker(self._client, self._context, self._options).findings()

    def scopes(self, known: Sequence[Scope]) -> Sequence[Scope]:
        return repositories.resolve(self._client, self._options, known)

    def asks(self, scope: Scope) -> str:
        return pull.asks(scope)

    def pull(self, scope: Scope, since: datetime | None) -> Iterator[Page]:
        return pull.pull(self._client, self._context, scope, Family(self._client, scope), since)

    def reread(self, scope: Scope, refs: Sequence[Ref]) -> Iterator[Page]:
        return pull.reread(self._client, self._context, scope, Family(self._client, scope), refs)

    def select(self, scopes: Sequence[Scope], query: str) -> frozenset[str]:
        return search.select(self._client, scopes, query)

    def probe(self, scopes: Sequence[Scope], query: str) -> None:
        search.probe(self._client, scopes, query)

    def observe(self, refs: Sequence[Ref]) -> Iterator[Shown]:
        return self._observer.observe(refs)

    def cost(self, change: Change) -> int:
        return write.cost(change)

    def apply(self, change: Change) -> Receipt:
        return self._writer.apply(change)

    def census(self, scope: Scope) -> Iterator[str]:
        return pull.census(self._client, scope)

    def confirm(self, refs: Sequence[Ref]) -> Mapping[str, str]:
        return {ref.id: reason for ref in refs if (reason := self._missing(ref))}

    def histories(self, scopes: Sequence[Scope], items: Sequence[Item]) -> Iterator[ItemHistory]:
        return past.histories(self._client, items)

    def history_cost(self, scopes: Sequence[Scope], items: Sequence[Item]) -> int:
        return past.cost(items)

    def close(self) -> None:
        self._client.close()

    def _missing(self, ref: Ref) -> str:
        """Why a ticket cannot be reached, or "" when it is where it was."""
        try:
            found = self._client.read(f"/repositories/{ref.scope}/issues/{number_of(ref.key)}", _decode_id)
        except Missing as error:
            return "transferred to another repository" if error.moved else error.reason
        return "" if found.value.node_id == ref.id else "another ticket has its number now"
