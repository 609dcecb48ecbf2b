"""Why a request got no answer, in words that name no address and no secret: texts of libraries quote both."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from socket import gaierror
from typing import Any

_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}
_NOT_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything wrapped in it: urllib3 keeps the reason in an attribute or argument."""
    pending: list[Any] = [error]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            pending += [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]


def untrusted(error: BaseException) -> bool:
    """Is it the certificate of the other side that is not trusted?"""
    return any("CERTIFICATE_VERIFY_FAILED" in str(cause).upper() for cause in causes(error))


def speaks_no_tls(error: BaseException) -> bool:
    """Was it asked with https:// what only understands http://?"""
    return any(word in str(cause).upper() for cause in causes(error) for word in _NOT_TLS)


def reason(error: BaseException) -> str:
    """``: nothing listens there``, to stand behind what cannot be reached; empty where nobody knows."""
    told = next(filter(None, map(_plainly, causes(error))), "")
    return f": {told}" if told else ""


def _plainly(cause: BaseException) -> str:
    if isinstance(cause, gaierror):
        return "no machine is known by that name"
    if isinstance(cause, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    if isinstance(cause, ConnectionResetError | BrokenPipeError):
        return "the other side closed the connection"
    return "no way leads there" if isinstance(cause, OSError) and cause.errno in _NO_WAY else ""
