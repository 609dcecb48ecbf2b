"""``okrsync init``: a first configuration that is right, and that explains itself."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from okrsync.cli.session import DEFAULT_CONFIG, Session, session_of
from okrsync.errors import ConfigError

if TYPE_CHECKING:
    from okrsync.cli.starter import Answers

Answer = TypeVar("Answer")

EXAMPLES = """
okrsync init                                     asks
okrsync init --github acme/shop --directory okr  does not ask
okrsync init --jira-url https://acme.atlassian.net --jira-project SHOP --email ana@acme.example
"""


def init(
    context: typer.Context,
    github: Annotated[
        list[str] | None, typer.Option(metavar="OWNER/NAME", help="A repository; may be repeated.")
    ] = None,
    jira_url: Annotated[str, typer.Option(metavar="ADDRESS", help="Of Jira, with https://.", show_default=False)] = "",
    jira_project: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="Of a Jira project; may be repeated.")
    ] = None,
    email: Annotated[str, typer.Option(metavar="E-MAIL", help="Of the Jira Cloud account.", show_default=False)] = "",
    directory: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.", file_okay=False)] = Path(),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Never ask; fail when something is missing.")] = False,
) -> int:
    """Write a commented configuration and a first OKR file.

    Asks, unless told by options. Files that exist are never touched.
    """
    from okrsync.cli.starter import Answers

    session = session_of(context)
    if yes or github or jira_url or jira_project or email:
        return run(session, Answers.of(github or (), jira_url, jira_project or (), email), directory)
    _refuse_existing(*_places(session, directory))
    return run(session, _ask(session), directory)


def run(session: Session, answers: Answers, directory: Path) -> int:
    from okrsync.cli.starter import configuration, okrs

    config, first = _places(session, directory)
    _refuse_existing(config, first)
    try:
        _write(first, okrs(answers, session.now().date()))
        _write(config, configuration(answers))
        _write_schemas(config.parent)
    except OSError as error:
        told = f"{error.filename} cannot be written: {error.strerror}."
        raise ConfigError(told, hint="Choose another --directory, or make it writable.") from error
    session.say(f"Wrote {config} and {first}. Both explain themselves.")
    session.say("Next:")
    for step in _next_steps(answers, config, first):
        session.say(f"  {step}")
    return 0


def _places(session: Session, directory: Path) -> tuple[Path, Path]:
    """Where the configuration and the first OKR file go."""
    from okrsync.cli.starter import quarter

    config = directory / session.config
    cycle, _, _ = quarter(session.now().date())
    return config, config.parent / "okrs" / f"{cycle.lower()}.yaml"


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
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def _write_schemas(folder: Path) -> None:
    """What editors complete both files from, with the options of every connector that is installed here."""
    from okrsync.cli.starter import SCHEMAS
    from okrsync.registry import Registry
    from okrsync.schema import schema_texts

    texts = schema_texts(Registry())
    for name in ("okrsync.schema.json", "okrs.schema.json"):
        if not (place := folder / SCHEMAS / name).exists():
            _write(place, texts[name])


def _ask(session: Session) -> Answers:
    """Each question comes again until its answer can be right."""
    from okrsync.cli import starter

    session.say("Which work moves your key results? Ctrl-C leaves without writing anything.")
    while True:
        named = _answer(session, "GitHub repositories, as owner/name, with commas between", _each(starter.repositories))
        url = _answer(session, "Address of Jira", starter.address)
        if named or url:
            break
        session.say("  okrsync needs a tracker: name a GitHub repository, a Jira, or both.")
    if not url:
        return starter.Answers(named)
    projects = _answer(
        session, "Keys of Jira projects, with commas between", _each(starter.projects), needed="a project"
    )
    account = _answer(session, "E-mail of your Jira Cloud account", starter.email, empty=_LATER)
    return starter.Answers(named, url, projects, account)


def _each(read: Callable[[list[str]], tuple[str, ...]]) -> Callable[[str], tuple[str, ...]]:
    """Asked for several, people also type blanks between them."""
    return lambda typed: read(typed.split())


_LATER = "for Data Center, or to give it as JIRA_EMAIL"


def _answer(
    session: Session, question: str, read: Callable[[str], Answer], *, needed: str = "", empty: str = "for none"
) -> Answer:
    """What was typed, read. What cannot be right, or is ``needed`` and empty, is told and asked again."""
    asked = question if needed else f"{question} (empty {empty})"
    while True:
        typed = session.prompt(asked, default="", show_default=False, err=True)
        try:
            answer = read(typed)
        except ConfigError as error:
            session.say(f"  {error.message}")
            continue
        if answer or not needed:
            return answer
        session.say(f"  Name {needed}.")
