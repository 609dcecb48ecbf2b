"""What the OKR files asked of objectives and key results, so that a past day is judged by what they said then.

Names, owners, parents and who may see what are no part of it: of those, today's files speak.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from okrsync.method.expected import due
from okrsync.model.okr import KeyResult, Objective, Okrs, Placed

OF_KEY_RESULT = {"due", "weight", "state", "plan", "measure"}
OF_OBJECTIVE = {"kind", "weight", "state", "rollup"}

Asked = TypeVar("Asked", KeyResult, Objective)


def terms(okrs: Okrs) -> dict[str, str]:
    """Subject -> its terms as JSON. A due day that is the cycle's end is written out: cycles can be made longer."""
    found = {_subject(objective): objective.model_dump_json(include=OF_OBJECTIVE) for objective, _ in okrs.objectives}
    return found | {_subject(one.key_result): _of_key_result(one) for one in okrs.placed}


def under(okrs: Okrs, told: Mapping[str, str]) -> Okrs:
    """The files of today under the terms that are ``told``, by subject; where there are none, under their own."""
    today = terms(okrs)
    differ = {subject: text for subject, text in told.items() if today.get(subject, text) != text}
    if not differ:
        return okrs
    objectives = {one.id: _objective(one, differ) for one, _ in okrs.objectives}
    return okrs.model_copy(
        update={
            "objectives": tuple((objectives[one.id], cycle) for one, cycle in okrs.objectives),
            "placed": tuple(
                one.model_copy(
                    update={"key_result": _as_told(one.key_result, differ), "objective": objectives[one.objective.id]}
                )
                for one in okrs.placed
            ),
        }
    )


def _subject(one: KeyResult | Objective) -> str:
    return f"{'objective' if isinstance(one, Objective) else 'key result'} {one.id}".casefold()


def _of_key_result(placed: Placed) -> str:
    return placed.key_result.model_copy(update={"due": due(placed)}).model_dump_json(include=OF_KEY_RESULT)


def _objective(one: Objective, told: Mapping[str, str]) -> Objective:
    results = tuple(_as_told(each, told) for each in one.key_results)
    return _as_told(one, told).model_copy(update={"key_results": results})


def _as_told(one: Asked, told: Mapping[str, str]) -> Asked:
    """Under terms of a version that this one does not understand, as it is today."""
    text = told.get(_subject(one))
    if text is None:
        return one
    try:
        return type(one).model_validate(one.model_dump(mode="json") | json.loads(text))
    except (ValueError, TypeError):
        return one
