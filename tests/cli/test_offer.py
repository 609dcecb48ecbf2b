"""The commands on offer: each stands for itself until somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer

from okrsync.cli.command import Offer

if TYPE_CHECKING:
    from decimal import Decimal as Unknown


def works() -> None:
    """Say nothing."""


def cannot_be_built(amount: Unknown) -> None:
    """Its types cannot be read."""


def alone(function: object) -> typer.Typer:
    made = typer.Typer(add_completion=False)
    made.command()(function)  # type: ignore[type-var]
    return made


def test_a_command_is_built_when_it_is_asked_for() -> None:
    offer = Offer()
    offer.add("works", alone(works), "Work")
    offer.add("broken", alone(cannot_be_built), "Work")
    assert (list(offer), len(offer)) == (["works", "broken"], 2)
    assert (offer["works"].name, offer["works"].rich_help_panel, offer["works"].help) == (
        "works",
        "Work",
        "Say nothing.",
    )
    assert offer["works"] is offer["works"]
    with pytest.raises(NameError):
        offer["broken"]


def test_what_is_not_on_offer_is_not_there() -> None:
    assert Offer().get("anything") is None
