"""Standing: the verdicts that every question of the practice is answered with, now and for any day before.

What a store read says is a snapshot only inside ``store.reading()``, which whoever needs one opens; nothing here does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from okrsync import views
from okrsync.method.divergence import worth_asking
from okrsync.method.expected import day_of
from okrsync.method.standings import Standings, has_not_moved, stand
from okrsync.method.status import confidence, verdict
from okrsync.method.terms import under
from okrsync.model.okr import Cycle, Okrs, Phase, Placed
from okrsync.model.sample import Sample
from okrsync.model.verdict import Verdict
from okrsync.practice.desk import Desk, as_closed, in_cycle, with_closed, with_cycles


def verdict_of(desk: Desk, placed: Placed, at: datetime | None = None, *, probability: float | None = None) -> Verdict:
    """How a key result does now, or did at an aware time, and by which rule.

    ``probability`` is the forecast's, 0 to 1; a contradiction between it and the people's confidence becomes a remark.
    """
    name, then = placed.key_result.id, at or desk.now
    sample = desk.store.history.sample(name, at)
    return verdict(
        as_judged(desk, placed) if at is None else judged_at(desk, at).by_id()[name],
        sample,
        then,
        preset=desk.settings.status.preset,
        checkins=desk.store.checkins.of(name),
        probability=probability,
        work=views.work_done(desk.store, placed) if has_not_moved(placed, sample) else None,
    )


def standings(desk: Desk, at: datetime | None = None) -> Standings:
    """How everything stands now, or stood at an aware time by what was known of it then.

    The files are as they were then.
    """
    if at is None:
        return views.standings(desk.store, desk.judged, desk.now, desk.settings.status.preset)
    names = [placed.key_result.id for placed in desk.okrs.placed]
    samples = {name: one for name in names if (one := desk.store.history.sample(name, at)) is not None}
    return standings_by(desk, samples, at)


def standings_by(desk: Desk, samples: dict[str, Sample], at: datetime, okrs: Okrs | None = None) -> Standings:
    """How everything stood at an aware time by readings that are given, by key result.

    ``okrs`` are the files, as they were then unless given.
    """
    return stand(okrs or as_they_were(desk, at), samples, desk.store.checkins.all(), at, desk.settings.status.preset)


def contradictable(desk: Desk, some: Iterable[Placed] | None = None) -> dict[str, float]:
    """The forecast's probability of each key result (or some of them) whose people's confidence it could contradict.

    Only those are forecast, since that takes a while.
    """
    said = desk.store.checkins.all()
    chosen = [
        placed
        for placed in (desk.judged.live() if some is None else some)
        if worth_asking(confidence(said.get(placed.key_result.id, ())))
    ]
    if not chosen:
        return {}
    from okrsync.practice.outlook import outlooks

    return {name: one.probability for name, one in outlooks(desk, chosen).items() if one.probability is not None}


def as_it_was(cycle: Cycle, at: datetime) -> Cycle:
    """The cycle as active again where it is closed or graded today and was still running then."""
    ran = cycle.state in (Phase.GRADING, Phase.CLOSED) and day_of(cycle, at) <= cycle.end
    return cycle.model_copy(update={"state": Phase.ACTIVE}) if ran else cycle


def as_they_were(desk: Desk, at: datetime) -> Okrs:
    """The files with every cycle as it was at an aware time, and what they asked then; of now, as they are."""
    okrs = still_running(desk.okrs, at)
    return okrs if at >= desk.now else under(okrs, desk.store.terms.at(at))


def judged_at(desk: Desk, at: datetime) -> Okrs:
    """The same with what was closed by then as closed."""
    return with_closed(as_they_were(desk, at), desk.store.closings.over(at))


def as_judged(desk: Desk, placed: Placed) -> Placed:
    """A key result in its cycle as it is judged now; see ``Desk.judged``."""
    return in_cycle(placed, as_closed(placed.cycle, desk.over))


def still_running(okrs: Okrs, at: datetime) -> Okrs:
    """The files with every cycle as it was at an aware time."""
    return with_cycles(okrs, lambda cycle: as_it_was(cycle, at))
