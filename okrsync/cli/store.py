"""``okrsync store``: look the store's file over, back it up, and put a backup in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from okrsync.cli.command import Command, Group, examples
from okrsync.cli.session import Session, session_of

UNSOUND = 1

app = typer.Typer(
    help="Check, back up or restore the store.\n\nIt is a cache of the trackers, but for history and check-ins.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=Group,
    add_completion=False,
)


@app.command(cls=Command, epilog=examples("okrsync store check"))
def check(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="What was found, as JSON.")] = False
) -> int:
    """Look the store over: is it sound, whose is it now, what does it hold.

    Changes nothing, and works while a run goes on. Exits 1 when the store cannot be used.
    """
    return run_check(session_of(context), json=json)


@app.command(cls=Command, epilog=examples("okrsync store backup okrsync-2026-11-01.db"))
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file; one that exists is left alone.")],
) -> int:
    """Copy the store to a new file, also while a run goes on."""
    from okrsync.store import upkeep

    session = session_of(context)
    with session.open_records() as engine:
        upkeep.backup(engine.settings.store, file)
    session.say(f"Copied to {file}. `okrsync store restore {file}` brings it back.")
    return 0


@app.command(cls=Command, epilog=examples("okrsync store restore okrsync-2026-11-01.db"))
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A copy that `okrsync store backup` made.")],
) -> int:
    """Put a backup in the place of the store.

    It is checked first. The former store stays beside it, under a name that ends in .before-restore.
    """
    from okrsync.store import upkeep

    session = session_of(context)
    with session.open_records() as engine:
        former = upkeep.restore(engine.settings.store, file)
    kept = f" The former one is {former}." if former else ""
    session.say(f"The store is what {file} was.{kept} The next sync reads what happened since.")
    return 0


def run_check(session: Session, *, json: bool) -> int:
    from okrsync.report.machine import as_json
    from okrsync.report.store import checkup_text
    from okrsync.store import upkeep

    with session.open_records() as engine:
        found = upkeep.check(engine.settings.store)
    if json:
        session.emit(as_json(found))
    else:
        session.show(checkup_text(found))
    return UNSOUND if found.problems else 0
