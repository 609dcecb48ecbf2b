"""Transport and refusals: what Jira answers, and which error says what to do next."""

from __future__ import annotations

import base64
import socket
import traceback
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest
import requests
import responses
from hypothesis import example, given
from hypothesis import strategies as st
from jira_canned import API, DATE, NOW, SECRET, SITE
from okrsync_jira import answers, plugin
from okrsync_jira.client import Client

from okrsync import __version__, errors
from okrsync.connector import Context


def make(context: Context, **options: Any) -> Client:
    known = {"url": SITE, "projects": ["SHOP"], "email": "ana@acme.example", "token": SECRET}
    return Client(plugin.options(**(known | options)), context)


@pytest.fixture
def client(context: Context) -> Client:
    return make(context)


def read(client: Client) -> Any:
    return client.read("myself", msgspec.json.decode)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (301, "", errors.Rejected),
        (400, '{"errorMessages": ["no"]}', errors.Rejected),
        (401, "", errors.AuthError),
        (403, '{"message": "no"}', errors.Forbidden),
        (400, '{"errorMessages": ["You do not have the permission to comment on this issue."]}', errors.Forbidden),
        (400, '{"errors": {"labels": "Field cannot be set. It is not on the appropriate screen."}}', errors.Forbidden),
        (403, '{"errorMessages": ["The project is archived."]}', errors.Closed),
        (404, "{}", errors.Gone),
        (405, "", errors.Rejected),
        (410, "", errors.Gone),
        (413, "", errors.Rejected),
        (422, '{"errors": {"labels": "too long"}}', errors.Rejected),
        (500, "<html>", errors.Transient),
        (503, "null", errors.Transient),
        (504, '"text"', errors.Transient),
    ],
)
def test_each_refusal_becomes_the_error_that_says_what_to_do(
    status: int, body: str, expected: type, client: Client, rsps: responses.RequestsMock
) -> None:
    rsps.get(f"{API}/myself", status=status, body=body)
    with pytest.raises(errors.ConnectionFailed) as caught:
        read(client)
    assert type(caught.value) is expected
    assert caught.value.hint


def test_a_removed_search_is_explained(client: Client, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/search", status=410, json={"errorMessages": ["The requested API has been removed."]})
    with pytest.raises(errors.Rejected, match="removed the old search"):
        client.read("search", msgspec.json.decode, body={})


def test_the_trackers_own_words_are_quoted_clean_and_short(client: Client, rsps: responses.RequestsMock) -> None:
    rsps.get(f"{API}/myself", status=400, json={"errorMessages": ["bad\n\x1b[31m" + "x" * 1000], "errors": {"a": "b"}})
    with pytest.raises(errors.Rejected) as caught:
        read(client)
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "headers": {"Set-Cookie": "JSESSIONID=cookie-secret"}, "body": f"<html>{SECRET}</html>"},
        {"status": 500, "headers": {"Set-Cookie": "JSESSIONID=cookie-secret"}, "body": SECRET},
        {"body": requests.ConnectionError(f"broken https://ana:{SECRET}@acme")},
        {"status": 200, "body": f"<html>cookie-secret {SECRET}</html>"},
    ],
)
def test_no_error_carries_token_cookie_or_body(
    answer: dict[str, Any], client: Client, rsps: responses.RequestsMock
) -> None:
    rsps.get(f"{API}/myself", **answer)
    with pytest.raises(errors.ConnectionFailed) as caught:
        read(client)
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value)
    assert SECRET not in told
    assert "cookie-secret" not in told


def test_a_transient_failure_is_read_again(client: Client, rsps: responses.RequestsMock, slept: list[float]) -> None:
    rsps.get(f"{API}/myself", status=502)
    rsps.get(f"{API}/myself", body='{"name": "a')
    rsps.get(f"{API}/myself", json={"name": "ana"}, headers=DATE)
    assert read(client) == {"name": "ana"}
    assert len(slept) == 2
    assert client.server_time == NOW


