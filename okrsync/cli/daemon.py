"""``okrsync daemon``: keep going."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import LogForm, LogLevel, session_of

EXAMPLES = """
okrsync daemon              every connection on its own clock
okrsync daemon --log-json   one JSON line per run
"""


def daemon(
    context: typer.Context,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log lines as JSON.")] = False,
) -> int:
    """Sync for ever, each connection on its own clock.

    SIGTERM or Ctrl-C finishes the write in hand and ends. A run that fails never ends the daemon.
    """
    from okrsync.daemon import run_daemon

    session = session_of(context)
    log_json = log_json or session.log is LogForm.JSON
    level = session.log_level or LogLevel.INFO
    return run_daemon(session.config, environ=session.environ, log_json=log_json, level=level.value)
