"""``okrsync serve``: the dashboard, for people with a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

PATIENCE = 60.0
"""Seconds for which the address is held back until every page is there at once."""

EXAMPLES = """
okrsync serve               the dashboard, on this machine only
okrsync serve --port 9000   on another port
"""


def serve(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The address to listen on, rather than the configured one.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, metavar="PORT", help="The port, rather than the configured one; 0 takes a free one."
        ),
    ] = None,
) -> int:
    """Serve the dashboard until Ctrl-C.

    It reads the local store; a daemon or a sync keeps that fresh.
    """
    return run(session_of(context), host=host, port=port)


def run(session: Session, *, host: str | None = None, port: int | None = None) -> int:
    from okrsync.web.room import Room
    from okrsync.web.serving import serving

    room = Room(session.open, session.config, session.now)
    with serving(room, environ=session.environ, host=host, port=port) as server:
        session.say("Getting the dashboard ready.")
        later = "" if server.ready(PATIENCE) else " Its first pages may take seconds yet."
        session.say(f"The dashboard is at {server.url}.{later} Ctrl-C ends it.")
        server.wait()
    session.say("The dashboard is closed.")
    return 0
