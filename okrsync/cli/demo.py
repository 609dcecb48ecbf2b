"""``okrsync demo``: the main job on this machine only, told as a story of twelve weeks.

The teams worked for eight of them before okrsync came. What is told is in ``story``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, session_of
from okrsync.interrupt import code_of

if TYPE_CHECKING:
    from okrsync.cli.story import Story
    from okrsync.sandbox.server import Sandbox

EXAMPLES = """
okrsync demo          twelve weeks in under a minute
okrsync demo --keep   then the team works on, and the dashboard follows
"""

MARGIN = timedelta(minutes=30)
"""More than the waiting that the story skips."""

SECRETS = {
    "GITHUB_TOKEN": "github-sandbox-token",
    "JIRA_EMAIL": "ana@acme.example",
    "JIRA_API_TOKEN": "jira-sandbox-token",
}
"""What the sandbox accepts; they open nothing else."""


def demo(
    context: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Go on until Ctrl-C: team, daemon, dashboard.")] = False,
) -> int:
    """See it work, against a sandbox Jira and GitHub on this machine."""
    return run(session_of(context), keep=keep)


def run(session: Session, *, keep: bool = False) -> int:
    """The sandbox's clock starts twelve weeks and a little ago, and at the end it shows the time of day."""
    from okrsync.cli.farewell import end
    from okrsync.cli.story import BEFORE, WEEKS, Story
    from okrsync.sandbox.server import Sandbox
    from okrsync.sandbox.world import build_world

    folder = Path(tempfile.mkdtemp(prefix="okrsync-demo-"))
    try:
        with Sandbox(start=session.now() - WEEKS - MARGIN, ticking=True) as sandbox:
            began = sandbox.clock.now().date()
            build_world(sandbox, weeks=BEFORE)
            write_files(folder, sandbox, began)
            story = Story(session, sandbox, folder)
            story.tell()
            story.skip(max(0.0, (session.now() - sandbox.clock.now()).total_seconds()))
            end(story, keep=keep)
            if keep:
                _stay(story)
    except KeyboardInterrupt as interruption:
        shutil.rmtree(folder, ignore_errors=True)
        session.say("\nThe demo is stopped, and nothing of it is left on this machine.")
        return code_of(interruption)
    return 0


def write_files(folder: Path, sandbox: Sandbox, began: date) -> None:
    """The configuration and two teams' OKR files for the thirteen weeks from ``began``, a quarter of their own."""
    from okrsync.cli.starter import quarter
    from okrsync.sandbox.world import WORLD

    start, end = began, began + timedelta(weeks=13, days=-1)
    cycle, _, _ = quarter(began + timedelta(weeks=6))
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


def how_to_call() -> str:
    """``okrsync`` where the shell finds this very program under that name, else the path that started it."""
    started = Path(sys.argv[0])
    if started.stem != "okrsync":
        return "okrsync"
    found = shutil.which("okrsync")
    return "okrsync" if found and Path(found).samefile(started) else str(started)


def _stay(story: Story) -> None:
    """The sandbox, the team, the daemon and its dashboard go on until Ctrl-C."""
    from okrsync.cli.farewell import invite
    from okrsync.cli.live import living

    session = story.session
    with living(story) as dashboard:
        invite(story, dashboard)
        session.say("The team works on, and a daemon follows by webhooks. Ctrl-C ends all of it.")
        try:
            story.wait()
        except KeyboardInterrupt:
            session.say("\nThe sandbox and the dashboard are gone; the files stay.")
