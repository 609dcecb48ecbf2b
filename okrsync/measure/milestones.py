"""Milestones: the weighted share of milestones, versions and epics that are done, or their mean fraction done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from okrsync.measure.tally import Reading, Share, Tally
from okrsync.model.okr import Milestones
from okrsync.model.sample import Contribution
from okrsync.model.target import Target
from okrsync.model.work import Item, Outcome, State


@dataclass(slots=True)
class Progress:
    """A target with its linked leaves counted. ``itself`` is the item that is the epic, while nothing is below it."""

    target: Target
    items: int = 0
    delivered: int = 0
    itself: Item | None = None

    @property
    def state(self) -> State:
        """The item's own state while it stands for itself, else what is told of the target."""
        return self.itself.state if self.itself else self.target.state

    @property
    def done(self) -> bool:
        """Reached, and not given up: closed without a reason counts, cancelled does not."""
        outcome = self.itself.outcome if self.itself else self.target.outcome
        return self.state is State.DONE and outcome in (None, Outcome.DELIVERED)

    @property
    def left_out(self) -> str:
        """Why it leaves the numbers, "" for what counts."""
        if self.target.dropped:
            return f"is {self.target.outcome}"
        if self.state is not State.UNKNOWN:
            return ""
        known = self.target.kind == "milestone"
        return "was given up or is in an unknown state" if known else "is not among the work that counts"

    @property
    def fraction(self) -> float:
        """The share of its linked leaves that is delivered; without any, whether it is done."""
        return self.delivered / self.items if self.items else float(self.done)


class MilestonesTally(Tally):
    """What adds are the targets; items move those they belong to."""

    def __init__(self, metric: Milestones, targets: Sequence[Target]) -> None:
        super().__init__()
        self.rule = f"milestones by {metric.by} v1"
        self._by_fraction = metric.by == "fraction"
        self._targets = [Progress(target) for target in targets]

    def share(self, item: Item, weight: float) -> Share:
        spanned = any(one.target.spans(item) for one in self._targets)
        return Share(left_out="" if spanned else "is in none of the milestones and epics counted")

    def add(self, item: Item, weight: float) -> bool:
        spanned = [one for one in self._targets if one.target.spans(item)]
        for one in spanned:
            one.items += 1
            one.delivered += item.delivered
            if one.target.is_itself(item):
                one.itself = item
        return bool(spanned)

    def _part(self, one: Progress) -> Share:
        weight = one.target.weight
        if one.left_out:
            return Share(left_out=one.left_out)
        return Share(weight * (one.fraction if self._by_fraction else one.done), weight)

    def reading(self) -> Reading:
        parts = [(one, self._part(one)) for one in self._targets]
        counted = [(one, part) for one, part in parts if not part.left_out]
        numerator, denominator = fsum(part.adds for _, part in counted), fsum(part.of for _, part in counted)
        return Reading(
            value=numerator / denominator if counted else None,
            numerator=numerator,
            denominator=denominator,
            scope=denominator,
            done=fsum(part.of for one, part in counted if one.done),
            flags=tuple(f"{_name(one.target)} {part.left_out}" for one, part in parts if part.left_out)
            + (() if counted else ("no milestone, version or epic to count",)),
        )

    def others(self) -> Iterator[Contribution]:
        """The milestones and epics themselves, which are what is counted."""
        for one in self._targets:
            target, part = one.target, self._part(one)
            yield Contribution(
                connection=target.connection,
                item=f"{target.kind}:{target.id}",
                key=target.key,
                title=target.title,
                url=target.url,
                state=one.state.value,
                word=f"{one.delivered} of {one.items} done",
                adds=part.adds,
                of=part.of,
                left_out=part.left_out,
                reasons=(f"a linked {target.kind}",),
            )


def _name(target: Target) -> str:
    return " ".join(filter(None, (target.key, target.title)))
