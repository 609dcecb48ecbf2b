"""How commands take the options of their group, fail, and end: one place for all of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from inspect import cleandoc
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from okrsync.cli.session import LogForm, LogLevel, Session
from okrsync.cli.usage import usage_told
from okrsync.errors import ConfigError, OkrsyncError
from okrsync.interrupt import code_of, raised
from okrsync.redact import traceback_of

UNANSWERED = 1

SHARED = {"config": Path, "verbose": bool, "log": LogForm, "log_level": LogLevel}
"""Options of the group, and what the session keeps: not every Typer converts what a command did not declare."""

EVERYWHERE = "For every command"
"""The part of a command's help with the options of the group."""

PATIENCE = "3600"
"""Seconds that a bare ``--wait`` waits for another run to end."""


class Offer(Mapping[str, Any]):
    """Commands by name, built one by one: to read the types of all takes longer than most of them take to start."""

    def __init__(self) -> None:
        self._offered: dict[str, tuple[typer.Typer, str]] = {}
        self._built: dict[str, Any] = {}

    def add(self, name: str, command: typer.Typer, panel: str) -> None:
        """``panel`` is the part of the help that lists it."""
        self._offered[name] = command, panel

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            offered, panel = self._offered[name]
            command: Any = typer.main.get_command(offered)
            command.name, command.rich_help_panel = name, panel
            self._built[name] = command
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._offered)

    def __len__(self) -> int:
        return len(self._offered)


class Group(TyperGroup):
    def get_params(self, ctx: Any) -> list[Any]:
        return without_types(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _refusing(ctx, args):
            return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        with _refusing(ctx, args):
            return super().resolve_command(ctx, args)


class Command(TyperCommand):
    """A command whose function returns its exit code, and that also takes the group's options after its name."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.help = flowing(self.help or "")

    def get_params(self, ctx: Any) -> list[Any]:
        options = ctx.find_root().command.params if ctx.parent else []
        shared = [copy(option) for option in options if option.name in SHARED]
        for option in shared:
            option.rich_help_panel = EVERYWHERE
        return without_types([*super().get_params(ctx), *shared])

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Brackets tell what may be left out; what is needed stands there bare."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _refusing(ctx, args):
            rest = super().parse_args(ctx, list(_with_patience(args)))
        given = {name: value for name in SHARED if (value := ctx.params.pop(name, None))}
        for name, value in given.items():
            setattr(ctx.obj, name, SHARED[name](value))
        return rest

    def invoke(self, ctx: Any) -> Any:
        session: Session = ctx.obj
        try:
            with raised():
                code = super().invoke(ctx)
                sys.stdout.flush()
        except (typer.Exit, BrokenPipeError):
            raise  # who stopped reading, as `head` does, has all that was wanted
        except KeyboardInterrupt as interruption:
            code = explain_interruption(session, interruption)
        except typer.Abort as unanswered:
            code = explain_silence(session, unanswered)
        except Exception as error:
            code = explain_failure(session, error, json=ctx.params.get("json") is True)
        raise typer.Exit(code or 0)


@contextmanager
def _refusing(ctx: Any, args: Sequence[str]) -> Iterator[None]:
    """A command line that makes no sense ends as every failure does; a program that asked for JSON gets it."""
    session, json = ctx.obj if isinstance(ctx.obj, Session) else Session(), "--json" in args
    try:
        with usage_told(ctx):
            yield
    except ConfigError as error:
        raise typer.Exit(explain_failure(session, error, json=json)) from None


def examples(lines: str) -> str:
    """The end of a command's help."""
    shown = "\n".join(f"[dim]$[/] {example}" for example in lines.strip().splitlines())
    return f"[bold]Examples[/]\n{shown}"


def _with_patience(args: list[str]) -> Iterator[str]:
    """``--wait`` may stand alone: then it waits for an hour."""
    for given, following in pairwise([*args, ""]):
        yield given
        if given == "--wait" and not following.replace(".", "", 1).isdecimal():
            yield PATIENCE


def flowing(text: str) -> str:
    """The same paragraphs without the line breaks of the source, so that each fills the width there is."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in cleandoc(text).split("\n\n"))


def without_types(params: list[Any]) -> list[Any]:
    """Let the help name no type of an argument, whose name in capitals says enough, and none of a flag."""
    for param in params:
        if param.param_type_name == "argument":
            param.metavar = param.metavar or param.name.upper()
            param.display_type_rich = lambda ctx: None
        elif getattr(param, "is_flag", False):
            param.display_type_rich = lambda ctx: None
    return params


def explain_interruption(session: Session, interruption: KeyboardInterrupt) -> int:
    from okrsync.events import Event, run_of

    code = code_of(interruption)
    session.logger.warning(Event.RUN_INTERRUPTED, exit_code=code, **run_of(interruption))
    session.say(f"\n{session.interrupted}")
    return code


def explain_silence(session: Session, unanswered: typer.Abort) -> int:
    """A question got no answer: somebody pressed Ctrl-C at it, or nobody is there to answer."""
    if isinstance(interruption := unanswered.__context__, KeyboardInterrupt):
        session.say("\nStopped; nothing was done.")
        return code_of(interruption)
    session.say("\nNo answer, so nothing was done. Options answer beforehand: see --help.")
    return UNANSWERED


def explain_failure(session: Session, error: Exception, *, json: bool = False) -> int:
    """Say what went wrong and what to do; the exit code. The traceback is shown on request only.

    A program that asked for ``json`` gets ``exit_code``, ``error`` and ``hint`` where the answer would have been.
    """
    trace = error if session.verbose else None
    if trace and not session.logs_json:
        show_traceback(session, trace)
    from okrsync.events import Event, explained, run_of
    from okrsync.model.run import Failure
    from okrsync.report.actions import of_error
    from okrsync.report.machine import as_json_line

    run = run_of(error)
    if isinstance(error, OSError) and error.strerror:
        place = error.filename or "The output"
        error = OkrsyncError(f"{place} cannot be used: {error.strerror}.", hint="--verbose shows where it happened.")
    elif not isinstance(error, OkrsyncError):
        error = OkrsyncError(
            f"{type(error).__name__}: {error}", hint="This looks like a bug: --verbose shows where it happened."
        )
    told, shown = {**explained(error), **run}, {"exc_info": trace} if trace and session.logs_json else {}
    session.logger.error(Event.RUN_FAILED, exit_code=error.exit_code, **told, **shown)
    with suppress(OSError):  # nobody listens: the code says it
        if not session.logs_json:
            show_error(session, error)
    with suppress(OSError):
        if json:
            session.emit(as_json_line(Failure(error.exit_code, **told)))
    session.annotate(of_error(error, session.in_repository))
    return error.exit_code


def show_traceback(session: Session, error: Exception) -> None:
    """Plain, without variables, line by line: what libraries quote may hold escape sequences."""
    from okrsync.report.text import line

    for row in traceback_of(error).splitlines():
        session.err.print(line(row), soft_wrap=True)


def show_error(session: Session, error: OkrsyncError) -> None:
    """The message, each problem of a file on a line, and the hint last, where the eye rests."""
    from okrsync.report.text import line

    session.err.print(line(("error: ", "bold red"), error.message), soft_wrap=True)
    for problem in error.problems if isinstance(error, ConfigError) else ():
        session.err.print(line(f"  {problem}"), soft_wrap=True)
    if error.hint:
        session.err.print(line(("→ ", "bold"), error.hint), soft_wrap=True)
