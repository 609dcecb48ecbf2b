"""``okrsync export``: everything that okrsync keeps, in a form that others read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, session_of
from okrsync.errors import ConfigError

if TYPE_CHECKING:
    from okrsync.practice.desk import Desk

EXAMPLES = """
okrsync export > everything.json
okrsync export --format csv --output tables.zip
okrsync import everything.json   brings it back
"""


class Form(StrEnum):
    """How an export is written down."""

    JSON = "json"
    CSV = "csv"
    OKRCHESTRA = "okrchestra"


def export(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="json loses nothing; csv has one table each.")] = Form.JSON,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", help="A new file or folder.", show_default="stdout, for json"),
    ] = None,
) -> int:
    """Write out everything: OKR files, links, readings, check-ins, scores.

    Reads the local files and the store only. okrsync import brings all of
    them back without loss. okrchestra is the workspace of the tool of that
    name, with a file beside it for what it has no place for.
    """
    return run(session_of(context), form, output)


def run(session: Session, form: Form, output: Path | None) -> int:
    if output is None and form is not Form.JSON:
        raise ConfigError(f"{form} is more than one file.", hint="Say where to: --output FOLDER, or FILE.zip for csv.")
    with session.open() as app:
        files, left_out = _files(app.desk(), form, output)
    if output is None:
        session.emit(files[""].decode())
        return 0
    _write(output, files)
    session.say(f"Wrote {output}. {_WHAT_NEXT[form].format(output)}")
    if left_out:
        session.say(f"It cannot show what has no key results: {', '.join(left_out)}.")
    return 0


_WHAT_NEXT = {
    Form.JSON: "okrsync import {} brings it back.",
    Form.CSV: "okrsync import {} brings it back.",
    Form.OKRCHESTRA: "What it has no place for lies in its folder okrsync/. okrsync import {} brings all of it back.",
}


def _files(desk: Desk, form: Form, output: Path | None) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """What to write, by path below the output; "" is the output itself."""
    from okrsync.practice.exchange import csvform, jsonform, okrchestra
    from okrsync.practice.exchange.archive import take
    from okrsync.practice.exchange.beside import with_everything

    if form is Form.OKRCHESTRA:
        workspace = okrchestra.as_workspace(desk)
        theirs = {name: text.encode() for name, text in workspace.files.items()}
        return with_everything(theirs, jsonform.as_json(take(desk))), workspace.left_out
    archive = take(desk)
    if form is Form.JSON:
        return {"": jsonform.as_json(archive)}, ()
    tables = csvform.as_csv(archive)
    return {"": csvform.zipped(tables)} if output and output.suffix == ".zip" else tables, ()


def _write(output: Path, files: dict[str, bytes]) -> None:
    from okrsync.practice.exchange.site import new_files

    if "" not in files and output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise ConfigError(f"{output} exists already and is not empty.", hint="Name a new folder with --output.")
    with new_files({output / name if name else output: content for name, content in files.items()}):
        pass
