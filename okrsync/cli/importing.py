"""``okrsync import``: what ``export`` wrote comes back, and OKRs of others become OKR files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, session_of
from okrsync.errors import ConfigError

if TYPE_CHECKING:
    from okrsync.model.okr import Cycle
    from okrsync.practice.exchange.adopting import Adopted
    from okrsync.practice.exchange.archive import Archive
    from okrsync.practice.exchange.restoring import Restored
    from okrsync.practice.exchange.site import Site

EXAMPLES = """
okrsync import everything.json
okrsync import --csv goals.csv --map objective=Goal --map title=Result
okrsync import okrchestra-workspace --cycle 2026-Q4
"""

DAY = "%Y-%m-%d"


def import_(
    context: typer.Context,
    source: Annotated[
        Path | None, typer.Argument(metavar="EXPORT", help="A .json, .zip or folder; or an OKRchestra workspace.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="A table with a key result in each row.")
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="What a column is; may be repeated.")
    ] = None,
    cycle: Annotated[str, typer.Option(metavar="ID", help="Id of their cycle.", show_default="this quarter")] = "",
    start: Annotated[
        datetime | None, typer.Option(formats=[DAY], metavar="DATE", help="Its first day.", show_default=False)
    ] = None,
    end: Annotated[
        datetime | None, typer.Option(formats=[DAY], metavar="DATE", help="Its last day.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The OKR file to write.", show_default="beside the others"),
    ] = None,
) -> int:
    """Bring an export back, or take in OKRs from a table or from OKRchestra.

    All of it happens or nothing does, and nothing is overwritten. Files that
    exist must say the same; a store that is not empty must hold the same.

    Fields for --map: objective, objective_id, objective_owner, team, parent,
    kind, title, id, owner, start, target, unit, due, weight.
    A column that is called like one needs no mapping.
    """
    session, days = session_of(context), Days(cycle, start, end)
    if source is not None and csv is None:
        return run(session, source, days, output)
    if csv is not None and source is None:
        return take_in(session, csv, _pairs(mapping or []), days, output)
    raise ConfigError("Say what to import.", hint="Name one thing: an export, or a table with --csv.")


@dataclass(frozen=True)
class Days:
    """What somebody said about the cycle of OKRs that are taken in."""

    cycle: str = ""
    start: datetime | None = None
    end: datetime | None = None


def run(session: Session, source: Path, days: Days, output: Path | None = None) -> int:
    """Bring back what ``export`` wrote; folders of OKRchestra are recognised by what is in them."""
    from okrsync.practice.exchange.adopting import adopt_workspace, cycle_told
    from okrsync.practice.exchange.restoring import restore

    site = _site(session)
    archive = _archive(session, source)
    if archive is None:
        cycle = (cycle_told(source) if days == Days() else None) or _cycle(site, days)
        return _say_adopted(session, adopt_workspace(site, source, cycle, output))
    return _say_restored(session, restore(site, archive, source.name))


def take_in(session: Session, table: Path, mapping: dict[str, str], days: Days, output: Path | None = None) -> int:
    """Write the rows of a table of somebody else's as an OKR file."""
    from okrsync.practice.exchange.adopting import adopt_table

    site = _site(session)
    return _say_adopted(session, adopt_table(site, table, mapping, _cycle(site, days), output))


def _site(session: Session) -> Site:
    from okrsync.practice.exchange.site import Site

    return Site.open(session.config, session.environ, session.now)


