"""The story that ``okrsync demo`` tells: it calls the functions behind the commands, chapter by chapter.

The sandbox counts every request it gets, and a step that does not end well ends the demo with an error.
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from okrsync.cli import (
    backfill,
    check,
    checkin,
    coach,
    cycle,
    digest,
    explain,
    export,
    figures,
    forecast,
    history,
    plan,
    status,
    sync,
    why,
)
from okrsync.cli.session import Session
from okrsync.errors import OkrsyncError

if TYPE_CHECKING:
    from okrsync.sandbox.server import Sandbox

BEFORE = 8
"""Weeks that the teams worked before okrsync came."""

WEEKS = timedelta(weeks=12)
TOLD = 8
"""So many things that the teams did are told."""

SECRETS = {
    "GITHUB_TOKEN": "github-sandbox-token",
    "JIRA_EMAIL": "ana@acme.example",
    "JIRA_API_TOKEN": "jira-sandbox-token",
}
"""What the sandbox accepts; they open nothing else."""

SAID = {
    "checkout-1": ("ana", (7, 6, 5, 4)),
    "checkout-3": ("ben", (6, 6, 7, 7)),
    "api-1": ("emeka", (8, 8, 8, 9)),
}
"""How sure their owners are at the end of each of the last four weeks."""


@dataclass
class Story:
    """``speaker`` is the session of whoever started the demo; the story's own runs on the sandbox's clock."""

    speaker: Session
    sandbox: Sandbox
    folder: Path

    def __post_init__(self) -> None:
        self.session = Session(
            config=self.folder / "okrsync.yaml",
            verbose=self.speaker.verbose,
            environ=SECRETS | {name: value for name, value in self.speaker.environ.items() if name == "COLUMNS"},
            now=self.sandbox.clock.now,
            sleep=self.skip,
            open_app=self.speaker.open_app,
        )
        self._chapters = 0

    def skip(self, seconds: float) -> None:
        """Waiting, as for the pace that GitHub asks of writers, passes on the sandbox's clock alone."""
        self.sandbox.clock.advance(timedelta(seconds=seconds))

    def tell(self) -> None:
        self.the_first_day()
        self.the_weeks()
        self.the_questions()
        self.the_practice()
        self.the_end_of_the_cycle()

    def the_first_day(self) -> None:
        from okrsync.app import RunRequest

        session = self.session
        self.chapter("Are the files right, and do both trackers let us in?", "check")
        self.expect(check.run(session, offline=False, json=False))
        self.chapter("What would change on the tickets, and what would it cost?", "plan --tickets 2")
        self.expect(plan.run(session, RunRequest(), tickets=2))
        self.chapter("Do it; the waiting for GitHub's pace of one write a second is skipped here", "sync")
        self.expect(sync.run(session, RunRequest(), movements=0))
        self.chapter("What engineers see on their tickets")
        self.tickets()
        self.chapter("The teams have worked for eight weeks already: what happened in them?", "backfill")
        self.expect(backfill.run(session))

    def the_weeks(self) -> None:
        from okrsync.app import RunRequest

        session = self.session
        self.chapter("Three weeks go by, with a sync and a word of each owner in every one")
        for week in range(BEFORE + 1, BEFORE + 4):
            self.week(week)
        self.chapter("The teams work the twelfth week")
        self.week(BEFORE + 4, told=True)
        self.chapter("What is new, and nothing else, is read and written", "sync")
        self.expect(sync.run(session, RunRequest()))
        self.chapter("Where the cycle stands", "status")
        self.expect(status.run(session))

    def the_questions(self) -> None:
        from okrsync.sandbox.world import WORLD

        session, checkout = self.session, WORLD.checkout
        month = f"{session.now() - timedelta(weeks=4):%Y-%m-%d}"
        questions: tuple[tuple[str, str, Callable[[], int]], ...] = (
            ("What moved it this week?", f"why {checkout} --since 7d", lambda: why.run(session, checkout, "7d")),
            ("Which ticket counts for what?", f"explain {checkout}", lambda: explain.run(session, checkout)),
            ("How did it get there?", f"history {checkout} --since 4w", lambda: history.run(session, checkout, "4w")),
            (
                "Where did all of it stand four weeks ago?",
                f"status --at {month}",
                lambda: status.run(session, at=month),
            ),
            ("Will it be there in time?", f"forecast {checkout}", lambda: forecast.run(session, checkout)),
            ("Are such forecasts right?", "forecast --backtest", lambda: forecast.run(session, backtest=True)),
        )
        for title, command, ask in questions:
            self.chapter(title, command)
            self.expect(ask())

    def the_practice(self) -> None:
        from okrsync.model.roles import PracticeRole

        session = self.session
        self.chapter("Who owes a word?", "checkin --list")
        self.expect(checkin.show(session))
        self.chapter("What the coach hears every week", "digest --role coach")
        self.expect(digest.run(session, [PracticeRole.COACH]))
        self.chapter("What the champion hears: who has been silent for three weeks", "digest --role champion")
        self.expect(digest.run(session, [PracticeRole.CHAMPION]))
        self.chapter("What is worth a talk", "coach")
        self.expect(coach.run(session))
        self.chapter("The four figures, each with what it is made of", "figures")
        self.expect(figures.run(session))
        self.chapter("Once more: nothing changed, so nothing is written", "sync")
        self.quiet_sync()

    def the_end_of_the_cycle(self) -> None:
        from okrsync.model.closing import Decision
        from okrsync.practice.closing import Word
        from okrsync.sandbox.world import WORLD

        session = self.session
        with session.open() as app:
            ending = app.okrs.placed[0].cycle
        start = ending.end + timedelta(days=1)
        following = f"{start:%Y-%m}"
        report, everything = self.folder / f"okrs-{ending.id}.html", self.folder / "everything.json"
        self.chapter(
            "The review: scores as suggested, and the numbers frozen",
            f"cycle close {ending.id} --yes --decide {WORLD.checkout}=continue",
        )
        words = {WORLD.checkout: Word(decision=Decision.CONTINUE, moved="Payment", change="Smaller pieces")}
        self.expect(cycle.run_close(session, ending.id, words, who="ana", yes=True))
        self.chapter("What goes on, goes on", f"cycle carry-over {ending.id} --to {following} --start {start} --end …")
        self.expect(
            cycle.run_carry_over(session, ending.id, (following, _at(start), _at(start + timedelta(weeks=13, days=-1))))
        )
        self.chapter("A page for the review meeting", f"cycle report {ending.id}")
        self.expect(cycle.run_report(session, ending.id, report))
        self.chapter("Nobody is locked in", "export --output everything.json")
        self.expect(export.run(session, export.Form.JSON, everything))

    def chapter(self, title: str, command: str = "") -> None:
        """A heading, and the command as a user would type it."""
        from rich.rule import Rule
        from rich.text import Text

        self._chapters += 1
        self.session.out.print()
        self.session.out.print(Rule(Text(f"{self._chapters}  {title}", "bold cyan"), align="left", style="cyan"))
        if command:
            self.session.out.print(Text.assemble(("$ ", "dim"), (f"okrsync {command}", "bold")))
        self.session.out.print()

    def expect(self, code: int) -> None:
        """A demo that does not work says so with its exit code."""
        if code:
            raise OkrsyncError(
                f"This step ended with exit code {code}, and 0 was expected.", hint=f"The files are in {self.folder}."
            )

    def tickets(self) -> None:
        from okrsync.cli.tickets import github_issue, jira_issue
        from okrsync.sandbox.world import WORLD

        label = f"okr:{WORLD.checkout}"
        signed_in = (SECRETS["JIRA_EMAIL"], SECRETS["JIRA_API_TOKEN"])
        self.session.out.print(github_issue(self.sandbox.github_url, SECRETS["GITHUB_TOKEN"], WORLD.shop, label))
        self.session.out.print(jira_issue(self.sandbox.jira_url, signed_in, label))

    def week(self, number: int, *, told: bool = False) -> None:
        """A week of work, a word of each owner, and, where it is not told, a sync that nobody watches."""
        from okrsync.app import RunRequest
        from okrsync.report.figures import plural
        from okrsync.report.text import line
        from okrsync.sandbox.team import work_a_week

        show = self.session.show
        done = work_a_week(self.sandbox)
        if told:
            for sentence in done[:TOLD]:
                show(line(("· ", "dim"), sentence))
            show(line(("· ", "dim"), f"and {plural(max(0, len(done) - TOLD), 'thing')} more"))
        self.words(number, told=told)
        if told:
            return
        with self.session.open() as app:
            report = app.sync(RunRequest())
        self.expect(report.exit_code)
        show(line(("· ", "dim"), f"week {number}: {plural(len(done), 'thing')} done, "
                  f"{plural(len(report.movements), 'key result')} moved"))  # fmt: skip

    def words(self, week: int, *, told: bool) -> None:
        """What the owners say at the end of a week."""
        from okrsync.practice.checkins import Words, check_in
        from okrsync.report.text import line
        from okrsync.sandbox.quarter import CONVERSION

        for name, (who, sure) in SAID.items():
            confidence = sure[week - BEFORE - 1]
            value = CONVERSION[week - 1] if name == "checkout-3" else None
            if told:
                given = f" --value {value:g}" if value is not None else ""
                command = f"okrsync checkin {name}{given} --confidence {confidence} --note …"
                self.session.show(line(("$ ", "dim"), (command, "bold")))
            with self.session.open() as app:
                check_in(app.desk(), name, Words(value=value, confidence=confidence, note=f"Week {week}."), who)

    def quiet_sync(self) -> None:
        """The sandbox is the witness: it saw no write."""
        from okrsync.app import RunRequest
        from okrsync.report.figures import plural
        from okrsync.report.text import line

        self.sandbox.log.clear()
        self.expect(sync.run(self.session, RunRequest()))
        seen, writes = len(self.sandbox.log), len(self.sandbox.log.writes())
        self.session.show(
            line(f"The trackers saw {plural(seen, 'request')}, and {plural(writes, 'write')} among them.")
        )
        self.expect(writes)

    def end(self, *, keep: bool) -> None:
        """Where the files are, and what to type next."""
        from okrsync.cli.demo import how_to_call
        from okrsync.report.text import heading, line

        show = self.session.show
        show("")
        show(heading("That was it. The files are here, with everything that was measured:"))
        show(line(f"  {self.folder}"))
        show(heading("Next"))
        if keep:
            return
        show(line(f"  {how_to_call()} serve -c {self.folder / 'okrsync.yaml'}", "   the dashboard, in a browser"))
        show(line(f"  {how_to_call()} demo --keep", "   the same, and the sandbox stays to play with"))
        show(line(f"  {how_to_call()} init", "          connect your own trackers"))

    def wait(self) -> None:
        """Until Ctrl-C."""
        threading.Event().wait()

    def invite(self, dashboard: str) -> None:
        """What to do with a sandbox that goes on."""
        from okrsync.cli.demo import how_to_call
        from okrsync.report.text import line

        show = self.session.show
        exports = " ".join(f"{name}={value}" for name, value in SECRETS.items())
        show(line("  The dashboard: ", (dashboard, "bold")))
        show(line("  The sandbox goes on. In another terminal:"))
        typer.echo(f"  export {exports}")  # past the session, which masks what it takes for secrets
        if (program := how_to_call()) != "okrsync":
            show(line(f"  export PATH={shlex.quote(str(Path(program).parent.absolute()))}:$PATH"))
        show(line(f"  cd {self.folder}"))
        show(line("  okrsync plan, okrsync explain api-1, okrsync clean; edit okrs/*.yaml and look again"))
        show(line(f"  GitHub {self.sandbox.github_url}", f"   Jira {self.sandbox.jira_url}"))


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
