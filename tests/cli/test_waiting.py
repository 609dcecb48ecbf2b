"""`--wait [SECONDS]`: alone it waits for an hour, with a number for so long, and without it not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import Result

from okrsync.errors import Busy

Call = Callable[..., Result]


@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [((), 0), (("--wait",), 3600), (("--wait", "--full"), 3600), (("--wait", "90"), 90), (("--wait", "1.5"), 1.5)],
)
@pytest.mark.parametrize("command", ["sync", "plan"])
def test_a_run_waits_as_long_as_it_was_asked_to(
    okrsync: Call, engine: Any, command: str, arguments: tuple[str, ...], seconds: float
) -> None:
    assert okrsync(command, *arguments).exit_code == 0
    ((_, request),) = [asked for asked in engine.asked if asked[0] == command]
    assert request.wait == seconds


def test_clean_waits_too(okrsync: Call, engine: Any) -> None:
    okrsync("clean", "--yes", "--wait", "30")
    assert next(request.wait for name, request in engine.asked if name.endswith("clean")) == 30


def test_a_negative_wait_is_refused(okrsync: Call) -> None:
    assert okrsync("sync", "--wait=-1").exit_code == 2


def test_a_busy_store_exits_4_with_the_holder_and_the_hint(okrsync: Call, engine: Any) -> None:
    engine.answers["sync"] = Busy("The store is in use by `daemon`.", hint="Wait, as --wait does.")
    result = okrsync("sync")
    assert result.exit_code == 4
    assert "`daemon`" in result.stderr
    assert "--wait" in result.stderr
