"""``okrsync forecast``: how likely key results are reached in time, and whether to believe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from okrsync.cli.session import Session, session_of

if TYPE_CHECKING:
    from okrsync.app import App
    from okrsync.model.okr import Placed

EXAMPLES = """
okrsync forecast              every key result: how likely, when, at which pace
okrsync forecast checkout-1   one, with its rule and a chart
okrsync forecast --backtest   were past forecasts right?
"""


def forecast(
    context: typer.Context,
    key_result: Annotated[str | None, typer.Argument(help="Id of the key result; all of them without.")] = None,
    backtest: Annotated[bool, typer.Option("--backtest", help="Check past forecasts against what came.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The forecast as JSON.")] = False,
) -> int:
    """Show how likely key results are reached in time, from their own history.

    Reads the local store only; run a sync for fresh numbers.
    """
    return run(session_of(context), key_result, backtest=backtest, json=json)


def run(session: Session, key_result: str | None = None, *, backtest: bool = False, json: bool = False) -> int:
    with session.open() as app:
        placed = _find(app, key_result)
        if backtest:
            return _backtest(session, app, placed, json=json)
        return _all(session, app, json=json) if placed is None else _one(session, app, placed, json=json)


def _find(app: App, key_result: str | None) -> Placed | None:
    from okrsync.views import find

    return None if key_result is None else find(app.okrs, key_result)


def _one(session: Session, app: App, placed: Placed, *, json: bool) -> int:
    from okrsync.errors import ConfigError
    from okrsync.practice.outlook import marked, outlook
    from okrsync.practice.standing import as_judged

    desk = app.desk()
    found = outlook(desk, as_judged(desk, placed), charted=True)
    if found is None:
        name = placed.key_result.id
        raise ConfigError(f"{name} is not live, so there is nothing to forecast.", hint="`okrsync status` tells why.")
    found = marked(desk, [found])[0]
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(found.told))
    else:
        from okrsync.report.forecast import forecast_text

        session.show(forecast_text(found))
    return 0


def _all(session: Session, app: App, *, json: bool) -> int:
    from okrsync.practice.outlook import marked, outlooks

    desk = app.desk()
    found = marked(desk, list(outlooks(desk, desk.judged.live()).values()))
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json([one.told for one in found]))
    else:
        from okrsync.report.forecast import forecasts_text

        session.show(forecasts_text(found, width=session.out.width))
    return 0


def _backtest(session: Session, app: App, placed: Placed | None, *, json: bool) -> int:
    from okrsync.practice.outlook import backtest

    found = backtest(app.desk(), None if placed is None else [placed])
    if json:
        from okrsync.report.machine import as_json

        session.emit(as_json(found))
    else:
        from okrsync.report.forecast import backtest_text

        session.show(backtest_text(found))
    return 0
