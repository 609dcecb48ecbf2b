"""A parent is deleted or transferred, and no tracker says so of what was below it: it is asked about by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from installation import Installation


@pytest.fixture
def parent(acme: Installation) -> int:
    """An issue with two sub-issues, one of them done, which a key result counts."""
    hub = acme.sandbox.github
    above = hub.create("acme/shop", "Above")
    for title in ("One", "Two"):
        hub.create("acme/shop", title, parent=above)
    hub.create("acme/api", "Three", parent=above)
    hub.close("acme/shop", above.number + 1)
    link = f'{{connection: github, parent: "acme/shop#{above.number}"}}'
    acme.okrs.write_text(acme.okrs.read_text().replace("{connection: jira, epic: SHOP-120, weight: 2}", link))
    return above.number


def linked(acme: Installation) -> set[str]:
    with acme.open() as app, app.store.reading():
        lost = app.store.items.unreachable("checkout-1")
        parts = app.store.links.parts("checkout-1")
        return {item.key for item, _ in parts if (item.connection, item.id) not in lost}


@pytest.mark.parametrize("told", [True, False], ids=["told of each", "listed"])
@pytest.mark.parametrize("act", ["deleted", "transferred"])
def test_what_was_below_a_parent_that_is_gone_reads_as_in_a_new_store(
    acme: Installation, parent: int, told: bool, act: str
) -> None:
    acme.sandbox.github.tells_parent = told
    for _ in range(2):
        acme.run()
        acme.sandbox.clock.advance(timedelta(days=1))
    assert {f"acme/shop#{parent + 1}", f"acme/shop#{parent + 2}"} <= linked(acme)
    if act == "deleted":
        acme.sandbox.github.delete("acme/shop", parent)
    else:
        acme.sandbox.github.transfer("acme/shop", parent, "acme/api")
    acme.run(census=True)
    found = acme.value("checkout-1"), linked(acme)
    acme.forget()
    acme.run()
    assert found == (acme.value("checkout-1"), linked(acme))
