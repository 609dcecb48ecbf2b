"""Plays one cell of the matrix, holds okrsync to its promises, and puts the outcome in words."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from acts import act_of
from matrix import EVENTS, Cell
from stage import ENVIRON, SECRETS, Remains, Stage

from okrsync.model.change import Done
from okrsync.model.run import RunReport
from okrsync.report.machine import as_json

_MARK = re.compile(r"okrsync keeps this")
_NEVER = (None, None, None)
_TWO_SENTENCES = re.compile(r"[.)!?…] \S|: \S.*\. \S")


@dataclass
class Course:
    """How a cell went: the troubled run's report, whether it read and did all there was, and what completed it."""

    report: RunReport
    read: bool = False
    complete: bool = False
    healed_by: str = ""


def play(stage: Stage, cell: Cell) -> str:
    """The outcome of a cell in words. Fails with AssertionError where a promise is broken."""
    scene = stage.enter(cell.request.scene)
    trouble = stage.sandbox.trouble
    trouble.arm(cell, act_of(stage, cell))
    if cell.fault.does == "skew":
        stage.skew = timedelta(minutes=int(str(cell.fault.details["minutes"])))
    try:
        if scene.kind == "check":
            return _checked(stage, cell)
        if scene.kind == "backfill":
            return _backfilled(stage, cell)
        return _run(stage, cell, scene.undisturbed)
    finally:
        trouble.calm()


def _checked(stage: Stage, cell: Cell) -> str:
    findings = stage.check()
    assert cell.fault.does == "skew" or stage.sandbox.trouble.struck, "the fault met no request"
    assert not stage.sandbox.log.writes()
    assert stage.scene is not None
    bad = [one for one in findings if one.level != "ok" and one not in stage.scene.usual]
    for one in bad:
        assert one.hint, one
        _keeps_secrets(f"{one.message} {one.hint}")
    waits = _waits(stage)
    if not bad:
        return f"{waits}done" if waits else "done"
    level = "error" if any(one.level == "error" for one in bad) else "warning"
    code = ", exit 4" if level == "error" else ""
    return f"{waits}reported as {'an' if level == 'error' else 'a'} {level} that says what to do{code}"


def _backfilled(stage: Stage, cell: Cell) -> str:
    """No reading that was taken changes, and once the trouble is over the next backfill completes the past."""
    scene, taken = stage.scene, stage.ledger.taken()
    assert scene is not None
    report = stage.backfill()
    assert stage.sandbox.trouble.struck, "the fault met no request"
    assert not stage.sandbox.log.writes()
    (read,) = report.connections
    assert report.exit_code == (4 if read.error else 0)
    assert not read.error or (read.hint and _TWO_SENTENCES.search(f"{read.error} {read.hint}")), read
    assert not [one for one in report.key_results if one.days and one.reason]
    _keeps_secrets(as_json(report))
    waits = _waits(stage)
    stage.sandbox.trouble.calm()
    again = stage.backfill()
    assert (again.exit_code, again.connections[0].silent) == (0, 0)
    assert cell.fault.does in EVENTS or stage.ledger.past() == scene.kept
    assert not [one for one in stage.backfill().connections if one.items], "a second backfill finds something to read"
    assert not list(stage.sandbox.log)
    assert stage.ledger.taken() == taken
    if read.error:
        return f"{waits}what was told is kept, the rest is read next time, exit 4"
    return f"{waits}left out with a remark, the others go on" if read.silent else f"{waits}done"


def _run(stage: Stage, cell: Cell, undisturbed: Remains | None) -> str:
    assert undisturbed is not None
    cursors, samples = stage.ledger.cursors(), stage.ledger.readings()
    course = Course(stage.run())
    trouble = stage.sandbox.trouble
    assert cell.fault.does == "skew" or trouble.struck, "the fault met no request"
    struck_by_people = cell.fault.does in EVENTS
    course.read = stage.ledger.read_completely()
    course.complete = not struck_by_people and stage.remains() == undisturbed
    _promises(stage, course.report, cursors, samples)
    code = course.report.exit_code
    waits = _waits(stage)
    if code == 0 and not course.complete and not struck_by_people:
        _said_so(stage, course.report)
    trouble.calm()
    stage.skew = timedelta(0)
    stage.slept.clear()
    _heal(stage, cell, course, undisturbed)
    return waits + _words(cell, course, code)


def _promises(stage: Stage, report: RunReport, cursors: Any, samples: Any) -> None:
    """What holds after any run, however it went."""
    (connection,) = report.connections
    _nothing_twice(stage)
    failed_reading = not stage.ledger.read_completely()
    read = {scope.id for scope in connection.scopes}
    now = stage.ledger.cursors()
    for scope, cursor in now.items():
        if scope not in read:
            assert cursor == cursors.get(scope, _NEVER), "the cursor moved"
    if failed_reading:
        writes = [entry.target for entry in stage.sandbox.log.writes()]
        assert not [one for one in writes if "access_tokens" not in one], "tickets were written after a failed read"
        assert stage.ledger.readings() == samples, "something was concluded from a partial read"
    for text in _errors(report):
        assert _TWO_SENTENCES.search(text), f"says what happened and not what to do: {text}"
    if connection.error:
        assert connection.hint, connection.error
    missing = [write for write in report.writes if write.error or write.receipt is None]
    wrong = bool(connection.error or missing or _refused_queries(report))
    assert report.exit_code == (4 if wrong else 0), report.exit_code
    _keeps_secrets(as_json(report))