def test_a_web_page_is_no_answer(client: Client, rsps: responses.RequestsMock) -> None:
    rsps.get(f"{API}/myself", body="<!DOCTYPE html><title>Log in</title>", content_type="text/html")
    with pytest.raises(errors.BadAnswer, match="web page"):
        read(client)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "Fri, 20 Nov 2026 12:00:30 GMT"}, 30),
        ({"Retry-After": "Fri, 20 Nov 2026 11:00:00 GMT"}, 0),
        ({"X-RateLimit-Reset": "2026-11-20T12:00:20Z"}, 20),
        ({"Retry-After": "soon"}, answers.PAUSE),
        ({"Retry-After": "9" * 400}, answers.PAUSE),
        ({"X-RateLimit-Reset": "9999-12-31T00:00:00Z"}, answers.PAUSE),
        ({}, answers.PAUSE),
    ],
)
def test_a_short_limit_is_waited_for_as_long_as_jira_says(
    headers: dict[str, str], seconds: float, client: Client, rsps: responses.RequestsMock, slept: list[float]
) -> None:
    rsps.get(f"{API}/myself", status=429, headers=headers)
    rsps.get(f"{API}/myself", json={})
    read(client)
    assert len(slept) == 1
    assert slept[0] == pytest.approx(seconds, abs=1.1)


def test_a_long_limit_is_handed_on(client: Client, rsps: responses.RequestsMock, slept: list[float]) -> None:
    rsps.get(f"{API}/myself", status=429, headers={"Retry-After": "3600", "RateLimit-Reason": "jira-quota"})
    with pytest.raises(errors.RateLimited) as caught:
        read(client)
    assert caught.value.retry_after == 3600
    assert "jira-quota" in caught.value.hint
    assert slept == []


@pytest.mark.parametrize("skew", [-600, 0, 600])
def test_a_date_to_wait_for_is_one_by_jiras_own_clock(skew: int) -> None:
    clock = NOW.replace(microsecond=0) + timedelta(seconds=skew)
    told = {"Date": format_datetime(clock, usegmt=True)}
    until = clock + timedelta(seconds=7)
    assert answers.pause({**told, "Retry-After": format_datetime(until, usegmt=True)}, NOW) == 7
    assert answers.pause({**told, "X-RateLimit-Reset": until.isoformat()}, NOW) == 7


@example("²")
@given(st.text(max_size=40))
def test_any_retry_after_gives_a_pause_that_is_not_negative(text: str) -> None:
    assert answers.pause({"Retry-After": text, "X-RateLimit-Reset": text}, NOW) >= 0


@example(b"[" * 100_000)
@example(b'{"deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
@given(st.binary(max_size=200))
def test_any_error_body_is_survived(body: bytes) -> None:
    error = answers.failure("GET x", 400, {}, body, NOW + timedelta(0))
    assert isinstance(error, errors.Rejected)


def test_requests_writes_and_the_rest_of_the_limit_are_counted(
    client: Client, context: Context, rsps: responses.RequestsMock
) -> None:
    rsps.get(f"{API}/myself", status=500)
    rsps.get(f"{API}/myself", json={}, headers={"X-RateLimit-Remaining": "41", "X-RateLimit-Limit": "100"})
    rsps.put(f"{API}/issue/1", status=204)
    read(client)
    client.write("PUT", "issue/1", body={})
    meter = context.meter
    assert (meter.requests, meter.writes, meter.remaining, meter.limit) == (3, 1, 41, 100)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 502},
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError("reset")},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
    ],
)
def test_a_write_whose_answer_is_lost_is_not_sent_again(
    answer: dict[str, Any], client: Client, context: Context, rsps: responses.RequestsMock
) -> None:
    rsps.post(f"{API}/issue/1/comment", **answer)
    with pytest.raises(errors.OutcomeUnknown):
        client.write("POST", "issue/1/comment", body={})
    assert context.meter.writes == 1


def test_a_conflict_surely_did_not_happen_and_is_sent_again(client: Client, rsps: responses.RequestsMock) -> None:
    rsps.put(f"{API}/issue/1", status=409)
    rsps.put(f"{API}/issue/1", status=204)
    client.write("PUT", "issue/1", body={})
    assert len(rsps.calls) == 2


def test_a_write_to_a_closed_port_surely_did_not_happen(context: Context, slept: list[float]) -> None:
    with socket.socket() as placeholder:
        placeholder.bind(("127.0.0.1", 0))
        port = placeholder.getsockname()[1]
        client = make(context, url=f"http://127.0.0.1:{port}")
        with pytest.raises(errors.Transient) as caught:
            client.write("POST", "issue/1/comment", body={})
    assert caught.value.sent is False
    assert len(slept) == 4


