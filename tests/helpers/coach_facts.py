"""Small makers of what the coach looks at: name what matters, everything else gives no finding."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from okrsync.method.checkins import Duty, State
from okrsync.method.coach import CHECKS, Facts, Finding, find
from okrsync.model.okr import Cycle, Home, OkrFile, Okrs, Placed
from okrsync.model.sample import Sample

DAY_50 = datetime(2026, 11, 20, 9, tzinfo=UTC)
CYCLE = Cycle(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31))
MANUAL = {"type": "manual", "start": 2.1, "target": 3, "unit": "%"}


def key_result(id: str = "checkout-1", **changed: Any) -> dict[str, Any]:
    return {"id": id, "title": f"Conversion of {id}", "measure": MANUAL, **changed}


def objective(*key_results: dict[str, Any], id: str = "checkout", **changed: Any) -> dict[str, Any]:
    facts = {"title": f"Buying {id} is effortless", "owner": "ana", "team": "shop", "top": True}
    return {"id": id, **facts, "key_results": key_results or (key_result(f"{id}-1"), key_result(f"{id}-2")), **changed}


def okrs(*objectives: dict[str, Any], cycle: Cycle = CYCLE, file: str = "okrs/shop.yaml", **top: Any) -> Okrs:
    """One OKR file as it is read; the n-th objective stands on line 10 n, its m-th key result m lines below."""
    content = OkrFile.model_validate({"cycle": cycle.model_dump(), "objectives": objectives, **top})
    return Okrs(
        placed=tuple(
            Placed(key_result=one, objective=above, cycle=content.cycle, file=file, line=10 * at + below)
            for at, above in enumerate(content.objectives, start=1)
            for below, one in enumerate(above.key_results, start=1)
        ),
        objectives=tuple((one, content.cycle) for one in content.objectives),
        homes={
            one.id: Home(file=file, line=10 * at, ignore=content.ignore)
            for at, one in enumerate(content.objectives, start=1)
        },
    )


def together(*files: Okrs) -> Okrs:
    return Okrs(
        placed=tuple(one for file in files for one in file.placed),
        objectives=tuple(one for file in files for one in file.objectives),
        homes={name: home for file in files for name, home in file.homes.items()},
    )


def facts(*objectives: dict[str, Any], now: datetime = DAY_50, **changed: Any) -> Facts:
    given = changed.pop("okrs", None) or okrs(*(objectives or (objective(),)))
    return Facts(okrs=given, now=now, **changed)


def sample(name: str, raw: float | None, **changed: Any) -> Sample:
    return Sample(name, DAY_50, raw, raw, **changed)


def said(at: datetime = DAY_50, *, stale: bool = False) -> Duty:
    return Duty(State.DONE, "", last=at, stale=stale)


def found(rule: str, given: Facts) -> list[Finding]:
    """What one rule finds; each of its findings reads like a sentence and says what to do."""
    findings = list(CHECKS[rule](given))
    for one in findings:
        assert one.rule == rule
        assert one.reason.endswith((".", "silence."))
        assert one.fix
    return findings


def reasons(rule: str, given: Facts) -> list[str]:
    return [one.reason for one in found(rule, given)]


def rules(given: Facts) -> set[str]:
    return {one.rule for one in find(given) if not one.ignored}


def day(text: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC).replace(hour=hour)
