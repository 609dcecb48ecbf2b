"""Why nobody answered, in words for people, from the errors that a library really raises."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterator

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from okrsync.connector.unreached import reason, speaks_no_tls, untrusted


def _wrapped(cause: BaseException) -> requests.ConnectionError:
    """As requests wraps what urllib3 wrapped."""
    inner = NewConnectionError(None, "x")  # type: ignore[arg-type]
    inner.__cause__ = cause
    return requests.ConnectionError(MaxRetryError(None, "/rest?token=secret", inner))  # type: ignore[arg-type]


@pytest.fixture
def plain_server() -> Iterator[int]:
    """The port of a server that answers everything with words in the clear."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (socket.gaierror(-2, "Name or service not known"), ": no machine is known by that name"),
        (ConnectionRefusedError(111, "x"), ": nothing listens there"),
        (TimeoutError("timed out"), ": no answer in time"),
        (OSError(errno.EHOSTUNREACH, "x"), ": no way leads there"),
        (ConnectionResetError(104, "x"), ": the other side closed the connection"),
        (OSError(errno.EIO, "secret"), ""),
        (ValueError("secret"), ""),
    ],
)
def test_the_deepest_cause_that_people_understand_is_told(cause: BaseException, told: str) -> None:
    assert reason(_wrapped(cause)) == told


def test_a_port_where_nothing_listens_is_told_as_that() -> None:
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get("http://127.0.0.1:9", timeout=5)
    assert reason(caught.value) == ": nothing listens there"
    assert not untrusted(caught.value)
    assert not speaks_no_tls(caught.value)


def test_https_on_a_port_that_speaks_http_is_told_as_that(plain_server: int) -> None:
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get(f"https://127.0.0.1:{plain_server}", timeout=5)
    assert speaks_no_tls(caught.value)
    assert not untrusted(caught.value)


def test_a_certificate_that_nobody_trusts_is_told_as_that() -> None:
    failed = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"
    assert untrusted(requests.exceptions.SSLError(MaxRetryError(None, "/", OSError(failed))))  # type: ignore[arg-type]
    assert not untrusted(requests.exceptions.SSLError("handshake failed"))
