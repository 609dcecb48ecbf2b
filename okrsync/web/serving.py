"""A web server in a thread of its own, which ends when it is told to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module

import uvicorn

from okrsync.errors import ConfigError
from okrsync.report.charts import warm
from okrsync.settings.serve import SESSION_KEY, Serve
from okrsync.web.complaints import told_to
from okrsync.web.render import environment
from okrsync.web.room import Room
from okrsync.web.server import create


@dataclass(frozen=True)
class Serving:
    """``url`` is where it listens."""

    url: str
    _thread: threading.Thread
    _warming: threading.Thread
    _room: Room

    def ready(self, seconds: float) -> bool:
        """Wait until every page is there at once, at most for so long; whether it is."""
        began = time.monotonic()
        self._warming.join(seconds)
        return (
            self._room.caught_up.wait(max(0.0, seconds - (time.monotonic() - began))) and not self._warming.is_alive()
        )

    def wait(self) -> None:
        """Until Ctrl-C."""
        try:
            while self._thread.is_alive():
                self._thread.join(1.0)
        except KeyboardInterrupt:
            return


@contextmanager
def serving(
    room: Room,
    *,
    environ: Mapping[str, str],
    host: str | None = None,
    port: int | None = None,
    silence: Callable[[], float] | None = None,
) -> Iterator[Serving]:
    """Serve a room. Raises ConfigError for an address that is exposed, taken or not there.

    ``silence`` tells for how many seconds a loop beside it has shown no sign of life.
    """
    rules = room.app.settings.serve or Serve()
    chosen = _listening(rules, host, port)
    listener = _bound(chosen)
    application = create(room, session_key=environ.get(SESSION_KEY), silence=silence)
    server = uvicorn.Server(
        uvicorn.Config(application, log_config=None, access_log=False, proxy_headers=False, server_header=False)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="dashboard", daemon=True)
    telling = ExitStack()
    telling.enter_context(told_to(room.app.log))
    thread.start()
    warming = threading.Thread(target=warm_up, name="charts", daemon=True)
    warming.start()
    try:
        name = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
        yield Serving(f"http://{name}:{listener.getsockname()[1]}", thread, warming, room)
    finally:
        server.should_exit = True
        thread.join(5.0)
        listener.close()
        telling.close()
        room.close()


def warm_up() -> None:
    """Load what the first page of a key result would wait for: forecasts, templates, and what draws charts."""
    import_module("okrsync.method.forecast.outlook")
    for name in environment().list_templates():
        environment().get_template(name)
    warm()


def _listening(rules: Serve, host: str | None, port: int | None) -> Serve:
    """The rules with another address; the same check as for the file. Raises ConfigError."""
    from pydantic import ValidationError

    given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    try:
        return Serve.model_validate({**rules.model_dump(), **given})
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ConfigError(f"serve: {said}.", hint="docs/access.md tells how people sign in.") from None


def _bound(rules: Serve) -> socket.socket:
    """Names TCP, or asyncio would not switch Nagle's algorithm off and every answer would take 40 ms."""
    family = socket.AF_INET6 if ":" in rules.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((rules.host, rules.port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"Nothing can listen on {rules.host}:{rules.port}: {error.strerror}.",
            hint="Choose another with --port, or serve: {port: …} in okrsync.yaml.",
        ) from None
    listener.listen(128)
    return listener
