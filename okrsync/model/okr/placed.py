"""All OKR files of a configuration together: each key result with its surroundings and where it is written."""

from __future__ import annotations

from pydantic import Field

from okrsync.model.okr.cycle import Cycle, Phase
from okrsync.model.okr.fields import Frozen
from okrsync.model.okr.goal import GoalState, Ignored, KeyResult, Objective, Roles


class Home(Frozen):
    """Where an objective is written, and what its file says beside it."""

    file: str = ""
    line: int | None = None
    roles: Roles = Roles()
    ignore: tuple[Ignored, ...] = ()


class Placed(Frozen):
    """A key result with its surroundings and where it is written, down to the lines of its measure and of each link."""

    key_result: KeyResult
    objective: Objective
    cycle: Cycle
    file: str = ""
    line: int | None = None
    measure_line: int | None = None
    link_lines: tuple[int, ...] = ()

    @property
    def measured_at(self) -> str:
        """``okrs/shop.yaml:11``, the place of its measure; "" for one that is in no file."""
        return self.file if self.measure_line is None else f"{self.file}:{self.measure_line}"

    def where(self, link: int) -> str:
        """``okrs/shop.yaml:12``, the place of one of its links; "" for one that is in no file."""
        return f"{self.file}:{self.link_lines[link]}" if link < len(self.link_lines) else self.file

    @property
    def owner(self) -> str | None:
        """Who answers for it: its own owner, else that of its objective."""
        return self.key_result.owner or self.objective.owner

    @property
    def live(self) -> bool:
        """Counts work and shows on tickets: everything around it is active or being graded."""
        return (
            self.cycle.state in (Phase.ACTIVE, Phase.GRADING)
            and self.objective.state is GoalState.ACTIVE
            and self.key_result.state is GoalState.ACTIVE
        )


class Okrs(Frozen):
    """All OKR files of a configuration, in file order. Key result ids are unique across all of them.

    ``homes`` tells by objective id where it is written.
    """

    placed: tuple[Placed, ...] = ()
    objectives: tuple[tuple[Objective, Cycle], ...] = ()
    homes: dict[str, Home] = Field(default_factory=dict)

    def home(self, objective: str) -> Home:
        """Where an objective is written; an empty home for one that no file has."""
        return self.homes.get(objective, Home())

    def by_id(self) -> dict[str, Placed]:
        """Key results by the id as it is written."""
        return {placed.key_result.id: placed for placed in self.placed}

    def children_of(self, objective: str) -> tuple[Objective, ...]:
        """The objectives right below one."""
        return tuple(one for one, _ in self.objectives if one.parent == objective)

    def over(self) -> frozenset[str]:
        """Case-folded ids of the key results that are in the files and not live."""
        return frozenset(placed.key_result.id.casefold() for placed in self.placed if not placed.live)

    def private(self) -> frozenset[str]:
        """Case-folded ids of the key results that tickets must not show, since not everybody may know of them."""
        return frozenset(one.key_result.id.casefold() for one in self.placed if one.objective.visibility != "all")

    def live(self) -> tuple[Placed, ...]:
        """The key results that count work and show on tickets now."""
        return tuple(placed for placed in self.placed if placed.live)
