"""What ``okrsync demo --keep`` leaves running: a team that works on, and a daemon that follows it by webhooks."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from okrsync.cli.session import Session

if TYPE_CHECKING:
    from okrsync.cli.story import Story

BETWEEN_ACTS = 5.0
"""Seconds from one thing that the team does to the next."""

LEAVE = 10.0
"""Seconds that a run gets to finish the write in hand."""


@contextmanager
def living(story: Story) -> Iterator[str]:
    """The address of a dashboard on data that moves, for as long as this lasts."""
    from okrsync.web.room import Room
    from okrsync.web.serving import serving

    secret = secrets.token_hex(32)
    heard = {f"OKRSYNC_CONNECTIONS__{name}__WEBHOOK_SECRET": secret for name in ("GITHUB", "JIRA")}
    session = replace(story.session, environ={**story.session.environ, **heard})
    with ExitStack() as stack:
        room = Room(session.open, session.config, session.now)
        served = stack.enter_context(serving(room, environ=session.environ, port=0))
        for tracker in ("github", "jira"):
            story.sandbox.hook(tracker, f"{served.url}/hooks/{tracker}", secret)
        stack.enter_context(_following(session))
        stack.enter_context(_working(story))
        yield served.url


@contextmanager
def _following(session: Session) -> Iterator[None]:
    from okrsync.daemon import Daemon
    from okrsync.events import Silence

    ended, log = threading.Event(), Silence()

    def open_app(**given: Any) -> Any:
        return session.open_app(session.config, environ=session.environ, now=session.now, log=log, **given)

    def sleep(seconds: float) -> None:
        ended.wait(seconds)

    daemon = Daemon(open_app, log, sleep, config=session.config)
    thread = threading.Thread(target=daemon.run, name="daemon", daemon=True)
    thread.start()
    try:
        yield
    finally:
        daemon.stop()
        ended.set()
        thread.join(LEAVE)


@contextmanager
def _working(story: Story) -> Iterator[None]:
    from okrsync.sandbox.team import go_on

    ended = threading.Event()

    def work() -> None:
        for sentence in go_on(story.sandbox):
            if sentence:
                story.session.say(f"  {story.session.now():%H:%M:%S}  The team {sentence}.", "dim")
            if ended.wait(BETWEEN_ACTS):
                break

    thread = threading.Thread(target=work, name="team", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(LEAVE)
