"""What the parts of an OKR file are made of: ids, titles, numbers, names, and a base that forgives no typo."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

KEY_RESULT_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
"""Short enough for a label of 50 characters with its prefix, and free of white space and commas."""

Id = Annotated[str, StringConstraints(pattern=KEY_RESULT_ID)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""What is never below 0: a weight, a number of items, days."""


def _from_0_to_1(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError("is a share of the work, from 0 to 1; write 0.9 for 90 %")
    return value


Share = Annotated[
    float, AfterValidator(_from_0_to_1), Field(allow_inf_nan=False, json_schema_extra={"minimum": 0, "maximum": 1})
]


def _not_blank(name: str) -> str:
    if not name.strip():
        raise ValueError("is empty; leave it out, or name something")
    return name


Name = Annotated[str, AfterValidator(_not_blank), Field(json_schema_extra={"pattern": r"\S"})]
"""What a selector looks for."""


class Frozen(BaseModel):
    """Immutable, and a typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
