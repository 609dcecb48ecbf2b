"""What ``ignore:`` may name: rules that the coach has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from okrsync.model.okr import Ignored, OkrFile
from okrsync.model.rules import RULES, UNUSED_IGNORE
from okrsync.wording import suggest
from okrsync.yamlfile import Place

Finding = tuple[Place, str]

IGNORABLE = tuple(rule for rule in RULES if rule != UNUSED_IGNORE)


def ignore_problems(content: OkrFile) -> Iterator[Finding]:
    """Every ignored rule of a file that does not exist, with the name that was probably meant."""
    yield from _unknown((), content.ignore)
    for at, objective in enumerate(content.objectives):
        yield from _unknown(("objectives", at), objective.ignore)
        for below, key_result in enumerate(objective.key_results):
            yield from _unknown(("objectives", at, "key_results", below), key_result.ignore)


def _unknown(place: Place, ignored: Sequence[Ignored]) -> Iterator[Finding]:
    for position, one in enumerate(ignored):
        if one.rule not in IGNORABLE:
            message = f"the coach has no rule `{one.rule}`{suggest(one.rule, IGNORABLE)} (okrsync coach --rules)"
            yield (*place, "ignore", position, "rule"), message
