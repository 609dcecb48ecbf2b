"""What okrsync.yaml can say about check-ins: on which day they are due, and when reminders go out."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from okrsync.model.checkin import Rhythm
from okrsync.model.interval import Interval

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEK = timedelta(weeks=1)


class CheckInDays(BaseModel):
    """Due days, by the clocks of the cycle's time zone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekday: Weekday = Field("friday", description="The day by whose end check-ins are due.")
    every: Interval = Field(WEEK, description="Time between two due days: whole weeks, such as 7d or 14d.")
    hour: int = Field(9, ge=0, le=23, description="The hour from which on reminders go out on that day.")
    stale: Interval = Field(2 * WEEK, description="A key result that nobody spoke about for longer is stale.")

    @field_validator("every")
    @classmethod
    def _whole_weeks(cls, every: timedelta) -> timedelta:
        if every % WEEK:
            raise ValueError("must be whole weeks, such as 7d or 14d, so that it always ends on the weekday")
        return every

    @property
    def rhythm(self) -> Rhythm:
        """In the terms of the method: the number of the weekday, whole weeks."""
        return Rhythm(
            weekday=get_args(Weekday).index(self.weekday), weeks=self.every // WEEK, hour=self.hour, stale=self.stale
        )
