"""What the web server has to say goes where everything goes: one line in our own log, in its form."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from okrsync.events import Event, Log, Silence

_SERVER = logging.getLogger("uvicorn.error")


class _Told(logging.Handler):
    """Errors are ours; what strangers send that is no HTTP is told at ``debug``, or anybody could fill the log."""

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
    handler, propagated, level = _Told(log), _SERVER.propagate, _SERVER.level
    _SERVER.addHandler(handler)
    _SERVER.propagate = False
    _SERVER.setLevel(logging.WARNING)
    try:
        yield
    finally:
        _SERVER.removeHandler(handler)
        _SERVER.propagate = propagated
        _SERVER.setLevel(level)
