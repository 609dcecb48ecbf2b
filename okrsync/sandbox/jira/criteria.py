"""What a parsed query means for the issues of a site: which of them match, and in which order.

As in Jira, ``!=``, ``NOT IN`` and ``!~`` never match an empty field, and NOT turns a clause's operator around.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from okrsync.sandbox.jira import searchable
from okrsync.sandbox.jira.catalogue import PRIORITIES
from okrsync.sandbox.jira.jql import Call, Clause, Empty, Joined, Literal, Node, Not, Operand, Order, Query
from okrsync.sandbox.jira.moments import moment
from okrsync.sandbox.jira.records import Issue
from okrsync.sandbox.jira.searchable import NOTHING, Choice, Kind, Moment, Number, Text
from okrsync.sandbox.jira.site import Site
from okrsync.sandbox.jira.tokens import JqlError

Predicate = Callable[[Issue], bool]

_OPPOSITE = {"=": "!=", "!=": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<", "~": "!~", "!~": "~"}
_OPPOSITE |= {"in": "not in", "not in": "in"}
_NEVER = datetime.min.replace(tzinfo=UTC)
_ORDERED = frozenset((">", ">=", "<", "<="))
_EQUAL = frozenset(("=", "!=", "in", "not in"))


class Criteria:
    """A query made ready for one site. Raises JqlError for names and values that the site does not know.

    A ``lenient`` one passes over unknown values, as Data Center does where a search is not to be validated.
    """

    def __init__(self, query: Query, site: Site, *, lenient: bool = False) -> None:
        self._site = site
        self._lenient = lenient
        self._tick = timedelta(milliseconds=1) if site.cloud else timedelta(seconds=1)
        self._kinds = searchable.kinds(site)
        self._keep = self._predicate(query.where, False) if query.where else _always
        self._sorts = [self._sort(order) for order in query.order]

    def select(self, issues: Iterable[Issue]) -> list[Issue]:
        """In the order asked for; what is equal, or without ORDER BY, newest first. ``issues`` are oldest first."""
        found = [issue for issue in issues if self._keep(issue)]
        found.reverse()
        for key, descending in reversed(self._sorts):
            found.sort(key=key, reverse=descending)
        return found

    def _predicate(self, node: Node, negated: bool) -> Predicate:
        if isinstance(node, Not):
            return self._predicate(node.part, not negated)
        if isinstance(node, Joined):
            parts = [self._predicate(part, negated) for part in node.parts]
            return _all_of(parts) if node.every is not negated else _any_of(parts)
        operator = _OPPOSITE[node.operator] if negated else node.operator
        return self._clause(Clause(node.field, operator, node.operands))

    def _clause(self, clause: Clause) -> Predicate:
        kind = self._kind(clause.field)
        match kind:
            case Choice():
                return self._choice(clause, kind)
            case Moment():
                return self._moment(clause, kind)
            case Number():
                return self._number(clause, kind)
            case Text():
                return self._words(clause, kind)

    def _kind(self, field: str) -> Kind:
        try:
            return self._kinds[field.lower()]
        except KeyError:
            raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.") from None

    def _choice(self, clause: Clause, kind: Choice) -> Predicate:
        _allow(clause, _EQUAL)
        wanted: set[object] = set()
        for operand in clause.operands:
            if not isinstance(operand, Empty):
                wanted.update(self._resolved(clause, kind, operand))
        wants_empty = NOTHING in wanted or any(isinstance(operand, Empty) for operand in clause.operands)
        return _membership(kind.values, wanted, wants_empty, clause.operator in ("=", "in"))

    def _resolved(self, clause: Clause, kind: Choice, operand: Operand) -> Iterable[object]:
        try:
            return kind.resolve(self._text(clause, operand), clause.field)
        except JqlError:
            if self._lenient:
                return ()
            raise

    def _text(self, clause: Clause, operand: Operand) -> str:
        if isinstance(operand, Literal):
            return operand.text
        if isinstance(operand, Call) and operand.name.lower() == "currentuser" and not operand.arguments:
            return self._site.me.name
        raise JqlError(f"Unable to find JQL function '{operand}'.")

    def _moment(self, clause: Clause, kind: Moment) -> Predicate:
        _allow(clause, _ORDERED | _EQUAL)
        if isinstance(clause.operands[0], Empty):
            return _emptiness(kind.value, clause)
        spans = [self._span(operand, clause.field) for operand in clause.operands]
        if clause.operator in _EQUAL:
            return _within(kind.value, spans, clause.operator in ("=", "in"))
        low, high = spans[0]
        return _compare(kind.value, clause.operator, low, high)

    def _span(self, operand: Operand, field: str) -> tuple[datetime, datetime]:
        """The instants that the index cannot tell apart from the one asked for: seconds on Data Center."""
        exact = moment(operand, field, self._site.now(), self._site.zone)
        low = exact if self._site.cloud else exact.replace(microsecond=0)
        return low, low + self._tick

    def _number(self, clause: Clause, kind: Number) -> Predicate:
        _allow(clause, _ORDERED | _EQUAL)
        if isinstance(clause.operands[0], Empty):
            return _emptiness(kind.value, clause)
        try:
            wanted = [float(self._text(clause, operand)) for operand in clause.operands]
        except ValueError:
            raise JqlError(f"Value for field '{clause.field}' is not a number.") from None
        if clause.operator in _EQUAL:
            return _membership(
                lambda issue: _as_tuple(kind.value(issue)), wanted, False, clause.operator in ("=", "in")
            )
        return _compare_numbers(kind.value, clause.operator, wanted[0])

    def _words(self, clause: Clause, kind: Text) -> Predicate:
        operand = clause.operands[0]
        if isinstance(operand, Empty) and clause.operator in ("=", "!="):
            wants = clause.operator == "="
            return lambda issue: (not kind.text(issue)) is wants
        _allow(clause, frozenset(("~", "!~")))
        matches = searchable.words(self._text(clause, operand))
        if clause.operator == "~":
            return lambda issue: matches(kind.text(issue))
        return lambda issue: bool(kind.text(issue)) and not matches(kind.text(issue))

    def _sort(self, order: Order) -> tuple[Callable[[Issue], Any], bool]:
        name = order.field.lower()
        if name in ("id", "key", "issue", "issuekey"):
            return (_by_id if name == "id" else _by_key), order.descending
        if name == "priority":
            return (lambda issue: -int(PRIORITIES[issue.priority])), order.descending
        kind = self._kind(order.field)
        if isinstance(kind, Moment):
            return (lambda issue: self._instant(kind.value(issue))), order.descending
        if isinstance(kind, Number):
            return (lambda issue: kind.value(issue) or 0.0), order.descending
        if isinstance(kind, Choice) and kind.sortable:
            return (lambda issue: tuple(map(str, kind.values(issue)))), order.descending
        raise JqlError(f"Not able to sort using field '{order.field}'.")

    def _instant(self, value: datetime | None) -> datetime:
        """As far as the index can tell: Data Center's sorts by the second."""
        if value is None:
            return _NEVER
        return value if self._site.cloud else value.replace(microsecond=0)


