"""Signing requests: PyGithub knows how, this decides when.

PyGithub makes the header of a token and the signed assertion of a GitHub App. The hourly installation token is
fetched through our own client, so that it is counted, retried and translated like every other request.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import github
import msgspec
from github import Auth
from requests.auth import AuthBase

from okrsync.connector import Context
from okrsync.errors import AuthError
from okrsync_github.options import GitHubOptions
from okrsync_github.payload import App

if TYPE_CHECKING:
    from requests import PreparedRequest

_RENEW_BEFORE = timedelta(minutes=2)

github.set_log_level(logging.WARNING)


class InstallationToken(msgspec.Struct, frozen=True):
    """Answer of ``POST /app/installations/{id}/access_tokens``."""

    token: str
    expires_at: datetime
    permissions: dict[str, str] = {}


class Signature(AuthBase):
    """Puts one authentication on each request. As the session's ``auth`` it also keeps ~/.netrc out of the way."""

    def __init__(self, auth: Auth.Auth) -> None:
        self._auth = auth

    @property
    def secret(self) -> str:
        """The token itself, for the filter that keeps it out of every output."""
        return self._auth.token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        headers: dict[str, str] = {}
        self._auth.authentication(headers)
        request.headers.update(headers)
        return request


class Installation:
    """A GitHub App where it is installed, and the token it holds at the moment."""

    def __init__(self, app: Auth.AppAuth, installation: int) -> None:
        self.id = installation
        self.app_id = str(app.app_id)
        self.permissions: dict[str, str] = {}
        self._app = app
        self._expires: datetime | None = None

    def name_of(self, app: App) -> str:
        """What ``app_id`` would be for an App that GitHub names: its id or its client id; "" where it tells none."""
        return (str(app.id) if app.id else "") if self.app_id.isdecimal() else app.client_id

    def expired(self, now: datetime) -> bool:
        """Whether the next request needs a new token; a token is renewed a while before it ends."""
        return self._expires is None or now >= self._expires - _RENEW_BEFORE

    def assertion(self) -> Signature:
        """Proves to be the App itself. Raises AuthError where the private key is none."""
        try:
            return Signature(Auth.AppAuthToken(self._app.create_jwt()))
        except Exception as error:
            raise AuthError(
                "The private key of the GitHub App cannot be used.",
                hint="Download it again from the App's settings (PEM format) and check private_key_file.",
            ) from error

    def renew(self, answer: InstallationToken) -> Signature:
        """Take the new token with what it may do."""
        self._expires, self.permissions = answer.expires_at, answer.permissions
        return Signature(Auth.Token(answer.token))


def sign_in(options: GitHubOptions, context: Context) -> Signature | Installation:
    """The configured way to sign in. Raises AuthError that names what to set."""
    token = options.token.get_secret_value().strip() if options.token else ""
    if token:
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise AuthError(
                f"Connection {context.connection}: the token has characters that no token has.",
                hint="Copy it again, without quotes or line breaks.",
            )
        context.conceal(token)
        return Signature(Auth.Token(token))
    if options.app_id is None or options.private_key_file is None or options.installation_id is None:
        variable = f"OKRSYNC_CONNECTIONS__{context.connection.upper().replace('-', '_')}__TOKEN"
        raise AuthError(
            f"There is no token for GitHub at {urlsplit(options.url).netloc}.",
            hint=f"Set GITHUB_TOKEN, GH_TOKEN or {variable}, or configure app_id, private_key_file, installation_id.",
        )
    try:
        key = options.private_key_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuthError(
            f"Connection {context.connection}: cannot read the App's private key {options.private_key_file}.",
            hint="Check private_key_file and the permissions of that file.",
        ) from error
    if not key.strip():
        raise AuthError(
            f"Connection {context.connection}: {options.private_key_file} is empty.",
            hint="Download the private key again from the App's settings.",
        )
    context.conceal(key)
    return Installation(Auth.AppAuth(str(options.app_id), key), options.installation_id)
