"""``okrsync checkin``: how a key result that no ticket measures gets its value."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of
from okrsync.errors import ConfigError

EXAMPLES = """
okrsync checkin checkout-3 --value 2.4 --note "new button is live"
"""


def checkin(
    context: typer.Context,
    key_result: Annotated[str, typer.Argument(help="Id of the key result, as in the OKR files.")],
    value: Annotated[float | None, typer.Option(help="Its value today, in its unit.")] = None,
    note: Annotated[str, typer.Option(help="What changed, for those who read it later.")] = "",
    who: Annotated[str | None, typer.Option(help="Who says so.", show_default="your login name")] = None,
) -> int:
    """Record a value or a remark for a key result.

    Check-ins are kept for ever and never edited.
    """
    return run(session_of(context), key_result, value=value, note=note, who=who or _login())


def run(session: Session, key_result: str, *, value: float | None, note: str, who: str) -> int:
    if value is None and not note:
        raise ConfigError("A check-in says something.", hint="Give --value, --note, or both.")
    with session.open() as app:
        app.checkin(key_result, value=value, note=note, who=who)
    session.say(f"Noted for {key_result}. The next sync shows it on the tickets.")
    return 0


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