def _always(issue: Issue) -> bool:
    return True


def _by_id(issue: Issue) -> int:
    return int(issue.id)


def _by_key(issue: Issue) -> tuple[str, int]:
    return issue.project.key, issue.number


def _allow(clause: Clause, operators: frozenset[str]) -> None:
    if clause.operator not in operators:
        raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")


def _all_of(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        one, two = parts
        return lambda issue: one(issue) and two(issue)
    return lambda issue: all(part(issue) for part in parts)


def _any_of(parts: list[Predicate]) -> Predicate:
    return lambda issue: any(part(issue) for part in parts)


def _as_tuple(value: float | None) -> tuple[float, ...]:
    return () if value is None else (value,)


def _membership(
    values: Callable[[Issue], tuple[object, ...]], wanted: Iterable[object], wants_empty: bool, inside: bool
) -> Predicate:
    chosen = frozenset(wanted)

    def keep(issue: Issue) -> bool:
        have = values(issue)
        if not have:
            return wants_empty and inside
        if len(have) == 1:
            return (have[0] in chosen) is inside
        return any(value in chosen for value in have) is inside

    return keep


def _emptiness(value: Callable[[Issue], object], clause: Clause) -> Predicate:
    _allow(clause, frozenset(("=", "!=")))
    wants = clause.operator == "="
    return lambda issue: (value(issue) is None) is wants


def _within(
    value: Callable[[Issue], datetime | None], spans: list[tuple[datetime, datetime]], inside: bool
) -> Predicate:
    def keep(issue: Issue) -> bool:
        have = value(issue)
        return have is not None and any(low <= have < high for low, high in spans) is inside

    return keep


def _compare(value: Callable[[Issue], datetime | None], operator: str, low: datetime, high: datetime) -> Predicate:
    edge = low if operator in (">=", "<") else high
    after = operator in (">", ">=")

    def keep(issue: Issue) -> bool:
        have = value(issue)
        return have is not None and (have >= edge) is after

    return keep


def _compare_numbers(value: Callable[[Issue], float | None], operator: str, edge: float) -> Predicate:
    compare: dict[str, Callable[[float], bool]] = {
        ">": lambda have: have > edge,
        ">=": lambda have: have >= edge,
        "<": lambda have: have < edge,
        "<=": lambda have: have <= edge,
    }
    holds = compare[operator]

    def keep(issue: Issue) -> bool:
        have = value(issue)
        return have is not None and holds(have)

    return keep
