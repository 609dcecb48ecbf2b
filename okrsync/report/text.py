"""Pieces of terminal text that several reports are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.containers import Lines
from rich.table import Table
from rich.text import Text

from okrsync.model.run import ConnectionRun, Dangling, RunReport, Warned
from okrsync.report import narrate, numbers
from okrsync.report.safe import plain, web_address

EXPECTED = "│"
"""The mark of what is expected by now, on a progress bar."""

ROOM = 60
"""Columns of a terminal that every table fits into."""

SIGNS = {"+": "green", "~": "yellow", "-": "red"}


class Line(Text):
    """Text that, where it is indented and too long for the terminal, goes on a little further in."""

    hangs = False

    def wrap(self, console: Console, width: int, **given: Any) -> Lines:
        indent = len(self.plain) - len(self.plain.lstrip(" "))
        hang = indent + 2
        if not (indent or self.hangs) or given.get("no_wrap") or self.cell_len <= width or width <= 2 * hang:
            return super().wrap(console, width, **given)
        rows = self[indent:].wrap(console, width - hang, **given)
        for number, row in enumerate(rows):
            row.pad_left(hang if number else indent)
        return rows


class Entry(Line):
    """A line that begins something, a mark or a name: where it is too long, it goes on further in."""

    hangs = True


def entry(*parts: str | Text | tuple[str, str]) -> Text:
    """A line of plain parts and ready pieces; what does not fit goes on further in."""
    return Entry.assemble(*(part if isinstance(part, Text) else line(part) for part in parts))


def line(*parts: str | tuple[str, str]) -> Text:
    """One line of plain parts, some with a style. No part is read as markup."""
    assembled = ((plain_keeping_edges(part), "") if isinstance(part, str) else part for part in parts)
    return Line.assemble(*((plain_keeping_edges(text), style) for text, style in assembled))


def plain_keeping_edges(text: str) -> str:
    """Plain text that keeps the blanks which indent it or set it apart."""
    core = plain(text)
    if not core:
        return " " * len(text) if text.isspace() else ""
    left = len(text) - len(text.lstrip(" "))
    right = len(text) - len(text.rstrip(" "))
    return f"{' ' * left}{core}{' ' * right}"


def heading(text: str) -> Text:
    """A line that begins a part of a page."""
    return line((text, "bold"))


class Sheet(Table):
    """A table that shows where it had to cut what should not be folded: half a number would be another number.

    It takes ``ROOM`` columns at least: a smaller terminal folds its lines, where columns of two letters tell nobody
    anything.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for column in self.columns:
            column.overflow = "ellipsis" if column.no_wrap else "fold"
        return super().__rich_console__(console, options.update(max_width=max(ROOM, options.max_width)))


def table(*columns: str, numbers: Iterable[str] = ()) -> Table:
    """A table without frames; the columns named in ``numbers`` are aligned to the right."""
    made = Sheet(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_header=bool(any(columns)))
    for column in columns:
        made.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return made


def ticket_key(key: str, url: str) -> Text:
    """A ticket's key, a link where the terminal can follow one."""
    address = web_address(url)
    return line((key, f"link {address}" if address else ""))


def progress_bar(progress: float | None, width: int = 12, expected: float | None = None) -> Text:
    """A bar that can be read without colours, with the share behind it and a mark where it should be by now."""
    full, rest = numbers.bar(progress, width)
    bar = Text.assemble((full, "green"), (rest, "bright_black"))
    if expected:
        at = min(width - 1, int(expected * width))
        bar = Text.assemble(bar[:at], (EXPECTED, "bold"), bar[at + 1 :])
    return Text.assemble(bar, f" {numbers.percent(progress):>7}")


def troubles(report: RunReport) -> list[Text]:
    """Connections that failed, links that reach nothing, unreadable and lost items, and what therefore stands still."""
    lines = [text for connection in report.connections for text in _connection_troubles(connection)]
    lines += [text for warning in report.warnings for text in _warning(warning)]
    if report.stale:
        lines.append(line(("not measured anew: ", "yellow"), ", ".join(report.stale)))
    return lines


def _warning(warning: Warned) -> list[Text]:
    hint = [line("  ", (warning.hint, "dim"))] if warning.hint else []
    return [line((f"{warning.subject}: ", "yellow"), warning.message), *hint]


def _connection_troubles(connection: ConnectionRun) -> list[Text]:
    lines = []
    if connection.error:
        lines.append(line((f"{connection.connection}: ", "bold red"), connection.error))
    if connection.hint:
        lines.append(line("  ", (connection.hint, "dim")))
    quarantined = (item for scope in connection.scopes for item in scope.quarantined)
    name = (f"{connection.connection}: ", "yellow")
    lines += [line(name, f"left out {item.key}: {item.reason}") for item in quarantined]
    return lines + [line(name, said) for said in map(narrate.lost, connection.scopes) if said]


def dangling(report: RunReport) -> list[Text]:
    """Tickets whose ``OKR:`` line leads nowhere, and those whose line follows a carry-over, with their addresses.

    Who cleans has no use for them.
    """
    rows = [] if "clean" in report.kind.split() else report.dangling
    return [
        *_lines_that(narrate.NOWHERE, [one for one in rows if not one.counts_for]),
        *_lines_that(narrate.FOLLOWED, [one for one in rows if one.counts_for]),
    ]


def _lines_that(title: str, rows: Sequence[Dangling]) -> list[Text]:
    lines = [line("  ", (one.key, "yellow"), f" says OKR: {one.names}, {one.reason}", f"  {one.url}") for one in rows]
    return [heading(title), *lines, Text()] if lines else []
