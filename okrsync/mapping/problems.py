"""What is wrong with how links and work meet: circles of parents, and names that mean nothing known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from string import digits

from okrsync.connector import Finding, Level
from okrsync.mapping.rule import Compiler
from okrsync.model.okr import Link, Placed
from okrsync.near import nearest


def problems(live: Sequence[Placed], compiler: Compiler) -> Iterator[Finding]:
    """Nothing is said about the links of a connection before its first scope is known."""
    for cycle in compiler.hierarchy.cycles:
        keys = [item.key for item in cycle]
        yield Finding(
            Level.ERROR,
            cycle[0].connection,
            f"The parents of {', '.join(keys)} form a circle; they are taken to have no parent.",
            f"Remove the parent of one of them, of {keys[0]} say.",
        )
    for placed in live:
        for link in placed.key_result.links:
            if compiler.names.scopes(link.connection):
                yield from _unresolved(placed.key_result.id, link, compiler)


def _unresolved(key_result: str, link: Link, compiler: Compiler) -> Iterator[Finding]:
    names, connection = compiler.names, link.connection
    if link.scope_name is not None and not names.scope_ids(link):
        what = "repository" if link.repository else "project"
        message = f"{connection} has no {what} {link.scope_name!r}."
        yield _warning(key_result, message, link.scope_name, names.scopes(connection))
    elif link.milestone_title is not None and not names.milestones_of(link):
        what = "milestone" if link.milestone else "version"
        place = f" in {link.scope_name}" if link.scope_name else ""
        message = f"{connection} has no {what} {link.milestone_title!r}{place}."
        yield _warning(key_result, message, link.milestone_title, names.titles(connection))
    if link.ancestor is not None and compiler.root(link) is None:
        nodes = compiler.hierarchy.nodes.values()
        keys = [item.key for item in nodes if item.connection == connection and _similar(item.key, link.ancestor)]
        message = f"Nothing is known below {link.ancestor!r} in {connection}: wrong key, or not broken down yet."
        yield _warning(key_result, message, link.ancestor, keys)


def _similar(key: str, written: str) -> bool:
    """Keys differ in their numbers: nobody means SHOP-121 who writes SHOP-120, but SHPO-120 or a digit more."""
    one, other = _number(key), _number(written)
    return one.startswith(other) or other.startswith(one)


def _number(key: str) -> str:
    """The digits at its end."""
    return key[len(key.rstrip(digits)) :]


def _warning(key_result: str, message: str, written: str, known: Iterable[str]) -> Finding:
    near = nearest(written, sorted(known))
    hint = f"Did you mean {near!r}?" if near else ""
    return Finding(Level.WARNING, key_result, message, hint)
