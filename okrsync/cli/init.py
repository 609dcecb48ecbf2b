"""``okrsync init``: a first configuration that is right, and that explains itself."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import DEFAULT_CONFIG, Session, session_of
from okrsync.errors import ConfigError

if TYPE_CHECKING:
    from okrsync.cli.starter import Answers

EXAMPLES = """
okrsync init                                     asks
okrsync init --github acme/shop --directory okr  does not ask
okrsync init --jira-url https://acme.atlassian.net --jira-project SHOP --email ana@acme.example
"""


def init(
    context: typer.Context,
    github: Annotated[list[str] | None, typer.Option(help="A repository, owner/name; may be repeated.")] = None,
    jira_url: Annotated[str, typer.Option(help="Address of Jira.", show_default=False)] = "",
    jira_project: Annotated[list[str] | None, typer.Option(help="Key of a Jira project; may be repeated.")] = None,
    email: Annotated[str, typer.Option(help="E-mail of the Jira Cloud account.", show_default=False)] = "",
    directory: Annotated[Path, typer.Option(help="Where to write.", file_okay=False)] = Path(),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Never ask; fail when something is missing.")] = False,
) -> int:
    """Write a commented configuration and a first OKR file.

    Asks, unless told by options. Files that exist are never touched.
    """
    from okrsync.cli.starter import Answers

    told = bool(github or jira_url or jira_project)
    answers = Answers.of(github or (), jira_url, jira_project or (), email) if told or yes else _ask()
    return run(session_of(context), answers, directory)


def run(session: Session, answers: Answers, directory: Path) -> int:
    from okrsync.cli.starter import configuration, okrs, quarter

    today = session.now().date()
    cycle, _, _ = quarter(today)
    config = directory / session.config
    first = config.parent / "okrs" / f"{cycle.lower()}.yaml"
    _refuse_existing(config, first)
    try:
        first.parent.mkdir(parents=True, exist_ok=True)
        _write(first, okrs(answers, today))
        _write(config, configuration(answers))
    except OSError as error:
        told = f"{error.filename} cannot be written: {error.strerror}."
        raise ConfigError(told, hint="Choose another --directory, or make it writable.") from error
    session.say(f"Wrote {config} and {first}. Both explain themselves.")
    session.say("Next:")
    for step in _next_steps(answers, config, first):
        session.say(f"  {step}")
    return 0


def _next_steps(answers: Answers, config: Path, first: Path) -> list[str]:
    flag = "" if config == DEFAULT_CONFIG else f" --config {shlex.quote(str(config))}"
    secrets = ["export GITHUB_TOKEN=…"] if answers.repositories else []
    if answers.jira_url:
        secrets += ["export JIRA_EMAIL=…"] if answers.cloud and not answers.email else []
        secrets.append("export JIRA_API_TOKEN=…")
    commands = [f"okrsync{flag} {command}" for command in ("check", "plan", "sync")]
    return [f"put your own key results into {first}", *secrets, *commands]


def _refuse_existing(*paths: Path) -> None:
    if existing := [str(path) for path in paths if path.exists()]:
        raise ConfigError(
            f"{' and '.join(existing)} exist{'s' if len(existing) == 1 else ''} already; init overwrites nothing.",
            hint="Edit it, move it away, or choose another --directory.",
        )


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def _ask() -> Answers:
    from okrsync.cli.starter import Answers

    repositories = _several("GitHub repositories, as owner/name, with commas between (empty for none)")
    jira_url = _one("Address of Jira (empty for none)")
    projects = _several("Keys of Jira projects, with commas between") if jira_url else ()
    email = _one("E-mail of your Jira Cloud account (empty for Data Center)") if jira_url else ""
    return Answers.of(repositories, jira_url, projects, email)


def _one(question: str) -> str:
    answer: str = typer.prompt(question, default="", show_default=False, err=True)
    return answer.strip()


def _several(question: str) -> tuple[str, ...]:
    return tuple(part for part in _one(question).replace(",", " ").split() if part)