def _said_so(stage: Stage, report: RunReport) -> None:
    """A run that calls itself complete has left out nothing that it does not name."""
    skipped = [write for write in report.writes if write.receipt and write.receipt.done is Done.SKIPPED]
    assert report.plan.left_alone or skipped, _difference(stage.remains(), stage.scene.undisturbed)  # type: ignore[union-attr, arg-type]


def _refused_queries(report: RunReport) -> list[str]:
    return [f"{one.message} {one.hint}" for one in report.warnings if "was refused" in one.message]


def _errors(report: RunReport) -> Iterator[str]:
    yield from _refused_queries(report)
    for one in report.connections:
        if one.error:
            yield f"{one.error} {one.hint}"
    yield from (write.error for write in report.writes if write.error)


def _keeps_secrets(text: str) -> None:
    login = f"{ENVIRON['jira']['JIRA_EMAIL']}:{ENVIRON['jira']['JIRA_API_TOKEN']}"
    for secret in (*SECRETS, base64.b64encode(login.encode()).decode()):
        assert secret not in text, "a secret is in the report"


def _nothing_twice(stage: Stage) -> None:
    """One note a ticket at most, no link twice, and every label that people gave is where it was."""
    for key, ticket in stage.tickets().items():
        notes = sum(bool(_MARK.search(one["body"])) for one in ticket["comments"])
        assert notes <= 1, f"{key} has {notes} notes"
        assert not [name for name, times in Counter(ticket.get("links", ())).items() if times > 1], key
        labels = set(ticket["labels"])
        assert stage.given.get(key, set()) <= labels, f"{key} lost a label of a person: {labels}"


def _heal(stage: Stage, cell: Cell, course: Course, undisturbed: Remains) -> None:
    """After the trouble the next run ends in the undisturbed state, and the one after it has nothing to do."""
    stage.sandbox.clock.advance(timedelta(minutes=5))
    event = cell.fault.does in EVENTS
    scene = stage.scene
    assert scene is not None
    kind = scene.kind
    if event:
        report = stage.run(kind, census=True)
        wanted = None
    elif course.complete and course.report.exit_code == 0:
        if stage.ledger.kept() == scene.kept:
            return  # the trackers and the store are those of the undisturbed scene, and so is all that follows
        report = stage.run()
        assert report.plan.changes == (), "a second run finds something to change"
        assert stage.remains() == undisturbed, "a second run changed something"
        assert report.exit_code == 0
        return
    else:
        report = stage.run()
        wanted = undisturbed
    course.healed_by = "next"
    _nothing_twice(stage)
    if wanted is not None and stage.remains() != wanted:
        stage.sandbox.clock.advance(timedelta(minutes=5))
        report = stage.run(kind, full=True)
        course.healed_by = "full"
        _nothing_twice(stage)
        assert not _difference(stage.remains(), wanted), _difference(stage.remains(), wanted)
    assert report.exit_code == 0, (report.connections, [one for one in report.writes if one.error])
    last = stage.run("plan" if kind == "sync" else "plan_clean")
    assert last.plan.changes == (), f"something is left to do: {last.plan.changes}"
    if event and not (cell.fault.does == "archived" and stage.tracker != "github"):
        _equals_a_fresh_start(stage)


def _equals_a_fresh_start(stage: Stage) -> None:
    """The store says what one that never saw the trouble says."""
    before = stage.ledger.readings()
    stage.forget()
    report = stage.run("sync", write_back=False)
    assert report.exit_code == 0, report.connections
    assert stage.ledger.readings() == before, (stage.ledger.readings(), before)


def _difference(found: Remains, wanted: Remains) -> dict[str, object]:
    return {
        f"{part} {name}": (have.get(name), want.get(name))
        for part, have, want in (
            ("ticket", found.tickets, wanted.tickets),
            ("label", found.labels, wanted.labels),
            ("reading", found.readings, wanted.readings),
        )
        for name in {*have, *want}
        if have.get(name) != want.get(name)
    }


def _waits(stage: Stage) -> str:
    """Exact waits are those that a tracker asked for; everything else is the backoff of a second try."""
    asked = [seconds for seconds in stage.slept if seconds >= 2 and seconds == int(seconds)]
    if asked:
        return f"waits {max(asked):g} s, then "
    if not stage.slept:
        return ""
    return "tries again, then " if len(stage.slept) < 4 else "tries five times, then "


def _words(cell: Cell, course: Course, code: int) -> str:
    report = course.report
    (connection,) = report.connections
    skipped = [write for write in report.writes if write.receipt and write.receipt.done is Done.SKIPPED]
    refused = [write for write in report.writes if write.error]
    end = f", exit {code}" if code else ""
    later = "; a full sync completes it" if course.healed_by == "full" else ""
    if connection.error and not report.writes:
        return f"{'measured' if course.read else 'nothing concluded'}, nothing written{end}{later}"
    if connection.error:
        return f"the rest is deferred{end}{later}"
    if refused:
        return f"refused with a reason, the others go on{end}{later}"
    if skipped:
        return f"skipped with a reason, the others go on{end}{later}"
    if _refused_queries(report):
        return f"that query keeps its last value, all else goes on{end}{later}"
    if cell.fault.does in EVENTS:
        return f"done{end}{later}"
    if course.complete:
        return f"done{end}"
    return f"passed over, the others go on{end}{later}"
