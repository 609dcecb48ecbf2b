"""What the coach found, for people: by objective, the gravest first, each with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.method.coach import Finding, ordered
from okrsync.model.okr import Okrs
from okrsync.model.rules import RULES, Severity
from okrsync.report.actions import ANNOTATIONS, annotation
from okrsync.report.text import heading, line, table
from okrsync.words import plural

MARKS = {Severity.ERROR: ("✗", "red"), Severity.WARNING: ("!", "yellow"), Severity.INFO: ("·", "cyan")}
WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
TEAMS, WORK = "Teams", "Work that belongs to no objective"


def coach_text(
    found: Sequence[Finding],
    ignored: Sequence[Finding],
    okrs: Okrs,
    *,
    show_ignored: bool = False,
    lighter: int = 0,
) -> Group:
    """A line with the counts, then the findings below the objective, team or place they are about.

    ``lighter`` ones were found and are not shown.
    """
    parts: list[RenderableType] = [_counts(found, ignored, lighter, show_ignored), Text()]
    for title, findings in _grouped(found, okrs):
        parts += [title, *(row for one in findings for row in _finding(one)), Text()]
    if show_ignored and ignored:
        parts += [heading("Ignored, as the files say"), *(row for one in ignored for row in _ignored(one)), Text()]
    return Group(*parts)


def rules_text() -> RenderableType:
    """Every rule with its weight and what it looks for."""
    made = table("rule", "weight", "finds")
    made.columns[0].no_wrap = made.columns[1].no_wrap = True
    for rule in RULES.values():
        _, style = MARKS[rule.severity]
        made.add_row(line((rule.id, "bold")), line((rule.severity.value, style)), line(rule.summary))
    return made


def of_findings(found: Iterable[Finding], named: Callable[[str], str] = str) -> Iterator[str]:
    """Beside the lines of a pull request; of each weight so many as are shown there. Files are called as ``named``."""
    left = dict.fromkeys(Severity, ANNOTATIONS)
    for one in found:
        if left[one.severity]:
            left[one.severity] -= 1
            title, said = f"okrsync coach: {one.rule}", f"{one.reason} {one.fix}"
            yield annotation(said, title=title, file=named(one.file), line=one.line, level=LEVELS[one.severity])


def _counts(found: Sequence[Finding], ignored: Sequence[Finding], lighter: int, show_ignored: bool) -> Text:
    counted = [(sum(one.severity is severity for one in found), severity) for severity in Severity]
    said = [_count(number, severity) for number, severity in counted if number]
    if not found:
        said = [("Nothing of this weight." if lighter else "Nothing to talk about.", "green")]
    if lighter:
        said.append((f"{lighter:,} lighter not shown", "dim"))
    if ignored:
        said.append((f"{len(ignored):,} ignored{'' if show_ignored else ', --ignored shows them'}", "dim"))
    return line(*(part for number, one in enumerate(said) for part in (*(("  ",) if number else ()), one)))


def _count(number: int, severity: Severity) -> tuple[str, str]:
    mark, style = MARKS[severity]
    return f"{mark} {plural(number, WORDS[severity])}", style


def _grouped(found: Sequence[Finding], okrs: Okrs) -> Iterator[tuple[Text, Sequence[Finding]]]:
    """By objective, the one with the gravest finding first; then teams; then work."""
    titles = {objective.id: objective.title for objective, _ in okrs.objectives}
    groups: dict[str, list[Finding]] = {}
    for one in ordered(found):
        groups.setdefault(_place(one), []).append(one)
    last = {TEAMS: 1, WORK: 2}
    for place, findings in sorted(groups.items(), key=lambda group: last.get(group[0], 0)):
        home = okrs.home(place)
        if place in last:
            yield heading(place), findings
        else:
            where = f"  {place}" + (f" · {home.file}:{home.line}" if home.line else "")
            yield line((titles.get(place, home.file or place), "bold"), (where, "dim")), findings


def _place(found: Finding) -> str:
    if found.objectives:
        return found.objectives[0]
    return TEAMS if found.team else WORK if found.scope else found.file or WORK


def _finding(found: Finding) -> Iterator[Text]:
    mark, style = MARKS[found.severity]
    yield line("  ", (mark, style), " ", (found.rule, style), f"  {found.reason}")
    where = f"  {found.file}:{found.line}" if found.line and found.key_results else ""
    yield line("    → ", found.fix, (where, "dim"))


def _ignored(found: Finding) -> Iterator[Text]:
    yield line("  ", (f"{found.rule}  {found.reason}", "dim"))
    yield line("    because: ", found.ignored)
