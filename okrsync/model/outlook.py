"""What may be said about where a key result will be when it is due, and what that rests on."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

SHARES = (0.50, 0.70, 0.85, 0.95)
"""The probabilities whose dates are told."""

BANDS = ("<30 %", "30-70 %", ">70 %")
"""What is told of a probability that rests on little history."""

MOST = 0.95
"""No forecast is told to be surer than this."""


class Model(StrEnum):
    """Which way of forecasting applies."""

    EXACT = "exact"
    MONTE_CARLO = "monte carlo"
    TREND = "trend"
    PACE = "pace"
    REACHED = "reached"
    NONE = "none"


class Reach(msgspec.Struct, frozen=True):
    """When the goal is reached with probability ``share``: the first such week from now, and the day at its end.

    Weeks are whole. Both are None beyond the horizon.
    """

    share: float
    weeks: int | None = None
    day: date | None = None


class Past(msgspec.Struct, frozen=True):
    """How much of the goal was made at a time, and what the goal was then."""

    at: datetime
    made: float
    goal: float


class Ahead(msgspec.Struct, frozen=True):
    """What is made at a time to come: ``made[i]`` at least, with probability ``SHARES[i]``."""

    at: datetime
    made: tuple[float, ...]


class Outlook(msgspec.Struct, frozen=True):
    """The forecast of one key result as of ``at``.

    ``probability`` is that of having reached the goal by the end of ``due``, None where nothing can be computed;
    people are told ``chance`` and no more: with little history that is a band. ``why`` says why there is no
    probability, and is empty where there is one. ``made`` and ``goal`` are in ``unit``, and so are ``needed``,
    ``observed`` and ``added``, a week: what is needed to be on time, what was made, and what was added to the goal.
    A value is ``origin + made``, or ``origin - made`` where it is ``falling``. ``history`` counts complete weeks, or
    where ``of_readings`` the readings of a metric. ``bound`` is from where to where a value must stay, None where it
    has a way to go; of a bound, ``goal`` is the end that limits it. ``weeks_left`` is 0 once it is due. ``past`` and
    ``ahead`` are there where they were asked for. ``uncalibrated`` is "" or what the back-test says against it.
    """

    key_result: str
    title: str
    at: datetime
    due: date
    weeks_left: float
    model: Model = Model.NONE
    rule: str = ""
    why: str = ""
    history: int = 0
    of_readings: bool = False
    bound: tuple[float | None, float | None] | None = None
    probability: float | None = None
    chance: str = ""
    reaches: tuple[Reach, ...] = ()
    unit: str = ""
    made: float | None = None
    goal: float | None = None
    needed: float | None = None
    observed: float | None = None
    added: float | None = None
    origin: float = 0.0
    falling: bool = False
    remarks: tuple[str, ...] = ()
    past: tuple[Past, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    uncalibrated: str = ""

    @property
    def told(self) -> Outlook:
        """The same with the probability as fine as it may be told: none beside a band, and at most ``MOST``."""
        finest = None if self.probability is None or self.chance in BANDS else round(min(self.probability, MOST), 2)
        return msgspec.structs.replace(self, probability=finest)


class Coverage(msgspec.Struct, frozen=True):
    """Of ``of`` past forecasts whose date at ``share`` has come, so many kept it."""

    share: float
    kept: int
    of: int

    @property
    def rate(self) -> float | None:
        """``kept`` as a share, 0 to 1; None where no such date has come."""
        return self.kept / self.of if self.of else None


class Calibration(msgspec.Struct, frozen=True):
    """How past forecasts fared: of one key result, or of all where ``key_result`` is "".

    ``brier`` is the mean squared error of ``events`` probabilities, ``base_rate`` how often what they were about came
    true; ``skill`` is 1 for a perfect forecast, 0 for one that always says the base rate, None where everything came
    out alike. ``calibrated`` is None where there were too few to tell.
    """

    key_result: str
    origins: int
    coverage: tuple[Coverage, ...]
    events: int
    base_rate: float | None
    brier: float | None
    skill: float | None
    calibrated: bool | None
    verdict: str


class Backtest(msgspec.Struct, frozen=True):
    """What the store's own history says about the forecasts made from it."""

    rule: str
    overall: Calibration
    key_results: tuple[Calibration, ...] = ()
