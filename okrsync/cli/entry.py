"""The Typer application and its commands in the order in which people meet them."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from okrsync import CONFIG_VARIABLE, __version__
from okrsync.cli import (
    audit,
    backfill,
    check,
    checkin,
    clean,
    coach,
    cycle,
    daemon,
    demo,
    digest,
    explain,
    export,
    figures,
    forecast,
    history,
    importing,
    init,
    plan,
    runs,
    serve,
    status,
    store,
    sync,
    token,
    why,
)
from okrsync.cli.command import Command, Group, Offer, examples, explain_failure
from okrsync.cli.session import DEFAULT_CONFIG, LogForm, LogLevel, Session
from okrsync.interrupt import INTERRUPTED, TERMINATED

EPILOG = """[bold]Examples[/]
  okrsync demo                    see it work, on this machine only
  okrsync init && okrsync check   connect your own trackers
  okrsync plan                    what would change, and what it costs
  okrsync sync                    once; okrsync daemon keeps going

[bold]Exit codes[/]
  0 in sync   1 failed   2 usage or configuration   3 changes pending, or findings
  4 partial, the rest was done   5 unsafe plan, nothing was done"""

OFFER = Offer()

_STREAMS = ("stdout", "stderr")


class Front(Group):
    """The commands of ``OFFER``, each built when somebody asks for it."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = OFFER  # type: ignore[assignment]  # nobody adds to it


app = typer.Typer(
    help="Keeps OKRs true: work in Jira and GitHub moves key results, and the tickets say so.",
    epilog=EPILOG,
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=Front,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"okrsync {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help=f"The configuration file; else {CONFIG_VARIABLE} names it, else it is {DEFAULT_CONFIG}.",
        ),
    ] = None,
    log: Annotated[LogForm | None, typer.Option("--log", help="Tell what happens, line by line, on stderr.")] = None,
    log_level: Annotated[
        LogLevel | None,
        typer.Option(
            "--log-level", metavar="LEVEL", help="How much of it: debug, info, warning or error; info is a line a run."
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show tracebacks of errors.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    session = context.obj if isinstance(context.obj, Session) else Session()
    named = session.environ.get(CONFIG_VARIABLE, "").strip()
    session.config = config or (Path(named) if named else session.config)
    session.log = log or session.log
    session.log_level = log_level or session.log_level
    session.verbose = verbose or session.verbose
    context.obj = session


def _add(panel: str, function: Any, epilog: str, name: str | None = None) -> None:
    alone = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    alone.command(cls=Command, epilog=examples(epilog))(function)
    OFFER.add(name or function.__name__, alone, panel)


_add("Begin", demo.demo, demo.EXAMPLES)
_add("Begin", init.init, init.EXAMPLES)
_add("Begin", check.check, check.EXAMPLES)
_add("Work", plan.plan, plan.EXAMPLES)
_add("Work", sync.sync, sync.EXAMPLES)
_add("Work", backfill.backfill, backfill.EXAMPLES)
_add("Work", daemon.daemon, daemon.EXAMPLES)
_add("Work", serve.serve, serve.EXAMPLES)
_add("Work", token.token, token.EXAMPLES)
_add("Work", clean.clean, clean.EXAMPLES)
_add("Read", status.status, status.EXAMPLES)
_add("Read", explain.explain, explain.EXAMPLES)
_add("Practice", checkin.checkin, checkin.EXAMPLES)
_add("Practice", digest.digest, digest.EXAMPLES)
_add("Practice", coach.coach, coach.EXAMPLES)
_add("Practice", forecast.forecast, forecast.EXAMPLES)
_add("Practice", why.why, why.EXAMPLES)
_add("Practice", history.history, history.EXAMPLES)
_add("Practice", figures.figures, figures.EXAMPLES)
_add("Read", runs.runs, runs.EXAMPLES)
_add("Read", audit.audit, audit.EXAMPLES)
OFFER.add("cycle", cycle.app, "Practice")
_add("Read", export.export, export.EXAMPLES)
_add("Read", importing.import_, importing.EXAMPLES, "import")
OFFER.add("store", store.app, "Read")


def main() -> None:
    """Run the command line. Characters that the terminal cannot show are replaced, not fatal."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some opens every installed package
    atexit.register(gc.freeze)  # the process ends anyway: collecting what is left takes a tenth of a second
    _open_streams()
    try:
        app()
    except OSError as error:  # of help and the version; commands explain their own
        sys.exit(explain_failure(Session(), error))
    except SystemExit as end:
        if end.code in (INTERRUPTED, TERMINATED):
            _leave(end.code)
        raise
    finally:
        _drop_unwritten()


def _open_streams() -> None:
    """Whoever closed one of them wants to hear nothing there, and that is no failure."""
    for name in _STREAMS:
        stream = getattr(sys, name) or os.fdopen(_nowhere(), "w")
        setattr(sys, name, stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _drop_unwritten() -> None:
    """What a full disk or a closed pipe did not take has been told; Python would tell it again, and end with 120."""
    for name in _STREAMS:
        stream = getattr(sys, name)
        try:
            stream.flush()
        except OSError:
            os.dup2(_nowhere(), stream.fileno())


def _nowhere() -> int:
    return os.open(os.devnull, os.O_WRONLY)


def _leave(code: int) -> None:
    """Python itself would end by the signal, not by the code, where Ctrl-C came while a class was being made."""
    for name in _STREAMS:
        with suppress(OSError, ValueError):
            getattr(sys, name).flush()
    os._exit(code)
