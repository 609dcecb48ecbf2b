"""Rules on how a cycle goes: begun, worked on, spoken about, on time, and with the goal where it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from okrsync.method.bands import reached
from okrsync.method.coach.finding import Facts, Finding, TargetMove, Work, about
from okrsync.method.coach.words import day
from okrsync.model.okr import Maintain, Placed
from okrsync.words import number, percent, plural

START_WITHIN = timedelta(days=7)
IDLE_AFTER = 0.25
"""Share of the cycle."""
LATELY = timedelta(days=14)
HALF_TIME = 0.5


def not_begun(facts: Facts) -> Iterator[Finding]:
    """NOSTART: no progress, no linked work begun, and no check-in. What is to be maintained needs no beginning."""
    for placed in facts.running():
        days = facts.today(placed.cycle) - placed.cycle.start
        if days < START_WITHIN or isinstance(placed.key_result.measure, Maintain):
            continue
        if _begun(facts, placed) or not facts.was_read(placed):
            continue
        reason = f"{placed.key_result.id} has not begun {plural(days.days, 'day')} into {placed.cycle.id}: "
        reason += "no progress, no linked work in progress or done, and no check-in."
        fix = "Begin with its first ticket, say at a check-in what it waits for, or set `state: postponed`."
        yield about("NOSTART", placed, reason, fix)


def _begun(facts: Facts, placed: Placed) -> bool:
    name = placed.key_result.id
    sample, work = facts.samples.get(name), facts.work.get(name, Work())
    said = facts.duties[name].last if name in facts.duties else None
    return bool((sample and sample.raw and sample.raw > 0) or work.doing or work.done or said)


def past_due(facts: Facts) -> Iterator[Finding]:
    """PASTDUE. The due day itself is not past."""
    for placed in facts.running():
        due, today = placed.key_result.due or placed.cycle.end, facts.today(placed.cycle)
        sample = facts.samples.get(placed.key_result.id)
        raw = sample.raw if sample else None
        if today <= due or (raw is not None and reached(raw)):
            continue
        stands = "has no reading" if raw is None else f"stands at {percent(raw)}"
        reason = f"{placed.key_result.id} was due on {day(due)}, {plural((today - due).days, 'day')} ago, and {stands}."
        fix = "Close it with the score it has (`state: closed`), or agree on a new day and say why at a check-in."
        yield about("PASTDUE", placed, reason, fix)


def no_work(facts: Facts) -> Iterator[Finding]:
    """NOWORK. Of connections that were never read nothing is concluded."""
    for placed in facts.running():
        if facts.work.get(placed.key_result.id, Work()).linked or not facts.read or not facts.was_read(placed):
            continue
        if placed.key_result.links:
            reason = f"{placed.key_result.id}: its {plural(len(placed.key_result.links), 'link')} reach no ticket."
            fix = "`okrsync check` says which selector finds nothing; correct it, or label the tickets it means."
        else:
            reason = f"{placed.key_result.id} is linked to no work."
            fix = f"Write `links:` (with `role: supports` where tickets do not count), or OKR: {placed.key_result.id} "
            fix += "into the tickets that move it."
        yield about("NOWORK", placed, reason, fix)


def idle(facts: Facts) -> Iterator[Finding]:
    """IDLE. Where something was delivered lately, or what must hold does, open work is no sign of rest."""
    for placed in facts.running():
        work, gone = facts.work.get(placed.key_result.id, Work()), facts.gone(placed.cycle)
        moves = work.doing or work.taken or _delivered_lately(facts, work) or _holds(facts, placed)
        if work.todo and not moves and gone > IDLE_AFTER:
            done = f", {work.done:,} done" if work.done else ""
            stands = f"{plural(work.todo, 'ticket')} open, none in progress{done}"
            reason = f"{placed.key_result.id}: {stands}, and {percent(gone)} of {placed.cycle.id} is gone."
            fix = "Take up the next ticket, or say at a check-in that it rests, and until when."
            yield about("IDLE", placed, reason, fix)


def _delivered_lately(facts: Facts, work: Work) -> bool:
    return work.delivered is not None and facts.now - work.delivered <= LATELY


def _holds(facts: Facts, placed: Placed) -> bool:
    sample = facts.samples.get(placed.key_result.id)
    maintained = isinstance(placed.key_result.measure, Maintain)
    return maintained and sample is not None and sample.raw is not None and sample.raw >= 1


def stale(facts: Facts) -> Iterator[Finding]:
    """STALE. A sync is no check-in: it brings the number, and nobody's judgement."""
    for placed in facts.running():
        name = placed.key_result.id
        owed = facts.duties.get(name)
        if owed and owed.stale:
            who = placed.owner
            last = f"since {day(owed.last.astimezone(placed.cycle.zone))}" if owed.last else "in this cycle"
            of = f" ({who})" if who else ""
            reason = f"Nobody{of} has spoken about {name} {last}: {plural(owed.silent.days, 'day')} of silence."
            yield about("STALE", placed, reason, f"okrsync checkin {name} --confidence 6 --note …")


def late_target(facts: Facts) -> Iterator[Finding]:
    """LATE-TARGET: moved after half time, or ever so that the way became shorter. What was moved back is over."""
    moves = defaultdict(list)
    for move in facts.moves:
        moves[move.key_result].append(move)
    for placed in facts.running():
        zone, begin = placed.cycle.zone, placed.cycle.start
        made = [one for one in moves[placed.key_result.id] if one.at.astimezone(zone).date() >= begin]
        if made and made[0].before != made[-1].after and (how := _how(placed, made)):
            way = f"from {number(made[0].before)} to {number(made[-1].after)}"
            when = day(made[-1].at.astimezone(zone))
            reason = f"The target of {placed.key_result.id} was moved {way}, last on {when}: {how}."
            fix = "Score it against the target that was agreed on, and note in the review why it was moved."
            yield about("LATE-TARGET", placed, reason, fix)


def _how(placed: Placed, moves: Sequence[TargetMove]) -> str:
    cycle, first, last = placed.cycle, moves[0], moves[-1]
    half = cycle.start + (cycle.end - cycle.start) * HALF_TIME
    easier = abs(last.after - first.start) < abs(first.before - first.start)
    late = last.at.astimezone(cycle.zone).date() > half
    return " and ".join(["after half time"] * late + ["it became easier"] * easier)
