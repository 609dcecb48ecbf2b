"""JQL, from text to a tree. What it means for issues is decided in ``criteria``.

The grammar: clauses ``field operator operand`` joined by AND, OR, NOT and parentheses, then ORDER BY. Refusals
are worded as Jira words them, since clients show them to people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from okrsync.sandbox.jira.tokens import RESERVED, JqlError, Token, place, plain, split

_COMPARISONS = frozenset(("=", "!=", ">", ">=", "<", "<=", "~", "!~"))
_OPERATORS = "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Literal:
    """``quoted`` tells a text of digits from a number."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function of JQL: ``currentUser()``."""

    name: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Empty:
    """EMPTY or NULL."""

    def __str__(self) -> str:
        return "EMPTY"


Operand = Literal | Call | Empty


@dataclass(frozen=True, slots=True)
class Clause:
    """``operator`` is one of = != > >= < <= ~ !~ in, not in; IS and IS NOT are = and != with EMPTY."""

    field: str
    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """``every`` part must hold (AND), or any one (OR)."""

    every: bool
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Clause | Joined | Not


@dataclass(frozen=True, slots=True)
class Order:
    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """``where`` is None for a query without restriction."""

    where: Node | None
    order: tuple[Order, ...]


def parse(text: str) -> Query:
    """Raises JqlError."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = split(text)
        self._next = 0
        self._depth = 0

    def query(self) -> Query:
        where = None if self._ended or self._is("order") else self._any()
        order = self._order() if self._take("order") else ()
        if not self._ended:
            raise self._refusal(
                "Expecting either 'OR' or 'AND' but got '{}'." if not order else "Expecting ',' but got '{}'."
            )
        return Query(where, order)

    def _any(self) -> Node:
        return self._joined(False, ("or", "|", "||"), self._every)

    def _every(self) -> Node:
        return self._joined(True, ("and", "&", "&&"), self._one)

    def _joined(self, every: bool, words: Sequence[str], part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._take(*words):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(every, tuple(parts))

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise JqlError("Error in the JQL Query: The query is nested too deeply.")
        try:
            if self._take("not", "!"):
                return Not(self._one())
            if self._take("("):
                inside = self._any()
                self._expect(")")
                return inside
            return self._clause()
        finally:
            self._depth -= 1

    def _clause(self) -> Clause:
        field = self._word("Expecting either a value, list or function but got '{}'.")
        operator = self._operator()
        if operator in ("in", "not in"):
            return Clause(field, operator, self._list())
        return Clause(field, operator, (self._operand(),))

    def _operator(self) -> str:
        token = self._peek()
        if token is not None and token.kind == "symbol" and token.text in _COMPARISONS:
            self._next += 1
            return token.text
        if self._take("in"):
            return "in"
        if self._take("not"):
            self._expect("in")
            return "not in"
        if self._take("is"):
            operator = "!=" if self._take("not") else "="
            if not (self._is("empty") or self._is("null")):
                raise self._refusal("Expecting 'EMPTY' or 'NULL' but got '{}'.")
            return operator
        if self._is("was") or self._is("changed"):
            raise JqlError("The history of issues cannot be searched here: WAS and CHANGED are not supported.")
        raise self._refusal(f"Expecting operator but got '{{}}'. {_OPERATORS}")

    def _list(self) -> tuple[Operand, ...]:
        if not self._is("("):
            return (self._operand(),)
        self._expect("(")
        found = [self._operand()]
        while self._take(","):
            found.append(self._operand())
        self._expect(")")
        return tuple(found)

    def _operand(self) -> Operand:
        if self._take("empty", "null"):
            return Empty()
        quoted = (token := self._peek()) is not None and token.kind == "quoted"
        text = self._word("Expecting either a value, list or function but got '{}'.")
        if not self._take("("):
            return Literal(text, quoted)
        arguments: list[str] = []
        while not self._take(")"):
            arguments.append(self._word("Expecting ')' but got '{}'."))
            self._take(",")
        return Call(text, tuple(arguments))

    def _order(self) -> tuple[Order, ...]:
        self._expect("by")
        found: list[Order] = []
        while not found or self._take(","):
            field = self._word("Expecting a field name but got '{}'.")
            descending = self._take("desc")
            if not descending:
                self._take("asc")
            found.append(Order(field, descending))
        return tuple(found)

    def _word(self, refusal: str) -> str:
        token = self._peek()
        if token is None or token.kind == "symbol":
            raise self._refusal(refusal)
        if token.kind == "word" and token.text.lower() in RESERVED:
            told = (
                f"'{token.text}' is a reserved JQL word. You must surround it in quotation marks to use it in a query."
            )
            raise JqlError(f"Error in the JQL Query: {told} {place(self._text, token.at)}")
        self._next += 1
        return plain(token, self._text)

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    @property
    def _ended(self) -> bool:
        return self._peek() is None

    def _is(self, word: str) -> bool:
        token = self._peek()
        return token is not None and token.kind != "quoted" and token.text.lower() == word

    def _take(self, *words: str) -> bool:
        if any(self._is(word) for word in words):
            self._next += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise self._refusal(f"Expecting '{word}' but got '{{}}'.")

    def _refusal(self, told: str) -> JqlError:
        token = self._peek()
        got = token.text if token else "end of the query"
        where = place(self._text, token.at if token else len(self._text))
        return JqlError(f"Error in the JQL Query: {told.replace('{}', got)} {where}")