def _archive(session: Session, source: Path) -> Archive | None:
    """The archive in a file or folder; None where OKRchestra wrote it. Raises ConfigError for anything else."""
    from okrsync.practice.exchange import beside, csvform, jsonform
    from okrsync.practice.exchange.adopting import documents

    try:
        if source.is_dir():
            tables = csvform.read_folder(source)
            if (whole := beside.everything(source)) and not (changed := beside.edited(source)):
                return jsonform.from_json(whole.read_bytes(), str(whole))
            if not tables and documents(source):
                if whole:
                    session.say(f"Changed since the export, so {whole} is passed over: {', '.join(changed)}.")
                return None
            return csvform.from_csv(tables, str(source))
        if source.suffix in (".yml", ".yaml"):
            return None
        if source.suffix == ".csv" and source.is_file():
            hint = f"okrsync import --csv {source} takes it in."
            raise ConfigError(f"{source} is a table, and no export of okrsync.", hint=hint)
        if source.suffix == ".zip":
            return csvform.from_csv(csvform.read_zip(source), str(source))
        return jsonform.from_json(source.read_bytes(), str(source))
    except OSError as error:
        raise ConfigError(f"{source} cannot be read: {error.strerror}.", hint="Name what export wrote.") from error


def _pairs(mapping: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in mapping]
    for field, sign, column in pairs:
        if not (field and sign and column):
            raise ConfigError(f"--map {field}{sign}{column} is no pair.", hint="Write --map FIELD=COLUMN.")
    return {field.strip(): column.strip() for field, _, column in pairs}


def _cycle(site: Site, days: Days) -> Cycle:
    """The one of this name that the OKR files know already, else as told, else the quarter of that name or of today."""
    from pydantic import ValidationError

    from okrsync.cli.starter import quarter
    from okrsync.model.okr import Cycle

    name = days.cycle or quarter(site.now().date())[0]
    for one in site.existing.values():
        if one.content.cycle.id.casefold() == name.casefold() and not (days.start or days.end):
            return one.content.cycle
    first, last = _quarter(name) or (None, None)
    start, end = (days.start and days.start.date()) or first, (days.end and days.end.date()) or last
    if start is None or end is None:
        hint = "Add its first and its last day with --start and --end, each written as 2026-10-01."
        raise ConfigError(f"When is {name}? Only of quarters such as 2026-Q4 the days are known.", hint=hint)
    try:
        return Cycle(id=name, start=start, end=end)
    except ValidationError as error:
        told = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise ConfigError(f"{name} is no cycle: {told}.", hint="Correct --cycle, --start or --end.") from error


def _quarter(name: str) -> tuple[date, date] | None:
    """The days of a quarter called as ``2026-Q4`` is."""
    from okrsync.cli.starter import quarter

    year, sign, number = name.upper().partition("-Q")
    if not (sign and year.isdecimal() and len(year) == 4 and number in ("1", "2", "3", "4")):
        return None
    _, first, last = quarter(date(int(year), 3 * int(number), 1))
    return first, last


def _say_adopted(session: Session, done: Adopted) -> int:
    from okrsync.words import plural

    counted = f"{plural(done.objectives, 'objective')} and {plural(done.key_results, 'key result')}"
    session.say(f"Wrote {done.file}: {counted}.")
    if done.passed_over:
        session.say(f"Passed over, since nothing is mapped to them: {', '.join(done.passed_over)}.")
    _say_unread(session, done.unread)
    session.say("Next: okrsync check --offline, then okrsync coach.")
    return 0


_THINGS = {
    "items": "ticket",
    "links": "link",
    "past_links": "past link",
    "transitions": "state change",
    "samples": "reading",
    "checkins": "check-in",
    "closings": "closing",
    "scores": "score",
}


def _say_restored(session: Session, done: Restored) -> int:
    from okrsync.words import plural

    for file in done.written:
        session.say(f"Wrote {file}.")
    if done.known:
        session.say(f"The same already: {', '.join(done.known)}.")
    if rows := [plural(done.rows[name], thing) for name, thing in _THINGS.items() if name in done.rows]:
        session.say(f"Kept {', '.join(rows)}.")
    elif done.history:
        session.say("The store holds this history already.")
    _say_unread(session, done.unread)
    session.say(f"Next: okrsync check --offline{', then okrsync sync' if rows else ''}.")
    return 0


def _say_unread(session: Session, files: Sequence[str]) -> None:
    if files:
        session.say(f"{session.config} does not read {', '.join(files)}: add it to `okrs:`.", "yellow")
