"""Log lines: one name for each thing that happens, harmless whatever a tracker says, and silent unless asked."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from report_values import HOSTILE, NOW, SHOP_12, plan, report, sample

from okrsync import events
from okrsync.events import Event, Log, Silence, logger
from okrsync.model.change import AddLabel, Done, Receipt
from okrsync.model.run import Movement, ScopePull, Write
from okrsync.model.work import Quarantined

OKRSYNC = Path(events.__file__).parent


def told(*, level: events.Level = "debug") -> list[dict[str, object]]:
    """What a whole run tells as JSON, with hostile text wherever a tracker can put some."""
    change = AddLabel(SHOP_12, "okr:checkout-1")
    writes = (
        Write(change, Receipt(Done.APPLIED)),
        Write(change, Receipt(Done.SKIPPED, reason=HOSTILE)),
        Write(change, error=HOSTILE),
        Write(change),
    )
    with redirect_stderr(io.StringIO()) as err:
        log = logger(log_json=True, level=level).bind(run=7)
        pulled = ScopePull("github", "acme/shop", full=True, seen=3, quarantined=(Quarantined("5", HOSTILE, HOSTILE),))
        events.scope_read(log, pulled, 0.25)
        events.measured(log, [Movement("checkout-1", HOSTILE, None, sample(0.4))], ["checkout-2"])
        events.planned(log, plan())
        for write in writes[:3]:
            events.written(log, write, 0.1)
        events.deferred(log, writes)
        events.finished(log, report(writes=writes, exit_code=4))
    assert "\x1b" not in err.getvalue()
    assert "\u202e" not in err.getvalue()
    return [json.loads(line) for line in err.getvalue().splitlines()]


def test_every_line_has_a_known_name_the_run_a_time_and_a_level() -> None:
    lines = told()
    assert {line["event"] for line in lines} <= set(Event)
    assert all(line["run"] == 7 and str(line["timestamp"]).endswith("Z") and line["level"] for line in lines)
    by_name = {line["event"]: line for line in lines}
    assert by_name["scope read"] | {"seconds": 0.25, "seen": 3, "quarantined": 1} == by_name["scope read"]
    assert by_name["change made"]["ticket"] == "acme/shop#12"
    assert by_name["changes deferred"]["count"] == 1
    assert {"change skipped", "change failed", "item quarantined", "key result stale"} <= by_name.keys()


def test_at_info_a_run_is_one_line_and_a_partial_one_is_a_warning() -> None:
    (line,) = told(level="info")
    assert line["event"] == "run finished"
    assert line["level"] == "warning"
    assert line["requests"] == 13
    assert line["failed"] == {"jira": "The tracker did not answer. Try again later."}


def test_text_lines_cannot_be_forged() -> None:
    with redirect_stderr(io.StringIO()) as err:
        logger().info(Event.RUN_FAILED, error=HOSTILE)
    assert len(err.getvalue().splitlines()) == 1
    assert "\x1b[31m" not in err.getvalue()
    assert "\u202e" not in err.getvalue()


def test_silence_takes_everything_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    log = Silence().bind(run=1)
    for tell in (log.debug, log.info, log.warning, log.error):
        tell(Event.RUN_STARTED, at=NOW)
    assert capsys.readouterr() == ("", "")


def test_no_name_is_written_by_hand_and_none_is_unused() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in OKRSYNC.rglob("*.py") if "sandbox" not in path.parts)
    used = set(re.findall(r"\bEvent\.([A-Z_]+)\b", sources))
    assert used == {one.name for one in Event}


def test_silence_takes_whatever_a_log_takes() -> None:
    methods = {name for name in vars(Log) if not name.startswith("_")}
    assert {"bind", "info", "exception"} <= methods
    for name in methods - {"bind"}:
        getattr(Silence().bind(connection="jira"), name)("run crashed", run=1)
