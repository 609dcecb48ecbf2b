"""``okrsync demo``: the main job on this machine only, told as a story of one week.

It calls the functions behind the commands, on a sandbox that counts every request it gets.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli import check, checkin, explain, plan, status, sync
from okrsync.cli.session import Session, session_of
from okrsync.errors import OkrsyncError

if TYPE_CHECKING:
    from okrsync.sandbox.server import Sandbox

EXAMPLES = """
okrsync demo          a week in under a minute
okrsync demo --keep   then leaves the sandbox running to play with
"""

WEEK = timedelta(days=7)
MARGIN = timedelta(minutes=10)
"""More than the waiting that the story skips."""

SECRETS = {
    "GITHUB_TOKEN": "github-sandbox-token",
    "JIRA_EMAIL": "ana@acme.example",
    "JIRA_API_TOKEN": "jira-sandbox-token",
}
"""What the sandbox accepts; they open nothing else."""


def demo(
    context: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the sandbox running until Ctrl-C.")] = False,
) -> int:
    """See it work, against a sandbox Jira and GitHub on this machine."""
    return run(session_of(context), keep=keep)


def run(session: Session, *, keep: bool = False) -> int:
    """The sandbox's clock starts a week and a little ago, and at the end it shows the time of day."""
    from okrsync.sandbox.server import Sandbox
    from okrsync.sandbox.world import build_world

    with Sandbox(start=session.now() - WEEK - MARGIN, ticking=True) as sandbox:
        build_world(sandbox)
        folder = Path(tempfile.mkdtemp(prefix="okrsync-demo-"))
        write_files(folder, sandbox, session.now().date())
        story = Story(session, sandbox, folder)
        story.tell()
        story.skip(max(0.0, (session.now() - sandbox.clock.now()).total_seconds()))
        story.end(keep=keep)
        if keep:
            _wait(session)
    return 0


def write_files(folder: Path, sandbox: Sandbox, today: date) -> None:
    """The configuration and two teams' OKR files for the quarter around ``today``."""
    from okrsync.cli.starter import quarter
    from okrsync.sandbox.world import WORLD

    cycle, start, end = quarter(today)
    values = {
        "github_url": sandbox.github_url,
        "jira_url": sandbox.jira_url,
        "cycle": cycle,
        "start": start,
        "end": end,
        "epic": WORLD.epic,
        "bugs": WORLD.bugs,
        "tracking": WORLD.tracking,
    }
    (folder / "okrs").mkdir()
    for name in ("okrsync.yaml", "okrs/shop.yaml", "okrs/platform.yaml"):
        source = files("okrsync.sandbox") / "demo" / Path(name).name
        (folder / name).write_text(Template(source.read_text("utf-8")).substitute(values), "utf-8")


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
        from okrsync.app import RunRequest
        from okrsync.sandbox.world import WORLD

        session = self.session
        self.chapter("Are the files right, and do both trackers let us in?", "check")
        self.expect(check.run(session, offline=False, json=False))
        self.chapter("What would change on the tickets, and what would it cost?", "plan --tickets 2")
        self.expect(plan.run(session, RunRequest(), tickets=2))
        self.chapter("Do it; the waiting for GitHub's pace of one write a second is skipped here", "sync")
        self.expect(sync.run(session, RunRequest(), movements=0))
        self.chapter("Where the quarter stands", "status")
        self.expect(status.run(session))
        self.chapter("What engineers see on their tickets")
        self.tickets()
        self.chapter("The teams work a week")
        self.week()
        self.chapter("What is new, and nothing else, is read and written", "sync")
        self.expect(sync.run(session, RunRequest()))
        self.chapter("The status moved", "status")
        self.expect(status.run(session))
        self.chapter("Why does it say so?", f"explain {WORLD.checkout}")
        self.expect(explain.run(session, WORLD.checkout))
        self.chapter("Once more: nothing changed, so nothing is written", "sync")
        self.quiet_sync()

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

    def week(self) -> None:
        from okrsync.report.text import line
        from okrsync.sandbox.team import work_a_week

        for sentence in work_a_week(self.sandbox):
            self.session.show(line(("· ", "dim"), sentence))
        self.session.show(line(("$ ", "dim"), ("okrsync checkin checkout-3 --value 2.4 --note …", "bold")))
        checkin.run(self.session, "checkout-3", value=2.4, note="The new button is live.", who="ana")

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
        show = self.session.show
        from okrsync.report.text import heading, line

        show("")
        show(heading("That was it. The files are here, with everything that was measured:"))
        show(line(f"  {self.folder}"))
        show(heading("Next"))
        if keep:
            exports = " ".join(f"{name}={value}" for name, value in SECRETS.items())
            show(line("  The sandbox goes on. In another terminal:"))
            typer.echo(f"  export {exports}")  # past the session, which masks what it takes for secrets
            if (program := how_to_call()) != "okrsync":
                show(line(f"  export PATH={shlex.quote(str(Path(program).parent.absolute()))}:$PATH"))
            show(line(f"  cd {self.folder}"))
            show(line("  okrsync plan, okrsync explain api-1, okrsync clean; edit okrs/*.yaml and look again"))
            show(line(f"  GitHub {self.sandbox.github_url}", f"   Jira {self.sandbox.jira_url}"))
        else:
            show(line(f"  {how_to_call()} demo --keep", "   the same, and the sandbox stays to play with"))
            show(line(f"  {how_to_call()} init", "          connect your own trackers"))


def how_to_call() -> str:
    """``okrsync`` where the shell finds this very program under that name, else the path that started it."""
    started = Path(sys.argv[0])
    if started.stem != "okrsync":
        return "okrsync"
    found = shutil.which("okrsync")
    return "okrsync" if found and Path(found).samefile(started) else str(started)


def _wait(session: Session) -> None:
    import threading

    session.say("Ctrl-C ends the sandbox.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        session.say("\nThe sandbox is gone; the files stay.")
