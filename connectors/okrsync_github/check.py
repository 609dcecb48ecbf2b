"""What `okrsync check` says about a GitHub connection: who, where, may I, and do the clocks agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from okrsync.connector import Context, Finding, Level, is_exposed
from okrsync.errors import ConnectionFailed, Forbidden, Gone
from okrsync.model.work import Scope
from okrsync_github import excess, repositories
from okrsync_github.client import Answer, Client
from okrsync_github.options import GitHubOptions
from okrsync_github.payload import Label, Permissions, Repository, User, decoder, nothing

MOST_SKEW = 60.0
"""Seconds that the clocks may differ: half of the overlap between two pulls."""

LOW = 0.1
"""Share of the hourly limit below which a run may end early."""

_decode_user = decoder(User)
_decode_repository = decoder(Repository)
_decode_labels = decoder(list[Label])


class Checker:
    """Asks GitHub everything that a run will depend on."""

    def __init__(self, client: Client, context: Context, options: GitHubOptions) -> None:
        self._client = client
        self._context = context
        self._options = options
        self._headers: Mapping[str, str] = {}

    def findings(self) -> Iterator[Finding]:
        """In the order a person would look; ends early where going on makes no sense."""
        try:
            yield from self._identity()
            scopes, missing = self._look_up()
            yield from missing
            for scope in scopes:
                yield from self._repository(scope)
            if not scopes and not missing:
                yield Finding(Level.WARNING, "repositories", "there are none to read")
        except ConnectionFailed as error:
            yield Finding(Level.ERROR, "github", error.message, error.hint)
            return
        yield from self._limit()

    def _identity(self) -> Iterator[Finding]:
        who, answer = self._who()
        self._headers = answer.headers
        yield Finding(Level.OK, "identity", who)
        yield self._clock(answer.date)
        if is_exposed(self._client.api):
            yield Finding(Level.WARNING, "url", "the token travels unencrypted", "Use https in url.")
        app = self._client.installation
        yield from excess.of_token(answer.headers) if app is None else excess.of_app(app.permissions)

    def _who(self) -> tuple[str, Answer[Any]]:
        """Who is signed in, and GitHub's answer. An installation's token is nobody's, and may not ask who it is."""
        app = self._client.installation
        if app is None:
            with suppress(Forbidden):
                person = self._client.read("/user", _decode_user)
                return f"signed in as {person.value.login}", person
        answer = self._client.read("/installation/repositories", nothing, per_page=1)
        if app is None:
            return "a token that belongs to no person (as in GitHub Actions)", answer
        return f"GitHub App {app.app_id}, installation {app.id}", answer

    def _clock(self, date: datetime | None) -> Finding:
        if date is None:
            return Finding(Level.WARNING, "clock", "GitHub does not tell the time")
        skew = (self._context.now() - date).total_seconds()
        if abs(skew) <= MOST_SKEW:
            return Finding(Level.OK, "clock", "agrees with GitHub's")
        word = "ahead of" if skew > 0 else "behind"
        hint = "Let this machine keep network time (NTP)."
        return Finding(Level.WARNING, "clock", f"this machine is {abs(skew):.0f} s {word} GitHub", hint)

    def _look_up(self) -> tuple[Sequence[Scope], list[Finding]]:
        """The repositories that there are, and each name that leads to none, so that one does not hide the others."""
        if self._options.organization:
            return repositories.resolve(self._client, self._options, ()), []
        known: list[Scope] = []
        missing = []
        for name in self._options.repositories:
            try:
                known += repositories.resolve(self._client, _only(self._options, (name,)), ())
            except Gone as error:
                missing.append(Finding(Level.ERROR, name, error.message, error.hint))
        names = tuple(scope.name for scope in known)
        return repositories.resolve(self._client, _only(self._options, names), known), missing

    def _repository(self, scope: Scope) -> Iterator[Finding]:
        if scope.left_out:
            hint = "Switch issues on in the repository's settings, or leave it at that."
            yield Finding(Level.WARNING, scope.name, f"left out: {scope.left_out}", hint)
            return
        found = self._client.read(f"/repositories/{scope.id}", _decode_repository).value
        self._client.read(f"/repositories/{scope.id}/issues", nothing, per_page=1, state="all")
        yield Finding(Level.OK, scope.name, "readable")
        if found.full_name.lower() != scope.name.lower():
            yield Finding(
                Level.WARNING, scope.name, f"is called {found.full_name} today", "Use that name in okrsync.yaml."
            )
        if found.archived:
            said = "archived: it is read, and nothing is written on its tickets"
            yield Finding(Level.WARNING, scope.name, said, "Unarchive it on GitHub, or leave it at that.")
            return
        yield self._may_write(scope.name, found.permissions)
        if self._client.installation is None:
            yield from excess.of_role(scope.name, found.permissions, self._headers)
        yield from self._collisions(scope)

    def _may_write(self, name: str, role: Permissions | None) -> Finding:
        if self._client.installation is not None:
            granted = self._client.installation.permissions
            missing = [area for area in ("issues", "pull_requests") if granted.get(area) != "write"]
            if not missing:
                return Finding(Level.OK, name, "writable")
            areas = " and ".join(area.replace("_", " ") for area in missing)
            return Finding(Level.ERROR, name, f"the App may not write {areas}", "Grant it in the App's permissions.")
        if role is None:
            return Finding(Level.WARNING, name, "GitHub does not say whether this token may write")
        if role.define:
            return Finding(Level.OK, name, "writable")
        if role.label:
            hint = "Give the account the write role once, or create the labels by hand."
            return Finding(Level.WARNING, name, "the account may use labels and not create them", hint)
        hint = "Give the account the write role, or set write_back: false."
        return Finding(Level.ERROR, name, "read only: labels and notes cannot be written", hint)

    def _collisions(self, scope: Scope) -> Iterator[Finding]:
        """GitHub takes OKR:x and okr:x for the same label, so a person's spelling would stand in our way."""
        prefix = self._context.namespace.prefix
        names = [
            label.name
            for page in self._client.pages(f"/repositories/{scope.id}/labels", _decode_labels)
            for label in page.value
            if label.name.lower().startswith(prefix.lower()) and not label.name.startswith(prefix)
        ]
        if prefix and names:
            hint = f"Rename or delete these labels: okrsync owns the ones that begin with {prefix}"
            yield Finding(Level.WARNING, scope.name, f"labels in the way: {', '.join(sorted(names)[:5])}", hint)

    def _limit(self) -> Iterator[Finding]:
        remaining, limit = self._context.meter.remaining, self._context.meter.limit
        if remaining is None or not limit:
            yield Finding(Level.OK, "rate limit", "none")
            return
        low = remaining < LOW * limit
        hint = "A run may end early and go on in the next hour." if low else ""
        level = Level.WARNING if low else Level.OK
        yield Finding(level, "rate limit", f"{remaining:,} of {limit:,} requests left this hour", hint)


def _only(options: GitHubOptions, names: tuple[str, ...]) -> GitHubOptions:
    return options.model_copy(update={"repositories": names})
