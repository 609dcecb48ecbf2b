"""A cycle for its review, with every kind of thing that a report shows; ``text`` stands wherever people write."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from okrsync.method.figures import ONE_OWNER
from okrsync.method.review import Review, Reviewed, ReviewedObjective
from okrsync.model.attribution import Attribution, Cause, Piece
from okrsync.model.burnup import BurnUp, Expected, Turn
from okrsync.model.checkin import CheckIn
from okrsync.model.closing import (
    ClosedKeyResult,
    ClosedObjective,
    Closing,
    Decision,
    Remark,
    Retrospective,
    Score,
)
from okrsync.model.figures import (
    Alignment,
    Engagement,
    Percentile,
    Performance,
    Productivity,
    Ratio,
    TeamFigures,
)
from okrsync.model.outlook import Ahead, Outlook, Past
from okrsync.model.sample import Sample
from okrsync.model.verdict import Status, Verdict

START, END = date(2026, 10, 1), date(2026, 12, 31)
AT = datetime(2026, 12, 30, 12, tzinfo=UTC)


def burn_up(text: str = "items", *, key_result: str = "checkout-1", ahead: bool = True, turns: bool = True) -> BurnUp:
    first = datetime(2026, 10, 1, tzinfo=UTC)
    past = tuple(Past(first + timedelta(weeks=week), 3.0 * week, 40.0 + 2 * (week > 4)) for week in range(8))
    last = past[-1]
    fan = tuple(
        Ahead(last.at + timedelta(weeks=week), tuple(min(42.0, last.made + pace * week) for pace in (5, 4, 3, 2)))
        for week in range(9)
    )
    return BurnUp(
        key_result=key_result,
        title=text,
        unit=text,
        start=START,
        due=END,
        until=last.at,
        past=past,
        expected=(Expected(START, 0.0), Expected(END, 42.0)),
        turns=(Turn(past[5].at, text),) if turns else (),
        ahead=fan if ahead else (),
    )


def score(final: float, text: str = "two weeks late") -> Score:
    return Score("checkout-1", 0.5, final, text, Retrospective(text, text, Decision.CONTINUE))


def key_result(text: str = "Ship it", final: float | None = 0.6, **changed: object) -> ClosedKeyResult:
    facts: dict[str, object] = {
        "id": "checkout-1",
        "title": text,
        "owner": text,
        "unit": "%",
        "measure": "manual",
        "start": 2.1,
        "target": 3.0,
        "weight": 1.0,
        "state": "active",
        "sample": Sample("checkout-1", AT, 2.55, 0.5),
        "verdict": Verdict(Status.BEHIND, f"behind: 50 % done, {text}", 0.5, 0.99),
        "score": None if final is None else score(final, text),
    }
    return ClosedKeyResult(**{**facts, **changed})  # type: ignore[arg-type]


def objective(*key_results: ClosedKeyResult, text: str = "Buying is effortless", **changed: object) -> ClosedObjective:
    facts: dict[str, object] = {
        "id": "checkout",
        "title": text,
        "owner": text,
        "team": text,
        "kind": "aspirational",
        "state": "active",
        "progress": 0.5,
        "score": 0.6,
        "key_results": key_results,
    }
    return ClosedObjective(**{**facts, **changed})  # type: ignore[arg-type]


def team(name: str = "shop") -> TeamFigures:
    return TeamFigures(
        team=name,
        start=START,
        end=END,
        cycles=("2026-Q4",),
        alignment=Alignment(Ratio(3, 4, 0.75), Ratio(0, 0, None, "all of them are top ones")),
        engagement=Engagement(Ratio(None, 36, None, ONE_OWNER), Ratio(None, 1, None, ONE_OWNER)),
        productivity=Productivity(
            Ratio(46, 13.0, 46 / 13),
            (Percentile(50, 40, 46, 3.25), Percentile(85, 40, 46, 12.0)),
            2,
            (Percentile(50, 1, 2, 8.0), Percentile(85, 1, 2, 8.0), Percentile(100, 1, 2, 8.0)),
        ),
        performance=Performance(
            Ratio(1.8, 3, 0.6), Ratio(0, 0, None, "nothing committed was pursued"), Ratio(1.8, 2.1, 1.8 / 2.1),
            1, 2, -1, 0, ("checkout-3",),
        ),
    )  # fmt: skip


def moved(text: str = "items finished") -> Attribution:
    pieces = tuple(Piece("github", str(n), f"{text}#{n}", text, "https://x/1", 0.1, text) for n in range(7))
    causes = (Cause("finished", 0.7, True, pieces), Cause("added", -0.2, False, pieces[:1]))
    return Attribution(
        "checkout-1", text, AT, AT, "progress", 0.0, 0.5, 0.5, causes, f"+50.0 points: 7 {text} and 1 item added."
    )


def closing(text: str = "ana", number: int = 1, final: float = 0.6) -> Closing:
    whole = objective(key_result(text, final), text=text)
    return Closing("2026-Q4", START, END, "UTC", AT, text, (whole,), (team(text),), number=number)


def review(text: str = "Ship it", *, closed: bool = True, final: float = 0.6, confidential: int = 0) -> Review:
    """One key result with everything, one that was postponed, and a team."""
    ended = key_result(text, final)
    outlook = Outlook(
        "checkout-1", text, AT, END, 0.1, probability=0.4, chance="30-70 %", unit=text, needed=2.0, observed=1.5
    )
    said = CheckIn("checkout-1", AT, text, note=text, confidence=6)
    postponed = key_result(
        text, None, id="api-2", state="postponed", sample=None, verdict=Verdict(Status.POSTPONED, text)
    )
    one = objective(ended, postponed, text=text)
    return Review(
        cycle="2026-Q4",
        start=START,
        end=END,
        at=AT,
        objectives=(
            ReviewedObjective(
                one,
                (
                    Reviewed(ended, burn_up(text), None if closed else outlook, moved(text), said),
                    Reviewed(postponed),
                ),
            ),
        ),
        figures=(team(text),),
        remarks=(Remark("STALE", "warning", f"{text}: `checkout-1` is silent.", text, ("checkout",)),),
        closed=closing(text, 2, final) if closed else None,
        earlier=(closing(text, 1, 0.5),) if closed else (),
        hidden=confidential,
    )
