"""Talking to GitHub: one request at a time, counted, retried by our policy, translated when it fails.

PyGithub signs the requests and does not send them: its requester follows redirects without their query, takes a
307 on a write for a success and decodes every body twice, none of which can be switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3

import okrsync
from okrsync.connector import Context
from okrsync.errors import BadAnswer, OutcomeUnknown, Transient
from okrsync.jsontext import decoded
from okrsync.model.budget import Budget
from okrsync_github.auth import Installation, InstallationToken, Signature
from okrsync_github.failures import failure, http_date, lost

T = TypeVar("T")
Decode = Callable[[bytes], T]

PER_PAGE = 100
TIMEOUT = (5.0, 60.0)
"""Seconds to connect, and between two bytes of an answer."""

_HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": f"okrsync/{okrsync.__version__}",
}


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A decoded answer; ``next`` is the address of the next page, ``last`` the number of the last one where told."""

    value: T
    date: datetime | None
    next: str | None
    last: int | None
    headers: Mapping[str, str]


class Client:
    """One session with one GitHub, used by one thread."""

    def __init__(
        self,
        api: str,
        login: Signature | Installation,
        context: Context,
        *,
        verify: str | bool = True,
        seconds_between_writes: float = 1.0,
    ) -> None:
        self.api = api
        self.installation = login if isinstance(login, Installation) else None
        self._context = context
        self._host = urlsplit(api).netloc
        self._origin = f"{urlsplit(api).scheme}://{self._host}"
        self._gap = seconds_between_writes
        self._wrote: datetime | None = None
        self._session = _session(api, verify)
        self._session.auth = login if isinstance(login, Signature) else None

    def read(self, path: str, decode: Decode[T], **query: object) -> Answer[T]:
        """GET a path below the API, or a full address on the same host that GitHub itself gave."""
        url = self._address(path)
        return self._context.retry.read(lambda: self._once("GET", url, decode, query=query))

    def pages(self, path: str, decode: Decode[T], **query: object) -> Iterator[Answer[T]]:
        """Every page of a list, by ``Link: rel="next"`` alone. Raises BadAnswer when a page leads back."""
        answer = self.read(path, decode, per_page=PER_PAGE, **query)
        seen: set[str] = set()
        yield answer
        while answer.next is not None:
            if answer.next in seen:
                raise BadAnswer(f"{_name(path)}: GitHub's pages go round in circles.", hint="Run the sync again.")
            seen.add(answer.next)
            answer = self.read(answer.next, decode)
            yield answer

    def write(self, method: str, path: str, body: object, decode: Decode[T]) -> T:
        """Send a change, at the pace GitHub asks for. Raises OutcomeUnknown where the answer got lost."""
        url = self._address(path)
        try:
            return self._context.retry.write(lambda: self._paced(method, url, decode, body)).value
        except BadAnswer as error:
            raise OutcomeUnknown(error.message, hint=error.hint) from error

    def close(self) -> None:
        """Let go of sockets."""
        self._session.close()

    def _address(self, path: str) -> str:
        if path.startswith("/"):
            return f"{self.api}{path}"
        if not path.startswith(f"{self._origin}/"):
            raise BadAnswer(
                f"GitHub at {self._host} names another host for its next page.",
                hint="Set url to the address that the server itself uses.",
            )
        return path

    def _paced(self, method: str, url: str, decode: Decode[T], body: object) -> Answer[T]:
        if self._wrote is not None:
            elapsed = (self._context.now() - self._wrote).total_seconds()
            self._context.retry.pause(min(self._gap, self._gap - elapsed))
        try:
            return self._once(method, url, decode, body=body)
        finally:
            self._wrote = self._context.now()

    def _once(
        self, method: str, url: str, decode: Decode[T], *, query: Mapping[str, Any] | None = None, body: object = None
    ) -> Answer[T]:
        if self.installation and self.installation.expired(self._context.now()):
            self._renew(self.installation)
        return self._send(method, url, decode, query=query, body=body, write=method != "GET")

    def _renew(self, installation: Installation) -> None:
        """Fetch the installation's hourly token. It was not the caller's request that failed, if this fails."""
        url = f"{self.api}/app/installations/{installation.id}/access_tokens"
        decode = msgspec.json.Decoder(InstallationToken).decode
        assertion = installation.assertion()
        self._context.conceal(assertion.secret)
        try:
            answer = self._send("POST", url, decode, auth=assertion)
        except Transient as error:
            raise Transient(error.message, hint=error.hint, sent=False) from error
        self._context.conceal(answer.value.token)
        self._session.auth = installation.renew(answer.value)

    def _send(
        self,
        method: str,
        url: str,
        decode: Decode[T],
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        auth: Signature | None = None,
        write: bool = False,
    ) -> Answer[T]:
        elsewhere = auth is not None or url.startswith(f"{self.api}/search/")
        self._context.meter.count(self._context.now(), write=write, apart=elsewhere)
        sent = requests.Request(
            method,
            url,
            params=query,
            data=None if body is None else msgspec.json.encode(body),
            headers=None if body is None else {"Content-Type": "application/json"},
            auth=auth,
        )
        response, content = self._exchange(sent)
        self._note_limit(response.headers)
        what = f"{method} {_name(url.removeprefix(self.api))}"
        if response.status_code not in (200, 201, 204):
            raise failure(response.status_code, response.headers, content, what, self._context.now())
        if response.status_code != 204:
            _make_sure_of_data(content, what)
        return _answer(response, decoded(what, content, decode, hint=_PROXY))

    def _exchange(self, request: requests.Request) -> tuple[requests.Response, bytes]:
        """One round trip. The body is read in one piece: requests would join it from 10 KB ones."""
        try:
            with self._session.send(
                self._session.prepare_request(request),
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as response:
                return response, response.raw.read(decode_content=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise lost(error, self._host) from None

    def _note_limit(self, headers: Mapping[str, str]) -> None:
        """Remember the hourly limit; the search's own one a minute is another matter."""
        if headers.get("x-ratelimit-resource", "core") != "core":
            return
        remaining, limit = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-limit", "")
        if remaining.isdecimal() and limit.isdecimal():
            told = Budget(int(remaining), int(limit), _moment(headers.get("x-ratelimit-reset", "")))
            self._context.meter.hear(told, self._context.now(), http_date(headers.get("date")))


def _moment(epoch: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _session(api: str, verify: str | bool) -> requests.Session:
    """The environment's proxies and certificates are looked up once, not for every request; ~/.netrc never."""
    session = requests.Session()
    settings = session.merge_environment_settings(api, {}, None, verify, None)
    session.trust_env, session.proxies, session.verify = False, settings["proxies"], settings["verify"]
    session.headers.update(_HEADERS)
    return session


def _make_sure_of_data(content: bytes, what: str) -> None:
    """Also where nobody reads it: a login page or an empty answer to a write does not mean that it happened."""
    begins = content.lstrip()[:1]
    if not begins:
        raise Transient(f"{what}: GitHub's answer is empty.", hint="Run the sync again.")
    if begins not in (b"{", b"["):
        raise BadAnswer(f"{what}: the answer is a page and no data.", hint=_PROXY)


_PROXY = "Check url: is it the API of a GitHub, and not a login page or a proxy in between?"


def _answer(response: requests.Response, value: T) -> Answer[T]:
    links = response.links if "link" in response.headers else {}
    last = links.get("last", {}).get("url", "")
    pages = [part for part in urlsplit(last).query.split("&") if part.startswith("page=")]
    return Answer(
        value,
        date=http_date(response.headers.get("date")),
        next=links.get("next", {}).get("url"),
        last=int(pages[0][5:]) if pages and pages[0][5:].isdecimal() else None,
        headers=response.headers,
    )


def _name(path: str) -> str:
    """A path without its query, to name a request in a message."""
    return urlsplit(path).path or "/"
