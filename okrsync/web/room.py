"""The room behind the pages: the files as they are now, and stores to read from, one for each request at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, TypeVar, cast

from okrsync.app import App
from okrsync.errors import ConfigError
from okrsync.practice.desk import Desk
from okrsync.settings.watch import Stamps, stamps
from okrsync.store import Store
from okrsync.web.work import Work

T = TypeVar("T")


@dataclass
class Room:
    """``open_app`` makes an App from the files. A broken file keeps what was read before; ``trouble`` says so."""

    open_app: Callable[[], App]
    config: Path
    now: Callable[[], datetime]
    trouble: str = ""
    work: Work = field(default_factory=Work)
    _app: App | None = None
    _seen: Stamps = ()
    _stores: LifoQueue[Store] = field(default_factory=LifoQueue)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[str, tuple[object, Any]] = field(default_factory=dict)

    @property
    def app(self) -> App:
        """The files as they are now. Raises ConfigError when they never could be read."""
        with self._lock:
            seen = self._look()
            if self._app is None or seen != self._seen:
                self._read()
                self._seen = self._look()
            assert self._app is not None
            return self._app

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """A desk for one request; its store goes back to the others afterwards."""
        app = self.app
        store = self._store(app.settings.store)
        try:
            yield Desk(store, app.okrs, app.settings, self.now())
        finally:
            self._stores.put(store)

    def once(self, what: str, desk: Desk, make: Callable[[], T]) -> T:
        """The same answer as last time while neither the store, nor the files, nor the day have changed."""
        version = (desk.store.version(), self._seen, desk.now.date())
        held = self._kept.get(what)
        if held is None or held[0] != version:
            held = self._kept[what] = version, make()
        return cast("T", held[1])

    def close(self) -> None:
        self.work.leave()
        while True:
            try:
                self._stores.get_nowait().close()
            except Empty:
                break
        if self._app is not None:
            self._app.close()

    def _store(self, url: str) -> Store:
        while True:
            try:
                store = self._stores.get_nowait()
            except Empty:
                return Store(url)
            if store.url == url:
                return store
            store.close()

    def _read(self) -> None:
        try:
            self._app = self.open_app()
            self.trouble = ""
        except ConfigError as error:
            self.trouble = str(error)
            if self._app is None:
                raise

    def _look(self) -> Stamps:
        return stamps(self.config, self._app.settings if self._app is not None else None)
