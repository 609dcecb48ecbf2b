"""What a look at the store found, for people at a terminal."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text

from okrsync.report.text import line
from okrsync.store.upkeep import Checkup
from okrsync.words import plural

UNITS = ("bytes", "kB", "MB", "GB")


def checkup_text(found: Checkup) -> Group:
    """The file, what it holds, who has it, and whether it is sound, with what to do where it is not."""
    if not found.exists:
        return Group(line(found.file, ": there is no store yet; `okrsync sync` makes one."))
    log = f" and {size(found.log_size)} of log" if found.log_size else ""
    lines = [line((found.file, "bold"), f"  {size(found.size)}{log}, version {found.version or 'unknown'}")]
    if found.counts:
        lines.append(line("  ", ", ".join(f"{count:,} {table}" for table, count in found.counts.items())))
    if found.unfinished:
        said = f"{plural(found.unfinished, 'change')} whose end nobody saw; the next sync looks at the tickets"
        lines.append(line("  ", (said, "yellow")))
    if found.holder:
        lines.append(line(f"  in use by {found.holder}"))
    return Group(*lines, *_verdict(found))


def _verdict(found: Checkup) -> list[Text]:
    if found.sound and found.writable:
        return [line(("Sound.", "bold green"))]
    if found.sound:
        said = "the file or its folder may not be written, so that commands can read but `okrsync sync` cannot work"
        return [line(("Sound, but read-only: ", "bold yellow"), f"{said}.")]
    heading = "Not sound:" if found.damaged else "From a newer okrsync:" if found.newer else "Cannot be used:"
    problems = [line("  ", (problem, "red")) for problem in found.problems]
    return [line((heading, "bold red")), *problems, line(("→ ", "bold"), found.hint)]


def size(count: int) -> str:
    """A number of bytes in the largest unit that fits."""
    amount, unit = float(count), UNITS[0]
    for unit in UNITS:
        if amount < 1000 or unit == UNITS[-1]:
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == UNITS[0] else f"{amount:.1f} {unit}"
