"""What happens in the demo, chapter by chapter, and what the owners say in it."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from okrsync.cli.demo import SECRETS
from okrsync.cli.story import BEFORE

if TYPE_CHECKING:
    from okrsync.cli.story import Story

TOLD = 8
"""So many things that the teams did are told."""


class Said(NamedTuple):
    """How sure an owner is at the end of a week, and what changed."""

    confidence: int
    note: str


SAID = {
    "checkout-1": ("ana", (
        Said(7, "Guest checkout is live"),
        Said(6, "Two bugs came back from the payment form"),
        Said(5, "Three countries need one more step"),
        Said(4, "More work came in than we finished"),
    )),
    "checkout-3": ("ben", (
        Said(6, "The short form is on half of the pages"),
        Said(6, "Holds; the sale hides what the form does"),
        Said(7, "The short form helps on phones"),
        Said(7, "Guests buy more often than before"),
    )),
    "api-1": ("emeka", (
        Said(8, "Search answers from the cache"),
        Said(8, "The slow queries have their indexes"),
        Said(8, "Only exports and uploads are left"),
        Said(9, "Exports run in the background"),
    )),
}  # fmt: skip
"""The words of each of the last four weeks."""

ANSWERS = """\
6
Three endpoints wait for the new gateway
The gateway is not there yet
Ask for a date
8
Two bugs were found and both are fixed


