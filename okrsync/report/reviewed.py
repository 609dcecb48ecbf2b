"""The words of a review, alike on the page and in Markdown."""

from __future__ import annotations

from datetime import date, datetime

from okrsync.method.bands import EXPECTED, attainment, band, too_easy
from okrsync.method.review import Review
from okrsync.method.words import team_name
from okrsync.model.attribution import Attribution, Cause
from okrsync.model.burnup import Turn
from okrsync.model.checkin import CheckIn
from okrsync.model.closing import ClosedKeyResult, ClosedObjective, Closing
from okrsync.model.outlook import Outlook
from okrsync.model.verdict import Status
from okrsync.report.closing import kind_of
from okrsync.report.numbers import BOUNDS, listing, ordinal, percent, quantity, score_words
from okrsync.report.verdicts import reason_alone
from okrsync.report.why import TENTHS, apportioned
from okrsync.words import number

__all__ = [
    "about_words",
    "attained",
    "band_of",
    "because",
    "below_score",
    "closing_words",
    "day_words",
    "expected_of",
    "forecast_words",
    "goal",
    "hidden_words",
    "moved_words",
    "noticed_words",
    "said_words",
    "score_of",
    "score_words",
    "standing_words",
    "status_tone",
    "tone_of",
    "too_easy_words",
    "trace_commands",
    "turn_words",
    "value",
    "width",
]

MOST_TICKETS = 5
FINE = 100
"""Rates from here on are told without fractions."""

_TONES = {
    Status.ACHIEVED: "good",
    Status.ON_TRACK: "good",
    Status.BEHIND: "warn",
    Status.AT_RISK: "bad",
    Status.OVERDUE: "bad",
}


def day_words(day: date) -> str:
    """``31 December 2026``."""
    return f"{day.day} {day:%B} {day.year}"


def standing_words(review: Review) -> str:
    """Whether it is closed, since when and by whom."""
    if review.closed is None:
        return f"as it stands on {day_words(review.at)}; not closed yet"
    again = f", for the {ordinal(review.closed.number)} time" if review.closed.number > 1 else ""
    return f"closed on {day_words(review.closed.at)} by {review.closed.who}{again}"


def said_words(said: CheckIn) -> str:
    """The last check-in, without who said it."""
    sure = f", confidence {said.confidence} of 10" if said.confidence is not None else ""
    note = f": {said.note}" if said.note else ""
    return f"{said.at.day} {said.at:%b}{sure}{note}"


def about_words(objective: ClosedObjective, review: Review) -> str:
    """What there is to know of an objective below its title."""
    told = [objective.kind, team_name(objective.team), objective.owner or ""]
    told += [objective.state] if objective.state != "active" else []
    if objective.score is not None:
        name = "score" if review.closed else "progress"
        told.append(f"{name} {score_words(objective.score)} of {expected_of(objective)} expected")
    return " · ".join(part for part in told if part)


def noticed_words(review: Review) -> str:
    """The heading above the coach's findings, which are those of the last day where the cycle is over."""
    made = (review.closed.at if review.closed else review.at).date()
    return "What the coach noticed" + (f" by {day_words(review.end)}" if made > review.end else "")


def trace_commands(review: Review) -> tuple[str, ...]:
    """What traces the numbers of this page to tickets and a rule."""
    day = min(review.closed.at.date(), review.end) if review.closed else None
    at, until = (f" --at {day}", f" --until {day}") if day else ("", "")
    return (
        f"okrsync explain KEY-RESULT{at}",
        f"okrsync why KEY-RESULT --since {review.start}{until}",
        f"okrsync figures --period {review.cycle} --tickets",
    )


def hidden_words(review: Review) -> str:
    """That something was left out, and why; empty where nothing was."""
    if not review.hidden:
        return ""
    seen = "is seen by its team only" if review.hidden == 1 else "are seen by their teams only"
    return f"{review.hidden} of the cycle's objectives {seen} and left out."


def closing_words(closing: Closing) -> str:
    """What an earlier closing said: the scores that it gave."""
    scores = ", ".join(f"{name} {score.final:.2f}" for name, score in closing.scores().items())
    return f"{_stamp(closing.at)} by {closing.who}: {scores}"


def score_of(one: ClosedKeyResult, review: Review) -> float | None:
    """The final score, or the progress while the cycle goes on; None for what gets none."""
    if one.score is None:
        return None
    return one.score.final if review.closed else one.score.suggested


def expected_of(objective: ClosedObjective) -> str:
    """The score at which this kind of objective counts as reached."""
    return f"{EXPECTED[kind_of(objective)]:.1f}"


