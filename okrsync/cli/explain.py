"""``okrsync explain``: why a key result says what it says."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync explain checkout-1   every linked item, what it adds, what was left out and why
"""


def explain(
    context: typer.Context,
    key_result: Annotated[str, typer.Argument(help="Id of the key result, as in the OKR files.")],
    json: Annotated[bool, typer.Option("--json", help="The explanation as JSON.")] = False,
) -> int:
    """Show every item behind the number of a key result."""
    return run(session_of(context), key_result, json=json)


def run(session: Session, key_result: str, *, json: bool = False) -> int:
    with session.open() as app:
        explained = app.explain(key_result)
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(explained))
    else:
        from okrsync.report.explain import explain_text

        session.show(explain_text(explained))
    return 0
