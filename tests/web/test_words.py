"""The sentences of the pages: plain, with units, without the names of rules and presets."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from reviews import moved

from okrsync.model.attribution import Attribution
from okrsync.model.okr import KeyResult
from okrsync.model.outlook import Model, Outlook
from okrsync.model.sample import Contribution
from okrsync.model.verdict import Preset, Rule, Status, Verdict
from okrsync.web import words

AT = datetime(2026, 11, 30, tzinfo=UTC)


def outlook(**known: object) -> Outlook:
    return Outlook("a-1", "A", AT, date(2026, 12, 6), 1.0, **known)  # type: ignore[arg-type]


def ticket(**known: object) -> Contribution:
    facts = {"key": "S-1", "state": "done", "word": "Done", "left_out": "", "reasons": ("in epic S-9",)} | known
    return Contribution("jira", "1", title="T", url="", adds=0, of=0, **facts)  # type: ignore[arg-type]


def measured(**measure: object) -> str:
    return words.counted(KeyResult.model_validate({"id": "a-1", "title": "A", "measure": measure}))


def test_a_reason_stands_without_its_status_and_its_preset() -> None:
    found = Verdict(Status.BEHIND, "behind: 40 % done, 49 % expected; preset viva")
    assert words.standing(found) == "40 % done, 49 % expected by now."


def test_days_are_said_in_words() -> None:
    found = Verdict(Status.OVERDUE, "overdue: 40 % done, and it was due on 2026-11-06", rule=Rule.OVERDUE)
    assert words.standing(found) == "40 % done, and it was due on 6 November 2026."


@pytest.mark.parametrize("preset", list(Preset))
def test_every_preset_says_what_it_compares(preset: Preset) -> None:
    found = Verdict(Status.BEHIND, "behind: …", preset=preset)
    assert words.judged(found).endswith(f"This is the preset {preset}.")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("81 %", "81 % likely to be there by 6 December 2026."),
        ("<1 %", "Less than 1 % likely to be there by 6 December 2026."),
        (">95 %", "More than 95 % likely to be there by 6 December 2026."),
        ("30-70 %", "30 to 70 % likely to be there by 6 December 2026."),
    ],
)
def test_a_chance_is_a_sentence(told: str, said: str) -> None:
    assert words.chance(outlook(model=Model.EXACT, chance=told)) == said


def test_without_a_forecast_the_reason_is_said() -> None:
    assert words.chance(outlook(why="it has no value yet")) == "No forecast: it has no value yet."
    assert words.chance(outlook(model=Model.REACHED, chance="reached")) == "Nothing remains to be done."


def test_the_pace_has_its_unit_and_says_nothing_where_nothing_is_needed() -> None:
    assert words.pace(outlook(needed=2.05, observed=1.83, unit="items")) == "It needs 2 items a week and makes 1.8."
    assert words.pace(outlook(needed=1.0, observed=3.5, unit="items")) == "It needs 1 item a week and makes 3.5."
    assert words.pace(outlook(needed=0.0, observed=0.0, unit="items")) == ""


@pytest.mark.parametrize("model", [Model.EXACT, Model.MONTE_CARLO, Model.TREND, Model.PACE])
def test_every_forecast_says_how_it_comes_about_without_naming_its_method(model: Model) -> None:
    said = words.reckoned(outlook(model=model, history=12))
    assert said.endswith(".")
    assert not any(jargon in said for jargon in ("v1", "convolution", "bootstrap", "least squares"))


def test_a_week_without_causes_is_said_to_be_still() -> None:
    still = Attribution("a-1", "A", AT, AT, "progress", 0.5, 0.5, 0.0, (), "+0.0 points: nothing happened.")
    assert words.moved(still) == "Nothing moved it this week."
    assert words.moved(moved()) == moved().said


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ({"type": "completion"}, "Finished tickets of all that are linked."),
        ({"type": "count", "of": "open", "start": 9, "target": 1}, "The number of linked tickets that are open."),
        ({"type": "manual", "target": 1}, "People give the value at check-ins."),
        (
            {"type": "maintain", "below": 3, "of": {"type": "count", "of": "open", "target": 1}},
            "It holds or it does not. The number of linked tickets that are open.",
        ),
        ({"type": "boolean"}, "It is reached or it is not. People say so at check-ins."),
    ],
)
def test_how_a_number_comes_about_is_said_plainly(measure: dict[str, object], said: str) -> None:
    assert measured(**measure) == said


def test_a_cancelled_ticket_is_not_said_to_be_done() -> None:
    one = ticket(left_out="cancelled")
    assert words.state(one) == "cancelled"
    assert words.why_counted(one) == "in epic S-9; cancelled, so it leaves the sum"


def test_a_trackers_word_is_shown_without_its_spelling() -> None:
    assert words.state(ticket(word="not_planned")) == "not planned"
    assert words.why_counted(ticket(left_out="has no estimate")) == "has no estimate"
