"""What the web server has to say goes where everything goes: one line in our own log, in its form."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from okrsync.events import Event, Log, Silence

_SPEAKERS = tuple(map(logging.getLogger, ("uvicorn.error", "python_multipart")))
"""The server, and what takes forms apart."""


class _Told(logging.Handler):
    """Errors are ours; what strangers send that is no HTTP, or no form, is told at ``debug``: nobody fills the log."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self._log.error(Event.SERVER_SAID, message=record.getMessage(), exc_info=record.exc_info)
        else:
            self._log.debug(Event.SERVER_SAID, message=record.getMessage())


@contextmanager
def told_to(log: Log) -> Iterator[None]:
    """Where nobody keeps a log, the server speaks on stderr as it likes."""
    if isinstance(log, Silence):
        yield
        return
    handler, before = _Told(log), [(one, one.propagate, one.level) for one in _SPEAKERS]
    for one in _SPEAKERS:
        one.addHandler(handler)
        one.propagate = False
        one.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for one, propagated, level in before:
            one.removeHandler(handler)
            one.propagate = propagated
            one.setLevel(level)
