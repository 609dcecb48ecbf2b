"""Deterministic work of any size: the same seed gives the same tickets, texts and dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.github.records import Issue

if TYPE_CHECKING:
    from okrsync.sandbox.jira import JiraState

PEOPLE = ("ana", "ben", "chloe", "dmitri", "emeka", "fumi", "grace", "hugo")
AREAS = ("checkout", "payment", "search", "basket", "account", "shipping", "catalogue", "reports")
_LABELS = (*AREAS, "bug", "enhancement", "good first issue", "needs-design", "regression", "ux", "security", "docs")
_VERBS = ("Speed up", "Fix", "Redesign", "Remove", "Document", "Test", "Simplify", "Translate", "Measure", "Cache")
_THINGS = ("the form", "the total", "the address field", "an error page", "the retry", "a timeout", "the receipt")
_SENTENCES = (
    "Customers tell support that they give up at this step and come back later, or never.",
    "The page asks for the same thing twice when the first answer was slow to arrive.",
    "On a small screen the button is below the fold and nobody scrolls that far.",
    "We saw this on Tuesday between ten and eleven, and again the week after.",
    "Steps: open the page in two windows, change the amount in one, confirm in the other.",
    "Expected: the second window says that something changed. Seen: it takes the old amount.",
    "The log shows three calls where one would do; the second and third come from the old code.",
    "An experiment with forty people suggests that two fields fewer are worth half a percent.",
    "Nothing here needs a migration, but the report job reads the same table at night.",
    "Naïve rounding makes 19,99 € into 20 € in the summary; the receipt is right.",
)
BULK = "BULK"
"""The project that is filled."""

_TEXTS = 400
_YEARS = timedelta(days=730)


def text(random: Random, sentences: int) -> str:
    """A few paragraphs of Markdown."""
    chosen = random.choices(_SENTENCES, k=sentences)
    return "\n\n".join(" ".join(chosen[start : start + 3]) for start in range(0, sentences, 3))


def title(random: Random) -> str:
    return f"{random.choice(_VERBS)} {random.choice(_THINGS)} in {random.choice(AREAS)}"


def fill_github(state: GitHubState, repository: str = "acme/bulk", *, items: int = 10_000, seed: int = 1) -> None:
    """``items`` issues and pull requests of about 5 KB of JSON each, created over the two years before now."""
    random = Random(seed)
    with state.lock:
        state.add_repository(repository)
        milestones = [state.add_milestone(repository, f"Release {number}").title for number in range(1, 13)]
        texts = [text(random, random.randint(3, 15)) for _ in range(_TEXTS)]
        dates = _dates(state.now(), items)
        for created in dates:
            made = state.create(
                repository,
                title(random),
                body=random.choice(texts),
                labels=random.sample(_LABELS, random.randint(0, 4)),
                milestone=random.choice(milestones) if random.random() < 0.3 else None,
                assignees=random.sample(PEOPLE, random.choice((0, 1, 1, 2))),
                author=random.choice(PEOPLE),
                pull_request=random.random() < 0.25,
                at=created,
            )
            _live(state, made, dates[-1], random)


def _live(state: GitHubState, issue: Issue, now: datetime, random: Random) -> None:
    """What became of an issue since it was opened."""
    later = issue.created + (now - issue.created) * random.random()
    home, number = issue.repository.id, issue.number
    if random.random() < 0.1:
        state.comment(home, number, random.choice(_SENTENCES), author=random.choice(PEOPLE), at=later)
    fate = random.random()
    if fate < 0.45 and issue.pull_request:
        state.merge(home, number, at=later)
    elif fate < 0.45:
        state.close(home, number, by=random.choice(PEOPLE), at=later)
    elif fate < 0.5:
        state.close(home, number, "not_planned", by=random.choice(PEOPLE), at=later)


def fill_jira(state: JiraState, *, items: int = 10_000, seed: int = 1) -> None:
    """``items`` issues in epics of about twenty, created over the two years before now."""
    random = Random(seed)
    with state.lock:
        state.add_project(BULK, "Bulk")
        texts = [text(random, random.randint(3, 12)) for _ in range(_TEXTS)]
        epic: str | None = None
        dates = _dates(state.now(), items)
        for count, created in enumerate(dates):
            if count % 20 == 0:
                epic = state.create(BULK, title(random), type="Epic", at=created).key
                continue
            made = state.create(
                BULK,
                title(random),
                type=random.choice(("Story", "Story", "Task", "Bug")),
                points=random.choice((None, 1, 2, 3, 5, 8)),
                epic=epic,
                labels=_joined(random.sample(_LABELS, random.randint(0, 3))),
                assignee=random.choice((None, *PEOPLE)),
                priority=random.choice(("Highest", "High", "Medium", "Medium", "Low")),
                description=random.choice(texts),
                at=created,
            )
            later = created + (dates[-1] - created) * random.random()
            fate = random.random()
            if fate < 0.5:
                state.transition(made.key, "Done", resolution="Won't Do" if fate < 0.05 else "Done", at=later)
            elif fate < 0.7:
                state.transition(made.key, "In Progress", at=later)


def _joined(labels: Sequence[str]) -> list[str]:
    """Jira's labels have no white space."""
    return [label.replace(" ", "-") for label in labels]


def _dates(now: datetime, count: int) -> list[datetime]:
    """Evenly over two years, to the second, the last one just before ``now``."""
    step = _YEARS / max(count, 1)
    return [(now - _YEARS + step * index).replace(microsecond=0) for index in range(count)]
