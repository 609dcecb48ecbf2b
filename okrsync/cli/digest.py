"""``okrsync digest``: what owners, the coach and the champion hear, at any time; and sending it, for cron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of
from okrsync.model.roles import PracticeRole

PARTIAL = 4

EXAMPLES = """
okrsync digest --role owner --who ana   the check-ins that ana owes
okrsync digest --role coach             what is silent, contradicts itself, was found, and moved
okrsync digest --role champion          what stands still, and how cycles ended
okrsync digest --send                   sends all of them by Apprise, to nobody twice a day
"""


def digest(
    context: typer.Context,
    role: Annotated[PracticeRole | None, typer.Option(help="Whose; all three unless given.")] = None,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="One person of that role.", show_default="everybody in it")
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send them instead of printing them.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The digests as JSON.")] = False,
) -> int:
    """Show what each role of the practice hears, from the store and the OKR files.

    The daemon sends this by itself on the day of the check-ins, where OKRSYNC_NOTIFY says to whom.
    """
    session = session_of(context)
    roles = (role,) if role else tuple(PracticeRole)
    return dispatch(session, roles, who) if send else run(session, roles, who, json=json)


def run(session: Session, roles: Sequence[PracticeRole], who: str | None = None, *, json: bool = False) -> int:
    """Print the digests of these roles."""
    from okrsync.practice.digest import digests

    with session.open() as app:
        found = digests(app.desk(), roles, who)
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(found))
    else:
        from okrsync.report.digest import digest_text

        for one in found:
            session.show(digest_text(one, session.out.width))
    return 0


def dispatch(session: Session, roles: Sequence[PracticeRole], who: str | None = None) -> int:
    """Send them; 4 when one of them did not surely arrive."""
    from okrsync.practice.post import send
    from okrsync.practice.reminders import dispatch
    from okrsync.report.digest import deliveries_text

    with session.open() as app:
        sent = dispatch(app.desk(), send, roles, who)
    session.show(deliveries_text(sent))
    return PARTIAL if any(one.delivery.why for one in sent) else 0
