"""The files as the daemon reads them: again and again, and never worse than the last time they could be read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from okrsync.app import App
from okrsync.errors import ConfigError
from okrsync.events import Event, explained
from okrsync.settings.watch import Stamps, stamps

EVERY = 1.0
"""Seconds between two looks at the files."""


class Files:
    """``open_app`` makes an App, given what ``App.open`` takes; ``clock`` counts seconds."""

    def __init__(self, open_app: Callable[..., App], config: Path | None, log: Any, clock: Callable[[], float]) -> None:
        self._open_app = open_app
        self._config = config
        self._log = log
        self._clock = clock
        self._last: App | None = None
        self._told = ""
        self._read: Stamps = ()
        self._heeded: Stamps = ()
        self._seen: Stamps = ()
        self._looked = clock()

    @property
    def broken(self) -> bool:
        """Whether they could not be read the last time."""
        return bool(self._told)

    def heeded(self) -> App:
        """The App of the files as they are now, told to everybody: what changes from here on is a change."""
        app = self.opened()
        self._heeded = self._read
        return app

    def opened(self, **given: Any) -> App:
        """An App of the files as they are now, or while they are broken of what they said before; it is told once.

        Raises ConfigError when they could never be read.
        """
        before = self._stamps()
        try:
            app = self._open_app(**given)
        except ConfigError as error:
            if self._last is None:
                raise
            if str(error) != self._told:
                self._told = str(error)
                self._log.error(Event.CONFIGURATION_BROKEN, **explained(error))
            app = dataclasses.replace(self._last, **given)
        else:
            if self._told:
                self._told = ""
                self._log.info(Event.CONFIGURATION_MENDED)
            self._last = dataclasses.replace(app)
        after = self._stamps()
        self._read = before if _names(before) == _names(after) else after
        return app

    def as_before(self, **given: Any) -> App:
        """The App without reading the files again, where none has changed since: for runs that must begin at once."""
        if self._last is None or self._read != self._stamps():
            return self.opened(**given)
        return dataclasses.replace(self._last, **given)

    def changed(self) -> bool:
        """Whether a file has changed since all heeded it, and stayed as it is for a moment: it may be half written."""
        if self._clock() - self._looked < EVERY:
            return False
        self._looked = self._clock()
        before, self._seen = self._seen, self._stamps()
        return self._seen == before and self._seen != self._heeded

    def _stamps(self) -> Stamps:
        return stamps(self._config, self._last.settings if self._last else None)


def _names(read: Stamps) -> list[str]:
    return [file for file, _ in read]
