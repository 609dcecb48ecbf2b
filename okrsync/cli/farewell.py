"""How the demo ends: where its files are, and what to type next."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from okrsync.cli.story import Story


def end(story: Story, *, keep: bool) -> None:
    """Where the files are, and what to type next."""
    from okrsync.cli.demo import how_to_call
    from okrsync.report.text import heading, line
    from okrsync.settings.serve import Serve

    show, rules = story.session.show, Serve()
    show("")
    show(heading("That was it. The files are here, with everything that was measured:"))
    show(line(f"  {story.folder}"))
    show(heading("Next"))
    if keep:
        return
    dashboard = f"   the dashboard, at http://{rules.host}:{rules.port}"
    show(line(f"  {how_to_call()} serve -c {story.folder / 'okrsync.yaml'}", dashboard))
    show(line(f"  {how_to_call()} demo --keep", "   the same, and the sandbox stays to play with"))
    show(line(f"  {how_to_call()} init", "          connect your own trackers"))


def invite(story: Story, dashboard: str) -> None:
    """What to do with a sandbox that goes on."""
    from okrsync.cli.demo import SECRETS, how_to_call
    from okrsync.report.text import line

    show = story.session.show
    exports = " ".join(f"{name}={value}" for name, value in SECRETS.items())
    show(line("  The dashboard: ", (dashboard, "bold")))
    show(line("  The sandbox goes on. In another terminal:"))
    typer.echo(f"  export {exports}")  # past the session, which masks what it takes for secrets
    if (program := how_to_call()) != "okrsync":
        show(line(f"  export PATH={shlex.quote(str(Path(program).parent.absolute()))}:$PATH"))
    show(line(f"  cd {story.folder}"))
    show(line("  okrsync status, okrsync explain api-1, okrsync plan --wait; edit okrs/*.yaml and look again"))
    show(line(f"  GitHub {story.sandbox.github_url}", f"   Jira {story.sandbox.jira_url}"))
