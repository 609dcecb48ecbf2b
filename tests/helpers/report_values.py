"""Runs, plans and statuses for the tests of reports and commands."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console, RenderableType

from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteNote,
    Done,
    Note,
    NoteLine,
    PutNote,
    Receipt,
    RemoveLabel,
)
from okrsync.model.run import ConnectionRun, Dangling, LeftAlone, Movement, Plan, RunReport, ScopePull, Write
from okrsync.model.sample import Contribution, Sample
from okrsync.model.status import Explanation, KeyResultStatus, ObjectiveStatus
from okrsync.model.work import Quarantined, Ref

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOSTILE = "\x1b[31mred\x1b[0m [bold]<script>@ana|`x`\x07\u202e\nsecond"
SHOP_12 = Ref("github", "1", "I_12", "acme/shop#12")
SHOP_13 = Ref("github", "1", "I_13", "acme/shop#13")
SHOP_121 = Ref("jira", "100", "10121", "SHOP-121")


def rendered(renderable: RenderableType, width: int = 140) -> str:
    """What a pipe would get."""
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
    console.print(renderable, soft_wrap=True)
    return console.file.getvalue()  # type: ignore[attr-defined]


def note(*reasons: str, tenth: int | None = 4) -> Note:
    text = NoteLine("checkout-1", "Ship it", "Buying is effortless", tenth, "5 points", reasons or ("in milestone A",))
    return Note((text,), "okr:ignore")


def changes() -> tuple[Change, ...]:
    return (
        DefineLabel("github", "1", "okr:checkout-1", "Ship it", "0e8a16"),
        AddLabel(SHOP_12, "okr:checkout-1"),
        PutNote(SHOP_12, note()),
        RemoveLabel(SHOP_13, "okr:gone-1"),
        DeleteNote(SHOP_13, "99"),
        PutNote(SHOP_121, note("under epic SHOP-120", tenth=None), note_id="7"),
    )


def plan(**given: object) -> Plan:
    values: dict[str, object] = {
        "changes": changes(),
        "cost": {"github": 5, "jira": 1},
        "left_alone": (LeftAlone(Ref("jira", "100", "1", "SHOP-1"), "closed"),),
        "removals": 2,
        "owned": 40,
    }
    return Plan(**values | given)  # type: ignore[arg-type]


def sample(progress: float | None, **given: object) -> Sample:
    values: dict[str, object] = {"key_result": "checkout-1", "at": NOW, "value": progress, "raw": progress}
    return Sample(**values | given)  # type: ignore[arg-type]


def report(**given: object) -> RunReport:
    values: dict[str, object] = {
        "id": 7,
        "kind": "sync",
        "started": NOW,
        "finished": NOW + timedelta(seconds=3.2),
        "connections": (
            ConnectionRun(
                "github", requests=9, writes=5, remaining=4900, limit=5000,
                scopes=(ScopePull("github", "acme/shop", full=True, seen=300, changed=12, id="1"),),
            ),
            ConnectionRun(
                "jira", requests=4, error="The tracker did not answer.", hint="Try again later.",
                scopes=(ScopePull("jira", "SHOP", full=False, quarantined=(Quarantined("5", "SHOP-5", "no status"),)),),
            ),
        ),
        "plan": plan(),
        "movements": (
            Movement("checkout-1", "Ship it", sample(0.3), sample(0.41), ("SHOP-121 done", "acme/shop#12 closed")),
        ),
        "dangling": (Dangling("acme/shop#14", "https://github.test/acme/shop/issues/14", "checkout-9", "no such id"),),
        "stale": ("checkout-2",),
        "exit_code": 4,
    }  # fmt: skip
    return RunReport(**values | given)  # type: ignore[arg-type]


def quiet_report(**given: object) -> RunReport:
    """A run that found everything in order."""
    idle = ConnectionRun("github", requests=3, scopes=(ScopePull("github", "acme/shop", full=False),))
    values: dict[str, object] = {
        "connections": (idle,), "plan": Plan(), "movements": (), "dangling": (), "stale": (), "exit_code": 0,
    }  # fmt: skip
    return report(**values | given)


def writes() -> tuple[Write, ...]:
    """One of each way to end."""
    define, label, new_note, remove, delete, edit = changes()
    return (
        Write(define, Receipt(Done.ALREADY)),
        Write(label, Receipt(Done.APPLIED)),
        Write(new_note, Receipt(Done.APPLIED, note_id="1")),
        Write(remove, Receipt(Done.SKIPPED, reason="the issue is locked")),
        Write(delete, error="The tracker refused."),
        Write(edit),
    )


def row(**given: object) -> KeyResultStatus:
    values: dict[str, object] = {
        "key_result": "checkout-1", "title": "Ship it", "owner": "ana", "unit": "", "measure": "completion",
        "start": 0.0, "target": 1.0, "state": "active", "sample": sample(0.41), "week_ago": sample(0.3),
        "pulled_at": NOW - timedelta(hours=3), "stale": False, "items": 12,
    }  # fmt: skip
    return KeyResultStatus(**values | given)  # type: ignore[arg-type]


def objective(*rows: KeyResultStatus, **given: object) -> ObjectiveStatus:
    values: dict[str, object] = {
        "objective": "checkout", "title": "Buying is effortless", "owner": "ana", "team": "shop",
        "kind": "aspirational", "cycle": "2026-Q4", "state": "active", "progress": 0.41,
        "key_results": rows or (row(),),
    }  # fmt: skip
    return ObjectiveStatus(**values | given)  # type: ignore[arg-type]


def contribution(key: str, **given: object) -> Contribution:
    values: dict[str, object] = {
        "connection": "github", "item": key, "key": key, "title": f"Title of {key}",
        "url": f"https://github.test/{key}", "state": "done", "word": "closed", "adds": 3.0, "of": 3.0,
        "left_out": "", "reasons": ("in milestone A",),
    }  # fmt: skip
    return Contribution(**values | given)  # type: ignore[arg-type]


def explanation(**given: object) -> Explanation:
    values: dict[str, object] = {
        "status": row(sample=sample(0.375, numerator=3.0, denominator=8.0, flags=("1 item without an estimate",))),
        "objective": "Buying is effortless", "cycle": "2026-Q4", "rule": "completion by points v1",
        "contributions": (
            contribution("a#1"),
            contribution("a#2", state="todo", word="open", adds=0.0, of=5.0),
            contribution("a#3", adds=0.0, of=0.0, left_out="cancelled"),
        ),
        "unreachable": (contribution("a#4", left_out="deleted"),),
        "supports": (contribution("a#5", adds=0.0, of=0.0),),
    }  # fmt: skip
    return Explanation(**values | given)  # type: ignore[arg-type]
