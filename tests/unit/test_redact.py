"""A secret that is in use shows in no text, whatever form it takes there."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import threading
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from okrsync import redact
from okrsync.daemon import logger
from okrsync.errors import OkrsyncError
from okrsync.redact import KEPT, MASK, Redactor

TOKEN = "ghp_Zx8/+q&<7>'w\"k\\9€Lm"
SECRETS = st.text(st.sampled_from("ABCXYZ0189+/=_-&<>\"'\\%{}~€Ł"), min_size=6, max_size=60)
AROUND = st.text(st.sampled_from("abc .:@"), max_size=12)


def knowing(*secrets: str) -> Redactor:
    made = Redactor()
    for secret in secrets:
        made.learn(secret)
    return made


@given(SECRETS, AROUND, AROUND)
def test_no_form_of_a_secret_is_left(secret: str, before: str, after: str) -> None:
    mask = knowing(secret).mask
    forms = (str, quote, lambda text: quote(text, safe=""), quote_plus, html.escape, repr, json.dumps)
    for write in forms:
        written = write(secret)[1:-1] if write in (repr, json.dumps) else write(secret)
        assert written not in mask(f"{before} {written} {after}")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for encoded in (encode(f"{before}{secret}{after}".encode()), encode(f"{before}:{secret}".encode())):
            masked = mask(f"Authorization: Basic {encoded.decode()}, {quote(encoded.decode(), safe='')}")
            assert masked.count(MASK) >= 2
            assert encode(secret.encode()).decode().rstrip("=")[:-1] not in masked


@given(AROUND, SECRETS)
def test_text_without_a_secret_is_left_alone(text: str, secret: str) -> None:
    assert knowing(secret).mask(text) == text


def test_words_too_short_for_a_secret_stay_words() -> None:
    assert knowing("token"[:5], "").mask("a token is not here") == "a token is not here"


def test_every_line_of_a_private_key_is_a_secret() -> None:
    mask = knowing("-----BEGIN KEY-----\nMIIEowIBAAKCAQEA1\nb2tyc3luYw8f4hQ==\n-----END KEY-----").mask
    assert mask("-----BEGIN KEY----- MIIEowIBAAKCAQEA1 b2tyc3luYw8f4hQ==") == f"-----BEGIN KEY----- {MASK} {MASK}"


def test_the_latest_secrets_are_remembered_and_those_in_use_stay() -> None:
    known = knowing("the-first-token", "used-all-the-time")
    for number in range(KEPT):
        known.learn(f"hourly-token-{number:03}")
        known.learn("used-all-the-time")
    assert known.mask("the-first-token") == "the-first-token"
    assert known.mask("used-all-the-time hourly-token-063") == f"{MASK} {MASK}"


def test_an_error_never_holds_one() -> None:
    redact.learn(TOKEN)
    error = OkrsyncError(f"Bad credentials {TOKEN}.", hint=f"Not {TOKEN}!")
    assert str(error) == f"Bad credentials {MASK}. Not {MASK}!"
    assert TOKEN not in repr(error)


def test_a_plain_traceback_shows_none() -> None:
    redact.learn(TOKEN)
    try:
        raise ValueError(f"send: Authorization: Bearer {TOKEN}")
    except ValueError as error:
        told = redact.traceback_of(error)
    assert f"ValueError: send: Authorization: Bearer {MASK}" in told
    assert "test_redact.py" in told


def test_log_records_are_harmless_for_every_handler() -> None:
    redact.learn(TOKEN)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    log = logging.getLogger("urllib3.connectionpool.of.a.test")
    log.propagate, log.handlers = False, [handler]
    log.warning("Retrying %s with %r", "https://x/?token=" + quote(TOKEN), {"Authorization": f"Bearer {TOKEN}"})
    log.warning("%s %s", "too few", stack_info=True)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        log.exception("broke: %s", TOKEN)
    said = stream.getvalue()
    assert TOKEN not in said
    assert repr(TOKEN)[1:-1] not in said
    assert said.count(MASK) == 4
    assert "Traceback" in said


def test_a_thread_that_dies_of_an_error_shows_none(capsys: pytest.CaptureFixture[str]) -> None:
    redact.learn(TOKEN)

    def breaks() -> None:
        raise RuntimeError(TOKEN)

    thread = threading.Thread(target=breaks)
    redact.guard_threads()
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert TOKEN not in said


def test_records_are_made_harmless_once() -> None:
    redact.learn(TOKEN)
    factory = logging.getLogRecordFactory()
    redact.guard_logging()
    assert logging.getLogRecordFactory() is factory


@pytest.mark.parametrize("log_json", [True, False])
def test_the_daemons_log_shows_none(log_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    redact.learn(TOKEN)

    class Opaque:
        def __repr__(self) -> str:
            return f"<Session {TOKEN}>"

    log = logger(log_json=log_json)
    log.info(f"run {TOKEN}", failed={"github": f"Bearer {TOKEN}"}, tried=[TOKEN], session=Opaque(), count=3)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        log.exception("run crashed")
    said = "".join(capsys.readouterr())
    assert said.count(MASK) >= 5
    assert "ValueError" in said
    for form in (TOKEN, json.dumps(TOKEN)[1:-1], repr(TOKEN)[1:-1], json.dumps(json.dumps(TOKEN)[1:-1])[1:-1]):
        assert form not in said


def test_a_processor_works_in_any_chain() -> None:
    redact.learn(TOKEN)
    events: list[Any] = []

    def keep(logger: object, method: str, event: Any) -> Any:
        events.append(event)
        raise structlog.DropEvent

    structlog.wrap_logger(None, processors=[redact.processor, keep]).info("said", inner=({"deep": TOKEN},))
    assert events == [{"event": "said", "inner": [{"deep": MASK}]}]


def test_a_masking_stream_is_otherwise_the_stream() -> None:
    redact.learn(TOKEN)
    inner = io.StringIO()
    stream = redact.masking(inner)
    assert stream.write(TOKEN) == len(TOKEN)
    stream.writelines(["and ", TOKEN])
    assert inner.getvalue() == f"{MASK}and {MASK}"
    assert stream.isatty() is False
