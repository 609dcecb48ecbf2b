"""``okrsync cycle``: the end of a cycle. Scores and what was learned, what goes on, and the report for the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.command import Command, Group, examples
from okrsync.cli.session import Session, login, session_of
from okrsync.errors import ConfigError

if TYPE_CHECKING:
    from okrsync.practice.scorefile import ScoreFile
    from okrsync.practice.scoring import Word

app = typer.Typer(
    help="End a cycle: score it, carry over what goes on, and print the report for the review.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=Group,
    add_completion=False,
)

CLOSE_EXAMPLES = """
okrsync cycle close 2026-Q4                              asks about each key result
okrsync cycle close 2026-Q4 --yes --score api-1=0.8      the others as suggested
okrsync cycle close 2026-Q4 --scores review.yaml --yes   from a file
okrsync cycle close 2026-Q4 --reopen --score api-1=0.7   once more; both are kept
"""
CARRY_EXAMPLES = """
okrsync cycle carry-over 2026-Q4 --to 2027-Q1 --start 2027-01-01 --end 2027-03-31
okrsync cycle carry-over … --kr api-1 --target api-1=0.9   this one, with a new target
"""
REPORT_EXAMPLES = """
okrsync cycle report 2026-Q4                  writes okrs-2026-Q4.html, one page without any request
okrsync cycle report 2026-Q4 --format md      Markdown on stdout
okrsync cycle report 2026-Q4 --output q4.html
"""

_PER_KR = "repeatable"


class Form(StrEnum):
    HTML = "html"
    MD = "md"


@app.command(cls=Command, epilog=examples(CLOSE_EXAMPLES))
def close(
    context: typer.Context,
    cycle: Annotated[str, typer.Argument(help="Id of the cycle, as in the OKR files.")],
    scores: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Scores and words from a YAML or CSV file.")
    ] = None,
    score: Annotated[list[str] | None, typer.Option(metavar="KR=0..1", help=f"Final score, {_PER_KR}.")] = None,
    note: Annotated[list[str] | None, typer.Option(metavar="KR=TEXT", help=f"Why this score, {_PER_KR}.")] = None,
    moved: Annotated[list[str] | None, typer.Option(metavar="KR=TEXT", help=f"What moved it, {_PER_KR}.")] = None,
    change: Annotated[list[str] | None, typer.Option(metavar="KR=TEXT", help=f"What to change, {_PER_KR}.")] = None,
    decide: Annotated[
        list[str] | None, typer.Option(metavar="KR=WORD", help=f"continue, replace or retire, {_PER_KR}.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Accept what is suggested where no score is given.")] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Close a closed cycle once more; both are kept.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Set state: closed in the OKR files, too.")] = False,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who closes it.", show_default="your login name")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The closing as JSON.")] = False,
) -> int:
    """Score a cycle's key results, note what was learned, and freeze the numbers.

    Without scores it asks, one key result after the other. Suggested and final scores are both kept, for ever.
    """
    from okrsync.cli.closing import run

    file = _score_file(scores)
    words = _words(file, {"score": score, "note": note, "moved": moved, "change": change, "decision": decide})
    session, closer = session_of(context), who or login()
    return run(session, cycle, words, file, who=closer, yes=yes, reopen=reopen, write=write, json=json)


@app.command("carry-over", cls=Command, epilog=examples(CARRY_EXAMPLES))
def carry_over(
    context: typer.Context,
    cycle: Annotated[str, typer.Argument(help="Id of the cycle that ends.")],
    to: Annotated[str, typer.Option(metavar="ID", help="Id of the cycle to come.")],
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Its first day.")],
    end: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Its last day.")],
    kr: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="This key result, whatever was decided; repeatable.")
    ] = None,
    target: Annotated[list[str] | None, typer.Option(metavar="KR=VALUE", help=f"A new target, {_PER_KR}.")] = None,
    json: Annotated[bool, typer.Option("--json", help="What was written, as JSON.")] = False,
) -> int:
    """Write the next cycle's OKR files from what goes on.

    Comments are kept, values start where they ended, ids end with the new cycle's. Called again it adds what is
    missing to the files that are there, and changes nothing else in them. The new cycle is a draft until somebody makes
    it active.
    """
    targets = {name: _number(name, value) for name, value in _pairs("--target", target or ()).items()}
    return run_carry_over(session_of(context), cycle, (to, start, end), kr or (), targets, json=json)


@app.command(cls=Command, epilog=examples(REPORT_EXAMPLES))
def report(
    context: typer.Context,
    cycle: Annotated[str, typer.Argument(help="Id of the cycle, as in the OKR files.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file; - is stdout.", show_default="okrs-CYCLE.html")
    ] = None,
    form: Annotated[Form | None, typer.Option("--format", help="html, or md for Markdown.")] = None,
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Also objectives with visibility: team.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Everything in the report, as JSON on stdout.")] = False,
) -> int:
    """Write the report of a cycle for its review: scores, burn-ups, what moved, retrospectives, the four figures.

    The page needs no network and no script, and prints on A4. A cycle that goes on is reported as it stands.
    """
    return run_report(session_of(context), cycle, output, form, confidential=confidential, json=json)


def run_carry_over(
    session: Session,
    cycle: str,
    following: tuple[str, datetime, datetime],
    chosen: Sequence[str] = (),
    targets: Mapping[str, float] | None = None,
    *,
    json: bool = False,
) -> int:
    from okrsync.practice import carryover
    from okrsync.report.closing import carried_text
    from okrsync.report.machine import as_json

    to, start, end = following
    with session.open() as engine:
        new = carryover.Next(to, start.date(), end.date(), targets or {})
        made = carryover.carry_over(engine.desk(), cycle, new, chosen)
    if json:
        session.emit(as_json(made))
    else:
        session.show(carried_text(made))
    if made.draft and made.carried:
        session.say(f"{to} is a draft. Look it over, then set state: active, and run okrsync check --offline.")
    return 0


def run_report(
    session: Session,
    cycle: str,
    output: Path | None = None,
    form: Form | None = None,
    *,
    confidential: bool = False,
    json: bool = False,
) -> int:
    from okrsync.practice.review import review
    from okrsync.report.machine import as_json
    from okrsync.report.review import review_html
    from okrsync.report.review_markdown import review_markdown

    with session.open() as engine:
        found = review(engine.desk(), cycle, confidential=confidential)
    if json:
        session.emit(as_json(found))
        return 0
    chosen = form or (Form.MD if output and output.suffix.lower() in (".md", ".markdown") else Form.HTML)
    text = review_markdown(found) if chosen is Form.MD else review_html(found)
    if str(output) == "-" or (output is None and chosen is Form.MD):
        session.emit(text)
        return 0
    path = output or Path(f"okrs-{found.cycle}.html")
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}.", hint="--output names another file."
        ) from error
    session.say(f"Wrote {path}.")
    if found.hidden:
        kept = "1 objective that only its team sees is" if found.hidden == 1 else f"{found.hidden} objectives are"
        session.say(f"{kept} left out; --confidential includes them.")
    return 0


def _score_file(path: Path | None) -> ScoreFile | None:
    from okrsync.practice.scorefile import read_score_file

    return read_score_file(path) if path else None


def _words(file: ScoreFile | None, flags: Mapping[str, Sequence[str] | None]) -> dict[str, Word]:
    """What the file says, and over it what the flags say."""
    import msgspec

    from okrsync.practice.scoring import Word

    words = dict(file.words) if file else {}
    for field, given in flags.items():
        option = "--decide" if field == "decision" else f"--{field}"
        for name, text in _pairs(option, given or ()).items():
            value = _number(name, text) if field == "score" else _decision(text) if field == "decision" else text
            words[name] = msgspec.structs.replace(words.get(name, Word()), **{field: value})
    return words


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """``KR=text`` as a mapping. Raises ConfigError."""
    found = {}
    for one in given:
        name, sign, text = one.partition("=")
        if not (name.strip() and sign and text.strip()):
            raise ConfigError(f"{option} {one!r} is not of the form KR=….", hint=f"As in {option} checkout-1=….")
        found[name.strip()] = text.strip()
    return found


def _number(name: str, text: str) -> float:
    with suppress(ValueError):
        if isfinite(number := float(text)):
            return number
    raise ConfigError(f"{text!r} is no number for {name}.", hint="Write it with a point, as in 0.7.")


def _decision(text: str) -> object:
    from okrsync.model.closing import Decision

    try:
        return Decision(text.lower())
    except ValueError:
        raise ConfigError(f"{text!r} is no decision.", hint="Say continue, replace or retire.") from None
