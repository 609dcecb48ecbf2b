"""The report of a cycle as Markdown, for wikis and pull requests: the words of the page, and burn-ups as blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from okrsync import __version__
from okrsync.method.review import Review, Reviewed, ReviewedObjective
from okrsync.method.words import team_name
from okrsync.model.burnup import BurnUp
from okrsync.model.closing import ClosedObjective
from okrsync.report.figures import teams_markdown
from okrsync.report.reviewed import (
    about_words,
    attained,
    below_score,
    closing_words,
    day_words,
    expected_of,
    forecast_words,
    goal,
    hidden_words,
    moved_words,
    noticed_words,
    said_words,
    score_of,
    score_words,
    standing_words,
    too_easy_words,
    trace_commands,
    turn_words,
    value,
)
from okrsync.report.safe import code, markdown
from okrsync.words import number

BLOCKS = "▁▂▃▄▅▆▇█"
_CODE = re.compile(r"`([^`]+)`")


def review_markdown(review: Review) -> str:
    """Objectives and scores, each key result with what was learned, the four figures, and the coach's findings."""
    lines = [
        f"# {markdown(review.cycle)}: objectives and key results",
        "",
        f"{day_words(review.start)} to {day_words(review.end)}, {markdown(standing_words(review))}.",
        *_glance(review),
        *(line for one in review.objectives if one.key_results for line in _objective(one, review)),
        *_figures(review),
        *_coach(review),
        *_earlier(review),
        *_traces(review),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _glance(review: Review) -> Iterator[str]:
    closed = review.closed is not None
    yield from (
        "",
        f"| objective | kind | team | {'score' if closed else 'progress'} | expected |{' of expected |' * closed}",
    )
    yield f"|---|---|---|--:|--:|{'--:|' * closed}"
    for one in review.objectives:
        ended = one.ended
        team = markdown(team_name(ended.team))
        row = f"| {markdown(ended.title)} | {ended.kind} | {team} | {score_words(ended.score)} |"
        yield f"{row} {expected_of(ended)} |{f' {attained(ended.score, ended)} |' * closed}"


def _objective(one: ReviewedObjective, review: Review) -> Iterator[str]:
    yield from ("", f"## {markdown(one.ended.title)}", "", markdown(about_words(one.ended, review)))
    for key_result in one.key_results:
        yield from _key_result(key_result, one.ended, review)


def _key_result(one: Reviewed, objective: ClosedObjective, review: Review) -> Iterator[str]:
    ended, score = one.ended, score_of(one.ended, review)
    yield from ("", f"### {markdown(ended.title)}", "")
    told = f"**{score_words(score)}** ({below_score(ended, objective, review)})"
    owner = f" · {markdown(ended.owner)}" if ended.owner else ""
    yield f"{code(ended.id)}{owner} {told}: {markdown(value(ended))} {markdown(goal(ended))}."
    yield f"{markdown(ended.verdict.because)}."
    if one.burn_up:
        yield from ("", _course(one.burn_up, ended.measure))
    if one.outlook:
        yield from ("", markdown(forecast_words(one.outlook)))
    points = list(_points(one, objective, review))
    if points:
        yield ""
    for name, text, *more in points:
        yield f"- **{name}**: {markdown(text)}"
        yield from (f"  - {markdown(part)}" for part in more)


def _course(chart: BurnUp, measure: str) -> str:
    """The burn-up week by week, between the lowest and the highest that was done or wanted.

    Work is done of all there is; a value has a goal, and where it must hold, a limit.
    """
    made = [one.made for one in chart.past]
    ends = [*made, *(one.goal for one in chart.past)]
    low, way = min(ends), max(ends) - min(ends)
    drawn = "".join(BLOCKS[round((one - low) / way * (len(BLOCKS) - 1)) if way else 0] for one in made)
    last = chart.past[-1]
    towards = " of" if chart.work else ", limit" if measure == "maintain" else ", goal"
    told = f"{number(made[0])} → {number(last.made)}{towards} {number(last.goal)} {chart.unit}".rstrip()
    return f"{code(drawn)} {markdown(told)}, {day_words(chart.past[0].at)} to {day_words(last.at)}"


def _points(one: Reviewed, objective: ClosedObjective, review: Review) -> Iterator[tuple[str, ...]]:
    """A name, what is said under it, and what stands below that."""
    if one.burn_up:
        yield from (("Changed", f"{turn_words(turn)} ({turn.at:%Y-%m-%d})") for turn in one.burn_up.turns)
    if easy := too_easy_words(score_of(one.ended, review), objective):
        yield "Remark", easy
    if one.moved:
        yield ("Since the beginning", *moved_words(one.moved))
    yield from _learned(one, review)
    if one.said and (one.said.note or one.said.confidence is not None):
        yield "Last check-in", said_words(one.said)


def _learned(one: Reviewed, review: Review) -> Iterator[tuple[str, str]]:
    score = one.ended.score
    if score is None:
        return
    if review.closed and score.suggested != score.final:
        yield "Suggested", score_words(score.suggested)
    learned = score.retrospective
    told = (
        ("Why this score", score.note),
        ("What moved it", learned.moved),
        ("What to change", learned.change),
        ("Next", learned.decision or ""),
    )
    yield from ((name, text) for name, text in told if text)


def _figures(review: Review) -> Iterator[str]:
    if review.figures:
        yield from ("", "## The four figures")
        yield from teams_markdown(review.figures)


def _coach(review: Review) -> Iterator[str]:
    yield from ("", f"## {noticed_words(review)}", "")
    if not review.remarks:
        yield "Nothing."
    for one in review.remarks:
        yield f"- {code(one.rule)} {_coded(one.reason)} {_coded(one.fix)}"


def _coded(text: str) -> str:
    """What stands between backticks as code, everything else as plain text."""
    parts = _CODE.split(text)
    told = (code(part) if place % 2 else _spaced(part) for place, part in enumerate(parts))
    return "".join(told).strip()


def _spaced(text: str) -> str:
    """As Markdown, with the space that keeps it apart from its neighbours."""
    before, after = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * before}{markdown(text)}{' ' * after}"


def _earlier(review: Review) -> Iterator[str]:
    if review.earlier:
        yield from ("", "## Closed before", "")
    yield from (f"- {markdown(closing_words(one))}" for one in review.earlier)


def _traces(review: Review) -> Iterator[str]:
    commands = ", ".join(map(code, trace_commands(review)))
    traced = f"Every number can be traced to tickets and a rule: {commands}. {hidden_words(review)}".rstrip()
    yield from ("", "---", "", traced)
    yield from ("", f"okrsync {__version__} · {day_words(review.at)}")
