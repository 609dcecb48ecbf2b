"""``okrsync token``: a way in to the dashboard for one person."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync token ana --role owner   prints a token for Ana, and what to write into okrsync.yaml
"""


def token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Who gets it; owners are known by this name in the OKR files.")],
    role: Annotated[str, typer.Option(metavar="ROLE", help="viewer, owner or admin.")] = "viewer",
) -> int:
    """Make a token for the dashboard.

    It is shown once. The configuration keeps its hash only.
    """
    return run(session_of(context), name, role=role)


def run(session: Session, name: str, *, role: str) -> int:
    from okrsync.errors import ConfigError
    from okrsync.practice.yamltext import scalar
    from okrsync.web.access import Role, new_token, token_hash

    if not name.strip() or not name.isprintable():
        raise ConfigError(f"{name!r} is no name.", hint="Name somebody as the OKR files do: okrsync token ana.")
    if role not in list(Role):
        raise ConfigError(f"There is no role {role!r}.", hint=f"There are {', '.join(Role)}.")
    made = new_token()
    session.say("The token, for a password manager; it is not shown again:")
    typer.echo(made)
    session.say(f"\nIn {session.config}, below `serve:`\n")
    session.say(f"  users:\n    {scalar(name)}: {{role: {role}, token: {token_hash(made)}}}")
    return 0
