"""The words of JQL: where one ends, which are reserved, and what an escape stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RESERVED_WORDS = """
    abort access add after alias all alter and any are as asc audit avg before begin between boolean break by
    byte catch cf changed char character check checkpoint collate collation column commit connect continue count
    create current date decimal declare decrement default defaults define delete delimiter desc difference
    distinct divide do double drop else empty encoding end equals escape exclusive exec execute exists explain
    false fetch file first float for from function go goto grant greater group having identified if immediate in
    increment index initial inner inout input insert int integer intersect intersection into is isempty isnull
    join last left less like limit lock long max min minus mode modify modulo more multiply next noaudit not
    notin nowait null number object of on option or order outer output power previous prior privileges public
    raise raw remainder rename resource return returns revoke right row rowid rownum rows select session set
    share size sqrt start strict string subtract sum synonym table then to trans transaction trigger true uid
    union unique update user validate values view was when whenever where while with
"""
RESERVED = frozenset(_RESERVED_WORDS.split())

_TOKENS = re.compile(
    r"""(?P<space>\s+)
      | (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<field>cf\[\d+\])
      | (?P<symbol>!=|!~|>=|<=|&&|\|\||[=<>~!(),&|])
      | (?P<word>(?:[^\s"'\\=<>~!(),&|+;?*%^$\#@\[\]{}`]|\\.)+)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", " ": " "}


class JqlError(Exception):
    """Why Jira refuses a query."""


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is quoted, field, symbol or word; ``text`` is as written; ``at`` is its place in the query."""

    kind: str
    text: str
    at: int


def split(text: str) -> list[Token]:
    """Raises JqlError for an open quotation mark and for characters that need one."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None or match.lastgroup is None:
            raise JqlError(f"Error in the JQL Query: {_unreadable(text, at)} {place(text, at)}")
        if match.lastgroup != "space":
            found.append(Token(match.lastgroup, match[0], at))
        at = match.end()
    return found


def plain(token: Token, text: str) -> str:
    """What a token of ``text`` means. Raises JqlError for an escape that JQL does not have."""

    def unescape(found: re.Match[str]) -> str:
        code = found[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code not in _ESCAPED:
            told = f"'\\{code}' is an illegal JQL escape sequence."
            raise JqlError(f"Error in the JQL Query: {told} {place(text, token.at)}")
        return _ESCAPED[code]

    inside = token.text[1:-1] if token.kind == "quoted" else token.text
    return _ESCAPE.sub(unescape, inside) if "\\" in inside else inside


def place(text: str, at: int) -> str:
    """Where something is, as Jira tells it: lines and characters count from 1."""
    line = text.count("\n", 0, at) + 1
    return f"(line {line}, character {at - text.rfind(chr(10), 0, at)})"


def _unreadable(text: str, at: int) -> str:
    character = text[at]
    if character in "\"'":
        return f"The quoted string '{text[at + 1 :]}' has not been completed."
    return f"The character '{character}' is a reserved JQL character. You must enclose it in a string."
