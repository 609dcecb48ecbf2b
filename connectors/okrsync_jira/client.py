"""Transport: the `jira` library signs in, keeps the session and builds addresses; bytes are ours to decode.

Requests are prepared by the library's session but sent past its `request` method, which turns refusals into
exceptions that carry headers and cookies, retries on its own account, and stumbles over unusual error bodies.
This is the only file that knows the two private names of the library, ``_session`` and ``_get_url``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
from jira import JIRA
from urllib3.exceptions import MaxRetryError, NewConnectionError

import okrsync
from okrsync.connector import Context
from okrsync.connector.unreached import reason, speaks_no_tls, untrusted
from okrsync.errors import AuthError, BadAnswer, ConnectionFailed, Rejected, Transient
from okrsync.jsontext import decoded
from okrsync.model.budget import Budget
from okrsync_jira.answers import failure, is_html, moment, server_time
from okrsync_jira.options import JiraOptions

Shape = TypeVar("Shape")
Params = Mapping[str, str | Sequence[str]]
"""Of a request's address; a list is a parameter that is given several times."""

GATEWAY = "https://api.atlassian.com/ex/jira/"
TIMEOUT = (5.0, 60.0)
"""Seconds to connect, and between two bytes."""

_PIECE = 1 << 20
"""Bytes of an answer read at a time; requests alone would join a page from 10 KB ones."""


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    content: bytes


class Client:
    """One session with one Jira. ``server_time`` is Jira's clock in its last answer, None while unknown."""

    def __init__(self, options: JiraOptions, context: Context) -> None:
        self._context = context
        self._jira = _sign_in(options, context.connection)
        self._session: requests.Session = self._jira._session
        self._network = self._session.merge_environment_settings(
            self._jira.server_url, {}, True, self._session.verify, None
        )
        self.server_time: datetime | None = None

    def read(
        self,
        path: str,
        decode: Callable[[bytes], Shape],
        *,
        params: Params | None = None,
        body: object = None,
        agile: bool = False,
    ) -> Shape:
        """GET, or with ``body`` a POST that only reads. ``decode`` raises msgspec's errors on what it cannot read."""
        method = "GET" if body is None else "POST"

        def request() -> Shape:
            answer = self._send(method, path, params, body, agile=agile)
            return _understood(f"{method} {path}", answer, decode)

        return self._context.retry.read(request)

    def write(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None) -> bytes:
        """The body of a write that Jira accepted. Raises OutcomeUnknown when nobody can tell whether it did."""

        def request() -> bytes:
            answer = self._send(method, path, params, body, write=True)
            if is_html(answer.headers, answer.content):
                raise Transient(f"{method} {path}: a web page came back.", hint=_PAGE)
            if answer.status != 204 and not answer.content.strip():
                raise Transient(f"{method} {path}: the answer is empty.", hint="The ticket is looked at again.")
            return answer.content

        return self._context.retry.write(request)

    def close(self) -> None:
        """Let go of sockets."""
        self._session.close()

    def _send(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: object,
        *,
        agile: bool = False,
        write: bool = False,
    ) -> _Answer:
        base = JIRA.AGILE_BASE_URL if agile else JIRA.JIRA_BASE_URL
        data = None if body is None else msgspec.json.encode(body)
        request = requests.Request(method, self._jira._get_url(path, base), params=params, data=data)
        self._context.meter.count(self._context.now(), write=write)
        try:
            answer = self._exchange(request)
        except requests.RequestException as error:
            host = urlsplit(self._jira.server_url).netloc
            raise _unreachable(f"{method} {path}", host, error) from None
        self._note(answer.headers)
        if not 200 <= answer.status < 300:
            raise failure(f"{method} {path}", *answer, self._context.now())
        return answer

    def _exchange(self, request: requests.Request) -> _Answer:
        prepared = self._session.prepare_request(request)
        with self._session.send(prepared, timeout=TIMEOUT, allow_redirects=False, **self._network) as response:
            content = b"".join(response.iter_content(_PIECE))
            return _Answer(response.status_code, response.headers, content)

    def _note(self, headers: Mapping[str, str]) -> None:
        self.server_time = server_time(headers) or self.server_time
        remaining, limit = headers.get("X-RateLimit-Remaining", ""), headers.get("X-RateLimit-Limit", "")
        told = Budget(
            int(remaining) if remaining.isdecimal() else None,
            int(limit) if limit.isdecimal() else None,
            moment(headers.get("X-RateLimit-Reset", "")),
        )
        self._context.meter.hear(told, self._context.now(), server_time(headers))


_PAGE = "Check url; a login page or a proxy may stand between okrsync and Jira."


def _sign_in(options: JiraOptions, connection: str) -> JIRA:
    """Raises AuthError that names the variables to set, before anything is sent."""
    variables = f"OKRSYNC_CONNECTIONS__{connection.upper().replace('-', '_')}__"
    site = urlsplit(options.url)
    if options.token is None:
        told = f"There is no token for Jira at {site.netloc}."
        raise AuthError(told, hint=f"Set JIRA_API_TOKEN or {variables}TOKEN.")
    if options.email is None and options.cloud_id is None and (site.hostname or "").endswith(".atlassian.net"):
        hint = f"Set JIRA_EMAIL or {variables}EMAIL to the account the API token belongs to."
        raise AuthError(f"Jira Cloud at {site.netloc} wants an e-mail beside the token.", hint=hint)
    if options.ca_file is not None and not Path(options.ca_file).is_file():
        raise ConnectionFailed(f"ca_file {options.ca_file} does not exist.", hint="Name a file with PEM certificates.")
    secret = options.token.get_secret_value()
    if not f"{options.email or ''}{secret}".isascii() or not secret.isprintable():
        raise AuthError("E-mail or token contain characters that cannot be sent.", hint="Copy them again.")
    return JIRA(
        server=f"{GATEWAY}{options.cloud_id}" if options.cloud_id else options.url,
        options={"verify": options.ca_file or True, "headers": {"User-Agent": f"okrsync/{okrsync.__version__}"}},
        basic_auth=(options.email, secret) if options.email else None,
        token_auth=None if options.email else secret,
        get_server_info=False,
        max_retries=0,
        timeout=TIMEOUT,
        logging=False,
    )


def _understood(what: str, answer: _Answer, decode: Callable[[bytes], Shape]) -> Shape:
    if is_html(answer.headers, answer.content):
        raise BadAnswer(f"{what}: a web page came back instead of data.", hint=_PAGE)
    return decoded(what, answer.content, decode, hint=_PAGE)


def _unreachable(what: str, host: str, error: requests.RequestException) -> ConnectionFailed:
    """Network failures; the library's own texts may quote addresses with parameters and stay out."""
    if untrusted(error):
        told = f"{what}: the certificate of Jira at {host} is not trusted."
        return Rejected(told, hint="Name your own authority's with ca_file.")
    if speaks_no_tls(error):
        return Rejected(f"{what}: Jira at {host} does not speak https.", hint="Correct the scheme or the port in url.")
    hint = "Check url, the network and the proxy; the next run tries again."
    if isinstance(error, requests.Timeout) and not isinstance(error, requests.ConnectTimeout):
        return Transient(f"{what}: Jira at {host} did not answer within {TIMEOUT[1]:g} s.", hint=hint)
    if _never_connected(error):
        return Transient(f"{what}: Jira at {host} cannot be reached{reason(error)}.", hint=hint, sent=False)
    return Transient(f"{what}: the connection to Jira at {host} broke{reason(error)}.", hint=hint)


def _never_connected(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause: Any = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
