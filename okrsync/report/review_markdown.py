"""The report of a cycle as Markdown, for wikis and pull requests: the same words as on the page, without charts."""

from __future__ import annotations

from collections.abc import Iterator

from okrsync.method.review import Review, Reviewed, ReviewedObjective
from okrsync.method.words import team_name
from okrsync.model.closing import ClosedObjective
from okrsync.report.reviewed import (
    attained,
    below_score,
    closing_words,
    day_words,
    expected_of,
    forecast_words,
    goal,
    moved_words,
    score_of,
    score_words,
    standing_words,
    too_easy_words,
    value,
)
from okrsync.report.safe import code, markdown
from okrsync.report.teams import teams_markdown


def review_markdown(review: Review) -> str:
    """Objectives and scores, each key result with what was learned, the four figures, and the coach's findings."""
    lines = [
        f"# {markdown(review.cycle)}",
        "",
        f"{day_words(review.start)} to {day_words(review.end)}, {markdown(standing_words(review))}.",
        *_glance(review),
        *(line for one in review.objectives if one.key_results for line in _objective(one, review)),
        *_figures(review),
        *_coach(review),
        *_earlier(review),
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
    yield from ("", f"## {markdown(one.ended.title)}")
    for key_result in one.key_results:
        yield from _key_result(key_result, one.ended, review)


def _key_result(one: Reviewed, objective: ClosedObjective, review: Review) -> Iterator[str]:
    ended, score = one.ended, score_of(one.ended, review)
    yield from ("", f"### {markdown(ended.title)}", "")
    told = f"**{score_words(score)}** ({below_score(ended, objective, review)})"
    yield f"{code(ended.id)} {told}: {markdown(value(ended))} on the way {markdown(goal(ended))}."
    yield f"{markdown(ended.verdict.because)}."
    if one.outlook:
        yield from ("", markdown(forecast_words(one.outlook)))
    points = list(_points(one, objective, review))
    if points:
        yield ""
        yield from (f"- **{name}**: {markdown(text)}" for name, text in points)


def _points(one: Reviewed, objective: ClosedObjective, review: Review) -> Iterator[tuple[str, str]]:
    score = one.ended.score
    if one.burn_up:
        yield from (("Changed", f"{turn.words} ({turn.at:%Y-%m-%d})") for turn in one.burn_up.turns)
    if easy := too_easy_words(score_of(one.ended, review), objective):
        yield "Remark", easy
    if one.moved:
        yield from (("What moved", sentence) for sentence in moved_words(one.moved))
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
    yield from ("", "## What the coach noticed", "")
    if not review.remarks:
        yield "Nothing."
    for one in review.remarks:
        yield f"- {code(one.rule)} {markdown(one.reason)} {markdown(one.fix)}"


def _earlier(review: Review) -> Iterator[str]:
    if review.earlier:
        yield from ("", "## Closed before", "")
    yield from (f"- {markdown(closing_words(one))}" for one in review.earlier)
