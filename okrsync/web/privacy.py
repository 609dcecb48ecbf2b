"""What is kept from a visitor: private objectives, wherever their names would turn up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import msgspec

from okrsync.marker import Namespace
from okrsync.method.coach import Finding
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    PutLink,
    PutNote,
    RemoveLabel,
    UndefineLabel,
    connection_of,
)
from okrsync.model.figures import TeamFigures
from okrsync.model.run import AuditedWrite, RunRecord, RunReport, RunRow, Write
from okrsync.practice.desk import Desk
from okrsync.practice.figures import team_of
from okrsync.practice.hidden import mentions
from okrsync.practice.operations import Connection
from okrsync.practice.overview import Branch
from okrsync.practice.review import without
from okrsync.web.access import Role, Visitor

WITHHELD = "Admins can read what went wrong: it is about an objective that you do not see."


class Discretion:
    """What one visitor may be told at one desk. Admins are told everything.

    Of changes and runs of the past only what names key results that the visitor sees today is told: what is no longer
    in the files may have been private.
    """

    def __init__(self, desk: Desk, who: Visitor) -> None:
        self.desk, self.who = desk, who
        self.everything = who.role is Role.ADMIN

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Ids of the objectives that this visitor must not know of."""
        return frozenset(one.id for one, _ in self.desk.okrs.objectives if not self.who.sees(one))

    @cached_property
    def hidden_key_results(self) -> frozenset[str]:
        """Ids of the key results that this visitor must not know of."""
        return frozenset(one.key_result.id for one in self.desk.okrs.placed if one.objective.id in self.hidden)

    def branches(self, found: Iterable[Branch]) -> list[Branch]:
        """Objectives that may be seen, parents before their children, without the names of parts that may not."""
        shown: dict[str, Branch] = {}
        for one in found:
            if one.objective.id not in self.hidden:
                above = shown.get(one.objective.parent or "")
                shown[one.objective.id] = self._branch(one, above.depth + 1 if above else 0)
        return list(shown.values())

    def findings(self, found: Iterable[Finding]) -> list[Finding]:
        """Findings that are about nothing hidden and mention nothing hidden."""
        if not self.hidden:
            return list(found)
        return [one for one in found if not self.hidden & set(one.objectives) and not self._mentions(one)]

    def teams(self, found: Iterable[TeamFigures]) -> list[TeamFigures]:
        """Figures of the teams that are known to this visitor, without the names of hidden key results.

        The numbers are those of the whole team: figures that differ by who reads them could not be talked about.
        """
        if not self.hidden:
            return list(found)
        known = {team_of(self.desk, one) for one, _ in self.desk.okrs.objectives if one.id not in self.hidden}
        return [without(one, self.hidden_key_results) for one in found if one.team in known]

    def tells(self, change: Change) -> bool:
        """Whether a change names only key results that this visitor sees."""
        return self.everything or all(name.casefold() in self._shown for name in self._names(change))

    def writes(self, found: Iterable[AuditedWrite]) -> list[AuditedWrite]:
        """Without those that tell of something hidden."""
        return [one for one in found if self.tells(one.change)]

    def deferred(self, found: Iterable[Write]) -> list[Write]:
        """Without those that tell of something hidden."""
        return [one for one in found if self.tells(one.change)]

    def run(self, record: RunRecord) -> RunRecord:
        """The run without what it says about key results that this visitor does not see."""
        if self.everything:
            return record
        record = msgspec.structs.replace(record, error=self.said(record.error))
        if record.report is None:
            return record
        return msgspec.structs.replace(record, report=self._report(record.report))

    def rows(self, found: Iterable[RunRow]) -> list[RunRow]:
        """Runs without the errors that mention something hidden."""
        return [msgspec.structs.replace(one, errors=tuple(map(self.said, one.errors))) for one in found]

    def connections(self, found: Iterable[Connection]) -> list[Connection]:
        """With errors that mention something hidden withheld."""
        return [msgspec.structs.replace(one, error=self.said(one.error), hint=self.said(one.hint)) for one in found]

    def said(self, text: str) -> str:
        """The text, unless it mentions something hidden."""
        return WITHHELD if self._mention(text) else text

    @cached_property
    def _shown(self) -> frozenset[str]:
        return frozenset(
            one.key_result.id.casefold() for one in self.desk.okrs.placed if one.objective.id not in self.hidden
        )

    @cached_property
    def _mention(self) -> Callable[[str], bool]:
        titles = [one.title for one, _ in self.desk.okrs.objectives if one.id in self.hidden]
        return mentions((*self.hidden, *self.hidden_key_results, *titles))

    def _mentions(self, finding: Finding) -> bool:
        texts = (finding.reason, finding.fix, finding.ignored, *finding.key_results)
        return any(map(self._mention, texts))

    def _branch(self, branch: Branch, depth: int) -> Branch:
        objective, status = branch.objective, branch.status
        if objective.parent in self.hidden:
            objective = objective.model_copy(update={"parent": None})
        if status.worst is not None and status.worst.id in self.hidden | self.hidden_key_results:
            status = msgspec.structs.replace(status, worst=None)
        return msgspec.structs.replace(branch, objective=objective, status=status, depth=depth)

    def _report(self, report: RunReport) -> RunReport:
        plan = report.plan
        return msgspec.structs.replace(
            report,
            connections=tuple(
                msgspec.structs.replace(one, error=self.said(one.error), hint=self.said(one.hint))
                for one in report.connections
            ),
            plan=msgspec.structs.replace(plan, changes=tuple(one for one in plan.changes if self.tells(one))),
            writes=tuple(one for one in report.writes if self.tells(one.change)),
            movements=tuple(one for one in report.movements if one.key_result.casefold() in self._shown),
            dangling=tuple(
                one
                for one in report.dangling
                if self._hidden_names.isdisjoint((one.names.casefold(), one.counts_for.casefold()))
            ),
            stale=tuple(one for one in report.stale if one.casefold() in self._shown),
            warnings=tuple(
                one
                for one in report.warnings
                if one.subject.casefold() in self._shown or one.subject in self.desk.settings.connections
            ),
        )

    @cached_property
    def _hidden_names(self) -> frozenset[str]:
        return frozenset(one.casefold() for one in self.hidden_key_results)

    def _names(self, change: Change) -> Iterable[str]:
        """The key results that a change names."""
        match change:
            case PutNote(note=note):
                return [line.key_result for line in note.lines]
            case PutLink(key_result=name) | DeleteLink(key_result=name):
                return [name]
            case DeleteNote():
                return []
            case AddLabel() | RemoveLabel() | DefineLabel() | UndefineLabel():
                namespace = self._namespace(connection_of(change))
                ignores = change.label.casefold() == namespace.ignore.casefold()
                return [] if ignores else [namespace.key_result(change.label)]

    def _namespace(self, connection: str) -> Namespace:
        known = connection in self.desk.settings.connections
        return self.desk.settings.namespace_for(connection) if known else Namespace()
