"""Rules that read titles: output verbs, metrics in objectives, and the same thing said twice.

All of them look at whole words in lower case, never at parts of words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil
from typing import TypeVar

from okrsync.method.coach.finding import Facts, Finding, about, about_objective
from okrsync.method.coach.vocabulary import BEING, COMPOUNDS, DETERMINERS, DONE, FORMS, LEADING, NAMING, STOP, VERBS
from okrsync.model.okr import Placed
from okrsync.words import percent

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)*")
_METRIC = re.compile(
    r"""(?:[€$£]\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:%|‰|€|\$|£|percent\b|per\s+cent\b|[x×]\b|k\b|m\b|bn\b|ms\b|pts\b|points?\b))
    |\bfrom\s+\d[\d.,]*\s.{0,20}?\bto\s+\d[\d.,]*""",
    re.IGNORECASE | re.VERBOSE,
)
_PLAIN_NUMBER = re.compile(r"(?<![\w/#.,&+-])\d[\d.,]*(?![\w/&+-]|(?:st|nd|rd|th)\b)")
OVERLAP = 0.8
"""Jaccard: words in common / words in either. The overlap coefficient would call every shorter title a double."""


def output_verbs(facts: Facts) -> Iterator[Finding]:
    """KR-VERB: a title that begins with one of the verbs, or, without any number, ends up having done it.

    "Delivery time below two days" and "Build failures from 30 to 5" are about results, "Deliver the app" is not.
    """
    for placed in facts.key_results():
        if said := output_verb(placed.key_result.title):
            reason = f'{placed.key_result.id} is "{placed.key_result.title}": "{said}" names work, not a result.'
            fix = "Say what will be better, and by how much, once that is done; the work itself belongs in its links."
            yield about("KR-VERB", placed, reason, fix)


def output_verb(title: str) -> str:
    """The word of a title that tells of output, "" when there is none."""
    words = [found[0].lower() for found in _WORD.finditer(title)]
    return _at_the_beginning(words) or ("" if any(word[0].isdigit() for word in words) else _as_done(words))


def _at_the_beginning(words: Sequence[str]) -> str:
    """The imperative; also after "and", as in "Design and build the app"."""
    for position, word in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else ""
        if word in VERBS and following not in COMPOUNDS:
            return word
        if word in FORMS and following in DETERMINERS:
            return word
        if word not in LEADING and not (position == 0 and following == "and"):
            return ""
    return ""


def _as_done(words: Sequence[str]) -> str:
    """The participle: "The app is launched"."""
    for position, word in enumerate(words):
        after_be = position > 0 and words[position - 1] in BEING
        if word in DONE and (after_be or position == len(words) - 1):
            return word
    return ""


def metric_in_objective(facts: Facts) -> Iterator[Finding]:
    """O-NUM: a share, an amount with a unit, "from 3 to 5", or a bare number that is no year and no part of a name."""
    for objective, _ in facts.objectives():
        if found := metric_in(objective.title):
            reason = f'`{objective.id}` is "{objective.title}", with the metric "{found}".'
            fix = "Say in words what shall be better and for whom, and move the number into a key result."
            yield about_objective(facts, "O-NUM", objective, reason, fix)


def metric_in(title: str) -> str:
    """The metric in a title, "" when there is none."""
    if found := _METRIC.search(title):
        return found[0].strip()
    for bare in _PLAIN_NUMBER.finditer(title):
        before = [word[0].lower() for word in _WORD.finditer(title[: bare.start()])]
        year = re.fullmatch(r"(19|20|21)\d\d", bare[0])
        if not year and not (before and before[-1] in NAMING):
            return bare[0].rstrip(".,")
    return ""


def said_twice(facts: Facts) -> Iterator[Finding]:
    """DUP: key results of one cycle, and objectives of one cycle, whose titles share most of their words."""
    by_cycle: dict[str, list[Placed]] = defaultdict(list)
    for placed in facts.key_results():
        by_cycle[placed.cycle.id].append(placed)
    for found in by_cycle.values():
        for first, second, alike in doubles([(one, one.key_result.title) for one in found]):
            reason = (
                f'{first.key_result.id} ("{first.key_result.title}") and {second.key_result.id} '
                f'("{second.key_result.title}") share {percent(alike)} of their words.'
            )
            yield about("DUP", second, reason, _UNITE, first)
    yield from _objectives_said_twice(facts)


_UNITE = "Keep one and let the other team contribute to it, or word them so that the difference is seen."


def _objectives_said_twice(facts: Facts) -> Iterator[Finding]:
    cycles = defaultdict(list)
    for objective, cycle in facts.objectives():
        cycles[cycle.id].append(objective)
    for found in cycles.values():
        for first, second, alike in doubles([(one, one.title) for one in found]):
            reason = (
                f'The objectives `{first.id}` ("{first.title}") and `{second.id}` ("{second.title}") '
                f"share {percent(alike)} of their words."
            )
            yield about_objective(facts, "DUP", second, reason, _UNITE)


Thing = TypeVar("Thing")


def tokens(title: str) -> frozenset[str]:
    """The words that carry meaning, and the numbers."""
    words = frozenset(found[0].lower() for found in _WORD.finditer(title))
    return words - STOP or words


def doubles(titled: Sequence[tuple[Thing, str]]) -> Iterator[tuple[Thing, Thing, float]]:
    """Each thing whose title overlaps by at least ``OVERLAP`` with an earlier one, and the one it is most like.

    Two sets that overlap that much share one of the rarest ``n - ceil(OVERLAP n) + 1`` words of either (prefix
    filtering: Chaudhuri, Ganti and Kaushik, "A primitive operator for similarity joins in data cleaning", 2006).
    """
    sets = [tokens(title) for _, title in titled]
    frequency = Counter(word for one in sets for word in one)
    seen: dict[str, list[int]] = defaultdict(list)
    for position, mine in enumerate(sets):
        ordered = sorted(mine, key=lambda word: (frequency[word], word))
        prefix = ordered[: len(mine) - ceil(round(OVERLAP * len(mine), 9)) + 1]
        others = sorted({other for word in prefix for other in seen[word]})
        alike, nearest = max(((_jaccard(mine, sets[other]), -other) for other in others), default=(0.0, 0))
        if alike >= OVERLAP:
            yield titled[-nearest][0], titled[position][0], alike
        for word in prefix:
            seen[word].append(position)


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
