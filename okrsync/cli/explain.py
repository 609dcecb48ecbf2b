"""``okrsync explain``: why a key result says what it says."""

from __future__ import annotations

from typing import Annotated

import typer

from okrsync.cli.session import Session, session_of

EXAMPLES = """
okrsync explain checkout-1                   every linked item, what it adds, what was left out and why
okrsync explain checkout-1 --at 2026-10-31   the same for the end of a past day, as with status --at
okrsync explain checkout                     an objective: its parts, their weights, and how they add up
"""


def explain(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="KEY_RESULT", help="Id of the key result, or of an objective, as in the OKR files.")
    ],
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="As it was at the end of a past day, such as 2026-10-31.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The explanation as JSON.")] = False,
) -> int:
    """Show every item behind the number of a key result.

    Of an objective, its key results and the objectives below it, with their weights. What is closed is explained by
    its items as they were when its numbers were frozen.
    """
    return run(session_of(context), name, at, json=json)


def run(session: Session, name: str, at: str | None = None, *, json: bool = False) -> int:
    from okrsync.practice.past import end_of_day

    with session.open() as app:
        then = end_of_day(app.desk(), at) if at else None
        explained = app.explain(name, then)
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(explained))
        return 0
    from okrsync.model.status import Explanation
    from okrsync.report.explain import explain_text, objective_text

    if isinstance(explained, Explanation):
        session.show(explain_text(explained, fold=session.out.is_terminal))
    else:
        session.show(objective_text(explained))
    return 0