"""
"""What emeka answers about two key results: confidence, what changed, what is in the way, what is next."""

GOALS = """\
Goal,Result,From,To,Who
Support answers at once,Hours until the first answer,9,2,lea
,Customers who say thank you,60%,80%,lea
"""
"""A spreadsheet of a team that has no OKR file yet."""

COPY = "-c elsewhere/okrsync.yaml"
"""Where the cycle is closed; where the dashboard is, it goes on."""


def the_first_day(story: Story) -> None:
    story.chapter("Are the files right, and do both trackers let us in?")
    story.okrsync("check")
    story.chapter("What would change on the tickets, and what would it cost?")
    story.okrsync("plan --tickets 2")
    story.chapter("Do it; GitHub's pace of a write a second passes on a clock of its own")
    story.okrsync("sync")
    story.chapter("What engineers see on their tickets")
    _tickets(story)
    story.chapter("The teams have worked for eight weeks already: what happened in them?")
    story.okrsync("backfill")


def the_weeks(story: Story) -> None:
    story.chapter("Three weeks go by, with a sync and a word of each owner in every one")
    for week in range(BEFORE + 1, BEFORE + 4):
        _quiet_week(story, week)
    story.chapter("The teams work the twelfth week, and say at its end how it goes")
    _told_week(story)
    story.chapter("Called bare, it asks about what is due; here a file answers for emeka")
    Path("emeka.txt").write_text(ANSWERS, "utf-8")
    story.okrsync("checkin --owner emeka --who emeka", answers="emeka.txt")
    story.chapter("What is new, and nothing else, is read and written")
    story.okrsync("sync")
    story.chapter("Where the cycle stands")
    story.okrsync("status")


def the_questions(story: Story) -> None:
    month = f"{story.session.now() - timedelta(weeks=4):%Y-%m-%d}"
    for title, command in (
        ("What moved it this week?", "why checkout-1 --since 7d"),
        ("Which ticket counts for what?", "explain checkout-1"),
        ("And how do key results add up to their objective?", "explain checkout"),
        ("How did it get there?", "history checkout-1 --since 4w"),
        ("Where did all of it stand four weeks ago?", f"status --at {month}"),
        ("Will it be there in time?", "forecast checkout-1"),
        ("Are such forecasts right?", "forecast --backtest"),
    ):
        story.chapter(title)
        story.okrsync(command)


def the_practice(story: Story) -> None:
    for title, command in (
        ("Who owes a word?", "checkin --list"),
        ("What owners hear", "digest --role owner"),
        ("What the coach hears every week", "digest --role coach"),
        ("What the champion hears: who has been silent for three weeks", "digest --role champion"),
        ("What is worth a talk", "coach"),
        ("The same in CI: exit code 3 where there is an error", "coach --check --severity error"),
        ("The four figures, each with what it is made of", "figures"),
    ):
        story.chapter(title)
        story.okrsync(command)
    story.chapter("Once more: nobody changed anything, so nothing is written")
    _quiet_sync(story)


def the_end_of_the_cycle(story: Story) -> None:
    from okrsync.cli.starter import quarter

    with story.session.open() as app:
        ending = app.okrs.placed[0].cycle
    start = ending.end + timedelta(days=1)
    end = start + timedelta(weeks=13, days=-1)
    following, _, _ = quarter(start + timedelta(weeks=6))
    story.chapter("The review, in that copy, while the cycle goes on here: scores as suggested, and the numbers frozen")
    learned = '--moved "checkout-1=Payment by pairs" --change "checkout-1=Smaller pieces" --decide checkout-1=continue'
    story.okrsync(f"cycle close {ending.id} --yes {learned} --who chloe {COPY}")
    story.chapter("What goes on, goes on")
    story.okrsync(f"cycle carry-over {ending.id} --to {following} --start {start} --end {end} {COPY}")
    story.chapter("A page for the review meeting, and the same for a wiki")
    story.okrsync(f"cycle report {ending.id} {COPY}")
    story.okrsync(f"cycle report {ending.id} --format md --output review.md {COPY}")


def the_way_out_and_in(story: Story) -> None:
    story.chapter("Nobody is locked in: everything comes out, and back into an empty folder")
    story.okrsync("export --output everything.json")
    story.typed("mkdir elsewhere && cp okrsync.yaml elsewhere")
    Path("elsewhere").mkdir()
    shutil.copy("okrsync.yaml", "elsewhere")
    story.okrsync(f"import everything.json {COPY}")
    story.okrsync(f"export --output again.json {COPY}")
    _same(story, Path("everything.json"), Path("again.json"))


def the_spreadsheet(story: Story) -> None:
    story.chapter("A spreadsheet becomes an OKR file")
    Path("goals.csv").write_text(GOALS, "utf-8")
    columns = "--map objective=Goal --map title=Result --map start=From --map target=To --map owner=Who"
    story.okrsync(f"import --csv goals.csv {columns} {COPY}")


ACTS: tuple[Callable[[Story], None], ...] = (
    the_first_day,
    the_weeks,
    the_questions,
    the_practice,
    the_way_out_and_in,
    the_end_of_the_cycle,
    the_spreadsheet,
)


def _tickets(story: Story) -> None:
    from okrsync.cli.tickets import github_issue, jira_issue
    from okrsync.sandbox.world import WORLD

    label = f"okr:{WORLD.checkout}"
    signed_in = (SECRETS["JIRA_EMAIL"], SECRETS["JIRA_API_TOKEN"])
    out, sandbox = story.session.out, story.sandbox
    out.print(github_issue(sandbox.github_url, SECRETS["GITHUB_TOKEN"], WORLD.shop, label))
    out.print(jira_issue(sandbox.jira_url, signed_in, label))


def _quiet_week(story: Story, number: int) -> None:
    """A week of work, a word of each owner, and a sync that nobody watches."""
    from okrsync.app import RunRequest
    from okrsync.practice.checkins import Words, check_in
    from okrsync.report.text import line
    from okrsync.sandbox.team import work_a_week
    from okrsync.words import plural

    done = work_a_week(story.sandbox)
    with story.session.open() as app:
        for name, (who, said) in SAID.items():
            one = said[number - BEFORE - 1]
            words = Words(value=_value(name, number), confidence=one.confidence, note=one.note)
            check_in(app.desk(), name, words, who)
        report = app.sync(RunRequest())
    story.expect(report.exit_code)
    moved = f"{plural(len(done), 'thing')} done, {plural(len(report.movements), 'key result')} moved"
    story.session.show(line(("· ", "dim"), f"week {number}: {moved}"))


def _told_week(story: Story) -> None:
    """What the teams do, and what the owners say of it."""
    from okrsync.report.text import line
    from okrsync.sandbox.team import work_a_week
    from okrsync.words import plural

    done = work_a_week(story.sandbox)
    for sentence in (*_worth_telling(done), f"and {plural(max(0, len(done) - TOLD), 'thing')} more"):
        story.session.show(line(("· ", "dim"), sentence))
    story.session.show("")
    for name, (who, said) in SAID.items():
        value = _value(name, BEFORE + 4)
        given = f" --value {value:g}" if value is not None else ""
        note = shlex.quote(said[-1].note)
        story.okrsync(f"checkin {name} --who {who}{given} --confidence {said[-1].confidence} --note {note}")


def _worth_telling(done: Sequence[str]) -> list[str]:
    """Some of what was done, in its order. What came back is among it, since other chapters show it again."""
    back = [place for place, sentence in enumerate(done) if sentence.startswith("reopened") or "up again" in sentence]
    others = [place for place in range(len(done)) if place not in back]
    return [done[place] for place in sorted([*back, *others][:TOLD])]


def _value(key_result: str, week: int) -> float | None:
    """What no ticket knows."""
    from okrsync.sandbox.quarter import CONVERSION

    return CONVERSION[week - 1] if key_result == "checkout-3" else None


def _quiet_sync(story: Story) -> None:
    """The sandbox is the witness: it saw no write."""
    from okrsync.report.text import line
    from okrsync.words import plural

    story.sandbox.log.clear()
    story.okrsync("sync")
    seen, writes = len(story.sandbox.log), len(story.sandbox.log.writes())
    story.session.show(line(f"The trackers saw {plural(seen, 'request')}, and {plural(writes, 'write')} among them."))
    story.expect(writes)


def _same(story: Story, one: Path, other: Path) -> None:
    """Two exports say the same, but for when they were made."""
    first, second = (json.loads(file.read_text("utf-8")) | {"exported_at": ""} for file in (one, other))
    story.expect(int(first != second))
    story.session.show(f"{one} and {other} say the same.")