def attained(score: float | None, objective: ClosedObjective) -> str:
    """The score as a share of what its kind of objective promised."""
    return "–" if score is None else percent(attainment(score, kind_of(objective)))


def band_of(score: float | None) -> str:
    """The name of a score's band, which is its colour's class; ``none`` without a score."""
    return "none" if score is None else band(score).value


def too_easy_words(score: float | None, objective: ClosedObjective) -> str:
    """What to say of a score so high that the goal asked little; "" for any other."""
    return "" if score is None else too_easy(score, kind_of(objective))


def tone_of(one: ClosedKeyResult, review: Review) -> str:
    """The band of a final score; progress on its way has no colour of its own, its status does."""
    return band_of(score_of(one, review)) if review.closed else "none"


def below_score(one: ClosedKeyResult, objective: ClosedObjective, review: Review) -> str:
    """What stands below the figure: the attainment of a score, or why there is none."""
    score = score_of(one, review)
    if score is None:
        return one.state if one.score is None else "no data"
    return f"{attained(score, objective)} of expected" if review.closed else "progress"


def width(score: float | None, whole: float) -> float:
    """How far a bar of a ``whole`` length goes."""
    return round(whole * min(1.0, max(0.0, score or 0.0)), 2)


def status_tone(status: Status) -> str:
    """The class of a status's colour."""
    return _TONES.get(status, "calm")


def because(one: ClosedKeyResult) -> str:
    """The verdict's reason without the status, which stands beside it."""
    return reason_alone(one.verdict)


def value(one: ClosedKeyResult) -> str:
    """The reading in its unit, frozen or of now."""
    return quantity(one.sample.value if one.sample else None, measure=one.measure, unit=one.unit)


def goal(one: ClosedKeyResult) -> str:
    """Where it began and where it should end, to be read behind the value."""
    if one.measure in BOUNDS or one.start is None or one.target is None:
        return "(should hold)" if one.measure == "maintain" else "(yes or no)"
    start, target = (quantity(end, measure=one.measure, unit=one.unit) for end in (one.start, one.target))
    return f"on the way {start} → {target}"


def forecast_words(outlook: Outlook) -> str:
    """The forecast in a sentence or two, no finer than it may be told."""
    if outlook.chance == "reached":
        return "Forecast: nothing remains to be done."
    if not outlook.chance:
        return f"No forecast: {outlook.why}. {_pace(outlook)}".strip()
    dates = "; ".join(
        f"{percent(one.share)} by {one.day.day} {one.day:%b}" if one.day else f"{percent(one.share)} beyond the horizon"
        for one in outlook.reaches
    )
    told = f"Forecast: {outlook.chance} that it is there on {outlook.due.day} {outlook.due:%B}"
    mind = " The back-test calls these forecasts uncalibrated." if outlook.uncalibrated else ""
    return f"{told}{f' ({dates})' if dates else ''}. {_pace(outlook)}{mind}".strip()


def moved_words(found: Attribution) -> list[str]:
    """The change in a sentence, and what each cause came to with its heaviest tickets."""
    whole = round(found.change * TENTHS)
    amounts = apportioned([cause.contributes * TENTHS for cause in found.causes], whole)
    if len(found.causes) == 1 and not _keys(found.causes[0]):
        return [found.said]
    told = (
        f"{cause.name} {_points(amount) if found.of == 'progress' else f'{cause.contributes:+.3g}'}{_keys(cause)}"
        for cause, amount in zip(found.causes, amounts, strict=True)
    )
    return [found.said, *told]


def turn_words(turn: Turn) -> str:
    """What of the definition changed, and the progress under the old and the new one at that moment."""
    if turn.before is None or turn.after is None:
        return turn.words
    return f"{turn.words}: {percent(turn.before)} before, {percent(turn.after)} after"


def _points(tenths: int) -> str:
    return f"{tenths / 10:+.1f}".replace("-", "−") if tenths else "0.0"


def _keys(cause: Cause) -> str:
    """Tickets only: what people said is told as their check-in."""
    keys = [piece.key for piece in cause.pieces if piece.connection]
    return f": {listing(keys, MOST_TICKETS)}" if keys else ""


def _pace(outlook: Outlook) -> str:
    if outlook.needed is None or outlook.observed is None:
        return ""
    unit = f" {outlook.unit}" if outlook.unit else ""
    return f"Needed {_rate(outlook.needed)}{unit} a week, made {_rate(outlook.observed)}."


def _rate(amount: float) -> str:
    return number(round(amount, 2 if abs(amount) < FINE else 0))


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
