"""Transport: what is sent, counted, waited for, and what a failure becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st
from okrsync_github.client import Client
from okrsync_github.failures import failure
from okrsync_github.payload import nothing

from okrsync.errors import (
    AuthError,
    BadAnswer,
    Closed,
    ConnectionFailed,
    Forbidden,
    Gone,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
)
from okrsync.model.change import AddLabel, Done, PutNote
from okrsync.model.work import Ref, Scope
from okrsync.retry import ATTEMPTS
from okrsync.sandbox.github.accounts import APP_ID, CLIENT_ID

NOW = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
API = "https://api.github.com"
DATE = {"Date": "Mon, 05 Oct 2026 08:00:00 GMT"}
LATER = str(int(NOW.timestamp()) + 30)

numbers = msgspec.json.Decoder(list[int]).decode


def refusal(status: int, message: str = "", **headers: str) -> ConnectionFailed:
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return failure(status, spelled, msgspec.json.encode({"message": message}), "GET /x", NOW)


@pytest.mark.parametrize(
    ("status", "message", "headers", "error"),
    [
        (401, "Bad credentials", {}, AuthError),
        (403, "Resource not accessible by personal access token", {"x_ratelimit_remaining": "4000"}, Forbidden),
        (403, "Repository was archived so is read-only.", {}, Closed),
        (403, "Unable to create comment because issue is locked.", {}, Closed),
        (403, "You have exceeded a secondary rate limit", {}, RateLimited),
        (403, "anything", {"retry_after": "7"}, RateLimited),
        (403, "anything", {"x_ratelimit_remaining": "0", "x_ratelimit_reset": LATER}, RateLimited),
        (404, "Not Found", {}, Gone),
        (409, "Conflict", {}, Transient),
        (410, "This issue was deleted", {}, Gone),
        (422, "Validation Failed", {}, Rejected),
        (429, "", {}, RateLimited),
        (451, "", {}, Rejected),
        (500, "", {}, Transient),
        (507, "", {}, Transient),
        (304, "", {}, BadAnswer),
        *((status, "Moved", {}, Gone) for status in (301, 302, 307, 308)),
    ],
)
def test_every_refusal_says_what_to_do_next(
    status: int, message: str, headers: dict[str, str], error: type[Exception]
) -> None:
    assert type(refusal(status, message, **headers)).__mro__[:3].count(error) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7", "x_ratelimit_remaining": "0", "x_ratelimit_reset": LATER}, 7),
        ({"retry_after": "Mon, 05 Oct 2026 08:00:20 GMT"}, 20),
        ({"retry_after": "Mon, 05 Oct 2026 08:00:20 GMT", "date": "Mon, 05 Oct 2026 07:59:00 GMT"}, 80),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": LATER}, 30),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "soon"}, 60),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "5"}, 1),
        ({"retry_after": "9" * 400}, 60),
        ({"retry_after": "Fri, 31 Dec 9999 08:00:00 GMT"}, 60),
        *(({"x_ratelimit_remaining": "0", "x_ratelimit_reset": absurd}, 60) for absurd in ("inf", "1e400", "1e30")),
        ({}, 60),
    ],
)
def test_how_long_to_wait_is_taken_in_the_order_of_trust(headers: dict[str, str], seconds: float) -> None:
    error = refusal(429, **headers)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


@pytest.mark.parametrize(("seconds", "when"), [("7", "in 7 s;"), ("3098", "in 52 min, at 08:51 UTC;")])
def test_a_limit_says_in_words_when_it_opens_again(seconds: str, when: str) -> None:
    assert f"It opens again {when}" in refusal(429, retry_after=seconds).hint


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=200),
    headers=st.dictionaries(st.sampled_from(["retry-after", "x-ratelimit-remaining", "date"]), st.text(max_size=20)),
)
def test_any_answer_becomes_an_error_of_ours(status: int, body: bytes, headers: dict[str, str]) -> None:
    error = failure(status, headers, body, "GET /x", NOW)
    assert isinstance(error, ConnectionFailed)
    assert "\n" not in error.message
    assert len(error.message) < 400


def test_a_request_carries_the_token_and_the_pinned_version(web: responses.RequestsMock, client: Client) -> None:
    web.get(f"{API}/x", json=[1], headers={"x-ratelimit-remaining": "41", "x-ratelimit-limit": "50"})
    assert client.read("/x", numbers).value == [1]
    sent = web.calls[0].request
    assert sent.headers["Authorization"] == "token secret-token"
    assert sent.headers["X-GitHub-Api-Version"] == "2022-11-28"
    meter = client._context.meter
    assert (meter.requests, meter.writes, meter.remaining, meter.limit) == (1, 0, 41, 50)


def test_the_search_limit_is_not_taken_for_the_hourly_one(web: responses.RequestsMock, client: Client) -> None:
    limits = {"x-ratelimit-remaining": "29", "x-ratelimit-limit": "30", "x-ratelimit-resource": "search"}
    web.get(f"{API}/x", json=[], headers=limits)
    client.read("/x", numbers)
    assert client._context.meter.remaining is None


def test_a_password_in_netrc_does_not_replace_the_token(
    web: responses.RequestsMock, client: Client, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine api.github.com login me password other")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    web.get(f"{API}/x", json=[])
    client.read("/x", numbers)
    assert web.calls[0].request.headers["Authorization"] == "token secret-token"


@pytest.mark.parametrize("body", [b"[1, 2", b""])
def test_a_cut_off_answer_is_asked_for_again(
    body: bytes, web: responses.RequestsMock, client: Client, slept: list[float]
) -> None:
    web.get(f"{API}/x", body=body)
    web.get(f"{API}/x", json=[1, 2])
    assert client.read("/x", numbers).value == [1, 2]
    assert len(slept) == 1


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b'{"message": "hi"}', b'["a"]', b"[" * 100_000])
def test_an_answer_that_makes_no_sense_is_not(body: bytes, web: responses.RequestsMock, client: Client) -> None:
    web.get(f"{API}/x", body=body)
    with pytest.raises((BadAnswer, Transient)):
        client.read("/x", numbers)
    if body[:2] != b"[[":
        assert len(web.calls) == 1


def test_a_read_is_tried_a_few_times(web: responses.RequestsMock, client: Client, slept: list[float]) -> None:
    web.get(f"{API}/x", status=503)
    with pytest.raises(Transient):
        client.read("/x", numbers)
    assert len(web.calls) == ATTEMPTS
    assert client._context.meter.requests == ATTEMPTS
    assert len(slept) == ATTEMPTS - 1


def test_a_short_limit_is_waited_for_and_a_long_one_handed_on(
    web: responses.RequestsMock, client: Client, slept: list[float]
) -> None:
    web.get(f"{API}/x", status=429, headers={"Retry-After": "30"})
    web.get(f"{API}/x", json=[])
    client.read("/x", numbers)
    assert slept[0] >= 30
    web.get(f"{API}/y", status=429, headers={"Retry-After": "3000"})
    with pytest.raises(RateLimited) as raised:
        client.read("/y", numbers)
    assert raised.value.retry_after == 3000


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_with_a_lost_answer_is_never_sent_twice(
    status: int, web: responses.RequestsMock, client: Client
) -> None:
    web.post(f"{API}/x", status=status)
    with pytest.raises(OutcomeUnknown):
        client.write("POST", "/x", {}, nothing)
    assert len(web.calls) == 1


def test_a_write_whose_answer_is_a_page_may_have_happened(web: responses.RequestsMock, client: Client) -> None:
    web.post(f"{API}/x", body="<html>")
    with pytest.raises(OutcomeUnknown):
        client.write("POST", "/x", {}, numbers)


@pytest.mark.parametrize("error", [requests.ConnectionError("reset"), requests.ReadTimeout("slow")])
def test_a_write_on_a_broken_connection_is_never_sent_twice(
    error: Exception, web: responses.RequestsMock, client: Client
) -> None:
    web.post(f"{API}/x", body=error)
    with pytest.raises(OutcomeUnknown):
        client.write("POST", "/x", {}, nothing)
    assert len(web.calls) == 1


def test_a_write_that_never_left_is_sent_again(client: Client, slept: list[float]) -> None:
    client.api = "http://127.0.0.1:9"
    client._host = "127.0.0.1:9"
    with pytest.raises(Transient, match=r"GitHub at 127\.0\.0\.1:9 cannot be reached: nothing listens there\."):
        client.write("POST", "/x", {}, nothing)
    assert len(slept) >= ATTEMPTS - 1


def test_writes_keep_the_pace_that_github_asks_for(
    web: responses.RequestsMock, client: Client, slept: list[float]
) -> None:
    web.post(f"{API}/x", json={})
    for _ in range(3):
        client.write("POST", "/x", {}, nothing)
    assert slept == [1.0, 1.0]
    web.get(f"{API}/x", json=[])
    client.read("/x", numbers)
    assert slept == [1.0, 1.0]


def test_pages_are_followed_by_link_alone(web: responses.RequestsMock, client: Client) -> None:
    def page(numbers: list[int], query: dict[str, str], after: str = "") -> None:
        link = {"Link": f'<{API}/x?after={after}>; rel="next"'} if after else {}
        web.get(f"{API}/x", json=numbers, headers=link, match=[responses.matchers.query_param_matcher(query)])

    page([1], {"per_page": "100"}, after="abc")
    page([], {"after": "abc"}, after="def")
    page([2], {"after": "def"})
    assert [page.value for page in client.pages("/x", numbers)] == [[1], [], [2]]


def test_pages_that_go_round_in_circles_are_refused(web: responses.RequestsMock, client: Client) -> None:
    web.get(f"{API}/x", json=[1], headers={"Link": f'<{API}/x?page=2>; rel="next"'})
    with pytest.raises(BadAnswer, match="circles"):
        list(client.pages("/x", numbers))


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/x", "https://api.github.com.evil.example/x", "http://api.github.com/x", "https://[bad/x"],
)
def test_the_token_never_goes_to_another_host(address: str, web: responses.RequestsMock, client: Client) -> None:
    web.get(f"{API}/x", json=[1], headers={"Link": f'<{address}>; rel="next"'})
    with pytest.raises(BadAnswer, match="another host"):
        list(client.pages("/x", numbers))
    assert len(web.calls) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed(status: int, web: responses.RequestsMock, client: Client) -> None:
    web.post(f"{API}/x", status=status, headers={"Location": "https://evil.example/x"})
    with pytest.raises(Gone) as raised:
        client.write("POST", "/x", {}, nothing)
    assert raised.value.moved
    assert len(web.calls) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500])
def test_no_error_repeats_the_token(status: int, web: responses.RequestsMock, client: Client) -> None:
    web.get(f"{API}/x", status=status, headers={"Retry-After": "9999"} if status == 429 else {})
    with pytest.raises(ConnectionFailed) as raised:
        client.read("/x", numbers)
    chain: BaseException | None = raised.value
    while chain is not None:
        assert "secret-token" not in str(chain)
        chain = chain.__cause__


class TestAsAnApp:
    """A GitHub App holds a token for an hour, and renews it in time."""

    def test_the_token_is_fetched_once_and_counted(self, app: Any, sandbox: Any, context: Any) -> None:
        [scope] = app.scopes(())
        list(app.pull(scope, None))
        assert [entry.path for entry in sandbox.log.entries].count("/app/installations/99/access_tokens") <= 1
        assert sum("access_tokens" in entry.path for entry in sandbox.log.entries) == 1
        assert context.meter.requests == len(sandbox.log.entries)
        assert context.meter.writes == 0

    def test_the_token_is_renewed_before_it_expires(self, app: Any, sandbox: Any) -> None:
        app.scopes(())
        login = app._client.installation
        login._expires = sandbox.clock.now() + timedelta(seconds=30)
        app.scopes(())
        assert sum("access_tokens" in entry.path for entry in sandbox.log.entries) == 2

    def test_a_write_survives_a_token_that_is_slow_to_come(self, app: Any, hub: Any, sandbox: Any) -> None:
        hub.create("acme/shop", "One")
        ref = Ref("github", str(hub.repository("acme/shop").id), "I_1", "acme/shop#1")
        sandbox.faults.add("status", status=503, path="/access_tokens", times=2)
        assert app.apply(AddLabel(ref, "okr:checkout-1")).done is Done.APPLIED

    def test_its_own_notes_are_found_again(self, app: Any, hub: Any, note: Any) -> None:
        hub.create("acme/shop", "One")
        hub.comment("acme/shop", 1, "Hello")
        [scope] = app.scopes(())
        [item] = [item for page in app.pull(scope, None) for item in page.items]
        receipt = app.apply(PutNote(item.ref, note))
        [shown] = app.observe([item.ref])
        assert shown.note is not None
        assert shown.note.id == receipt.note_id

    @pytest.mark.parametrize("app_id", [APP_ID, str(APP_ID), CLIENT_ID])
    def test_its_notes_are_its_own_by_whichever_of_its_ids_it_is_configured(
        self, app: Any, connect: Any, hub: Any, note: Any, tmp_path: Any, app_id: int | str
    ) -> None:
        configured = connect(app_id=app_id, private_key_file=tmp_path / "app.pem", installation_id=99)
        hub.create("acme/shop", "One")
        ref = Ref("github", str(hub.repository("acme/shop").id), "I_00000001", "acme/shop#1")
        receipt = configured.apply(PutNote(ref, note))
        assert [found.id for found in configured._observer.notes(ref)] == [receipt.note_id]

    @pytest.mark.parametrize("app_id", [8, "Iv23another"])
    def test_what_another_app_wrote_is_not_its_own(
        self, app: Any, connect: Any, hub: Any, note: Any, tmp_path: Any, app_id: int | str
    ) -> None:
        hub.create("acme/shop", "One")
        ref = Ref("github", str(hub.repository("acme/shop").id), "I_00000001", "acme/shop#1")
        app.apply(PutNote(ref, note))
        another = connect(app_id=app_id, private_key_file=tmp_path / "app.pem", installation_id=99)
        assert not another._observer.notes(ref)

    def test_where_an_old_server_tells_no_client_id_a_bot_with_the_mark_is_believed(
        self, app: Any, connect: Any, hub: Any, note: Any, tmp_path: Any, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("okrsync.sandbox.github.accounts.CLIENT_ID", "")
        hub.create("acme/shop", "One")
        ref = Ref("github", str(hub.repository("acme/shop").id), "I_00000001", "acme/shop#1")
        configured = connect(app_id=CLIENT_ID, private_key_file=tmp_path / "app.pem", installation_id=99)
        receipt = configured.apply(PutNote(ref, note))
        assert [found.id for found in configured._observer.notes(ref)] == [receipt.note_id]

    def test_a_broken_key_says_so(self, connect: Any, hub: Any, tmp_path: Any) -> None:
        (tmp_path / "app.pem").write_text("not a key")
        app = connect(app_id=7, private_key_file=tmp_path / "app.pem", installation_id=99)
        with pytest.raises(AuthError, match="private key"):
            app.scopes(())


def test_a_repository_in_scope_is_asked_for_by_its_id(connector: Any, scope: Scope, sandbox: Any) -> None:
    sandbox.log.clear()
    list(connector.pull(scope, None))
    assert all(f"/repositories/{scope.id}/" in entry.path for entry in sandbox.log.entries)