def test_an_untrusted_certificate_is_not_tried_again(
    client: Client, rsps: responses.RequestsMock, slept: list[float]
) -> None:
    rsps.get(f"{API}/myself", body=requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"))
    with pytest.raises(errors.Rejected) as caught:
        read(client)
    assert "ca_file" in caught.value.hint
    assert slept == []


def test_a_redirect_is_not_followed_with_the_token(client: Client, rsps: responses.RequestsMock) -> None:
    rsps.get(f"{API}/myself", status=302, headers={"Location": "https://evil.example/login?os=1"})
    rsps.get("https://evil.example/login", json={})
    with pytest.raises(errors.Rejected, match=r"redirects to https://evil\.example\.") as caught:
        read(client)
    assert len(rsps.calls) == 1
    assert "os=1" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "address", "header"),
    [
        ({}, SITE, "Basic " + base64.b64encode(f"ana@acme.example:{SECRET}".encode()).decode()),
        (
            {"email": None, "url": "https://jira.acme.example/jira/"},
            "https://jira.acme.example/jira",
            f"Bearer {SECRET}",
        ),
        (
            {"cloud_id": "11-22"},
            "https://api.atlassian.com/ex/jira/11-22",
            "Basic " + base64.b64encode(f"ana@acme.example:{SECRET}".encode()).decode(),
        ),
    ],
)
def test_each_product_is_signed_in_to_in_its_own_way(
    options: dict[str, Any], address: str, header: str, context: Context, rsps: responses.RequestsMock
) -> None:
    rsps.get(f"{address}/rest/api/2/myself", json={})
    read(make(context, **options))
    assert rsps.calls[0].request.headers["Authorization"] == header


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        ({"token": None}, ("JIRA_API_TOKEN", "OKRSYNC_CONNECTIONS__JIRA__TOKEN")),
        ({"email": None}, ("JIRA_EMAIL", "OKRSYNC_CONNECTIONS__JIRA__EMAIL")),
        ({"token": "line\nbreak"}, ("Copy",)),
    ],
)
def test_missing_credentials_name_the_variables_to_set(
    options: dict[str, Any], variables: tuple[str, ...], context: Context
) -> None:
    with pytest.raises(errors.AuthError) as caught:
        make(context, **options)
    assert all(variable in caught.value.hint for variable in variables)


def test_two_connections_that_fail_alike_are_told_apart_by_their_hosts(context: Context) -> None:
    for port in (9, 11):
        with pytest.raises(errors.Transient) as caught:
            read(make(context, url=f"http://127.0.0.1:{port}"))
        assert caught.value.message == f"GET myself: Jira at 127.0.0.1:{port} cannot be reached: nothing listens there."
    with pytest.raises(errors.AuthError, match=r"There is no token for Jira at jira\.acme\.example\."):
        make(context, url="https://jira.acme.example", token=None)


def test_the_libraries_private_names_are_still_there(client: Client) -> None:
    from jira import JIRA

    assert isinstance(client._jira._session, requests.Session)
    assert client._jira._get_url("board/1", JIRA.AGILE_BASE_URL) == f"{SITE}/rest/agile/1.0/board/1"
    assert client._jira._session.max_retries == 0


def test_jira_is_told_which_okrsync_asks(client: Client, rsps: responses.RequestsMock) -> None:
    rsps.get(f"{API}/myself", json={})
    read(client)
    assert rsps.calls[0].request.headers["User-Agent"] == f"okrsync/{__version__}"


def test_opening_a_connection_asks_for_nothing(client: Client, context: Context) -> None:
    assert context.meter.requests == 0


def test_a_missing_certificate_file_is_named(context: Context) -> None:
    with pytest.raises(errors.ConnectionFailed, match=r"ca_file /nowhere\.pem"):
        make(context, ca_file="/nowhere.pem")


def test_a_solved_captcha_helps_where_jira_wants_one(client: Client, rsps: responses.RequestsMock) -> None:
    denied = {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://acme/login"}
    rsps.get(f"{API}/myself", status=403, headers=denied)
    with pytest.raises(errors.AuthError, match="CAPTCHA"):
        read(client)
