"""The scores of a cycle: what is suggested, what people say, and which key results end at 0 for want of a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

import msgspec

from okrsync.errors import ConfigError
from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing, Decision, Retrospective, Score
from okrsync.model.okr import Cycle
from okrsync.near import did_you_mean
from okrsync.words import plural


class Word(msgspec.Struct, frozen=True):
    """What people decide about a key result; None and "" leave a thing as it was, or as it is suggested."""

    score: float | None = None
    note: str = ""
    moved: str = ""
    change: str = ""
    decision: Decision | None = None


class Ending(msgspec.Struct, frozen=True):
    """A cycle before it is closed: the numbers as they stand, with a score only where one was decided before."""

    cycle: Cycle
    objectives: tuple[ClosedObjective, ...]
    before: Closing | None = None
    files: tuple[str, ...] = ()

    def to_score(self) -> tuple[ClosedKeyResult, ...]:
        """The key results that get a score."""
        return tuple(one for objective in self.objectives for one in objective.key_results if one.score is not None)

    def without_value(self, words: Mapping[str, Word]) -> tuple[str, ...]:
        """The key results that nothing was measured for and nobody scored, now or before: accepted, they score 0."""
        scored = {name.casefold() for name, word in words.items() if word.score is not None}
        return tuple(
            one.id
            for one in self.to_score()
            if one.score and one.score.suggested is None and one.id.casefold() not in scored | self._decided()
        )

    def _decided(self) -> set[str]:
        return {name.casefold() for name in decided(self.before)}


def decided(before: Closing | None) -> Mapping[str, Score]:
    """The scores of an earlier closing that somebody decided or something was measured for."""
    if before is None:
        return {}
    return {name: score for name, score in before.scores().items() if name not in before.without_value}


def final_scores(found: Ending, words: Mapping[str, Word], *, accept: bool) -> dict[str, Score]:
    """The final score of each key result. ``accept`` takes what is suggested where nobody said a score.

    Raises ConfigError for key results that do not get a score, for scores outside 0 to 1, and for key results that
    nobody scored.
    """
    by_id = _checked(found, words)
    made = {one.id: _final(one, by_id.get(one.id, Word()), found.before, accept=accept) for one in found.to_score()}
    if missing := [name for name, score in made.items() if score is None]:
        raise ConfigError(
            f"{plural(len(missing), 'key result')} without a score: {', '.join(missing)}.",
            hint=f"--score {missing[0]}=0.7 gives one, --yes accepts what is suggested.",
        )
    return {name: score for name, score in made.items() if score is not None}


def _checked(found: Ending, words: Mapping[str, Word]) -> dict[str, Word]:
    """Words by the id as the files write it. Raises ConfigError for the first that makes no sense."""
    ids = {one.id.casefold(): one.id for one in found.to_score()}
    others = {one.id.casefold(): one for objective in found.objectives for one in objective.key_results}
    for name, word in words.items():
        if name.casefold() not in ids:
            raise _not_scored(found, name, others.get(name.casefold()), ids.values())
        if word.score is not None and not (isfinite(word.score) and 0 <= word.score <= 1):
            raise ConfigError(f"{word.score:g} is no score for {name}.", hint="Give a number from 0 to 1, such as 0.7.")
    return {ids[name.casefold()]: word for name, word in words.items()}


def _not_scored(found: Ending, name: str, other: ClosedKeyResult | None, ids: Iterable[str]) -> ConfigError:
    if other is not None:
        return ConfigError(f"{other.id} is {other.state} and gets no score.", hint="Leave it out.")
    hint = did_you_mean(name, ids, f"There are {', '.join(ids)}.")
    return ConfigError(f"{name!r} is no key result of the cycle {found.cycle.id}.", hint=hint)


def _final(one: ClosedKeyResult, word: Word, before: Closing | None, *, accept: bool) -> Score | None:
    """The word given now, over the one given before, over what is suggested; without a value that is 0."""
    earlier, scored = (before.scores() if before else {}).get(one.id), decided(before).get(one.id)
    assert one.score is not None
    value = word.score if word.score is not None else scored.final if scored else None
    if value is None and (accept or earlier):
        value = one.score.suggested or 0.0
    if value is None:
        return None
    said = earlier.retrospective if earlier else Retrospective()
    return Score(
        key_result=one.id,
        suggested=one.score.suggested,
        final=value,
        note=word.note or (earlier.note if earlier else ""),
        retrospective=Retrospective(
            moved=word.moved or said.moved,
            change=word.change or said.change,
            decision=word.decision or said.decision,
        ),
    )
