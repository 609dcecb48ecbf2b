"""``plan --force``: what a forced sync would do about what a guard stopped, without keeping any of it."""

from __future__ import annotations

import json
import re

import pytest
from installation import Installation
from test_receipt import call

from okrsync.errors import UnsafePlan
from okrsync.store import upkeep

GONE = 59


@pytest.fixture
def emptied(acme: Installation) -> Installation:
    """Somebody deleted much of a project since the last run, which a census finds."""
    acme.run()
    for number in range(1, GONE + 1):
        acme.sandbox.jira.delete(f"SHOP-{number}")
    acme.sandbox.log.clear()
    return acme


def counts(acme: Installation) -> dict[str, int]:
    return upkeep.check(f"sqlite:///{acme.store}").counts


def test_what_the_guard_stopped_can_be_looked_at_and_is_not_concluded(emptied: Installation) -> None:
    refused = call(emptied, "plan", "--full")
    assert refused.exit_code == 5
    assert "SHOP-1, SHOP-2, " in refused.stderr
    assert "`okrsync plan --full --force`" in refused.stderr
    before, value = counts(emptied), emptied.value("checkout-2")
    shown = call(emptied, "plan", "--full", "--force")
    assert shown.exit_code == 0, shown.stderr
    assert f"{GONE} tickets of SHOP can no longer be found: SHOP-1, SHOP-2, " in shown.stdout
    assert not emptied.sandbox.log.writes()
    assert (counts(emptied), emptied.value("checkout-2")) == (before, value)
    with pytest.raises(UnsafePlan, match="no longer there"):
        emptied.run(full=True)


def test_a_forced_plan_is_what_the_forced_sync_then_does(emptied: Installation) -> None:
    planned = json.loads(call(emptied, "plan", "--full", "--force", "--json").stdout)
    done = json.loads(call(emptied, "sync", "--full", "--force", "--json").stdout)
    assert planned["plan"] == done["plan"]
    assert [one["after"]["value"] for one in planned["movements"]] == [
        one["after"]["value"] for one in done["movements"]
    ]
    (jira,) = (one for one in done["connections"] if one["connection"] == "jira")
    assert len(jira["scopes"][0]["lost"]) == jira["scopes"][0]["unreachable"] == GONE


def test_lost_tickets_are_named_in_every_form_of_a_report(emptied: Installation) -> None:
    said = re.compile(rf"{GONE} tickets of SHOP can no longer be found: SHOP.?-1, ")
    assert said.search(call(emptied, "plan", "--full", "--force", "--markdown").stdout)
    assert said.search(call(emptied, "sync", "--full", "--force").stdout)


def test_a_forced_plan_needs_no_store(acme: Installation) -> None:
    shown = call(acme, "plan", "--force")
    assert shown.exit_code == 0
    assert "label" in shown.stdout
    assert not acme.store.exists()
