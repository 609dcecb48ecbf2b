"""A parent is deleted, transferred, moved or renamed, and no tracker says so of what is below it.

What was below a parent that is gone is asked about by itself; what names its parent by a key follows that key.
"""

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


def assert_as_in_a_new_store(acme: Installation) -> None:
    found = acme.value("checkout-1"), linked(acme)
    acme.forget()
    acme.run()
    assert found == (acme.value("checkout-1"), linked(acme))


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
    assert_as_in_a_new_store(acme)


@pytest.mark.parametrize("act", ["deleted", "transferred", "renamed only"])
def test_what_is_below_in_a_repository_that_was_not_read_in_full_does_not_wait_until_it_is(
    acme: Installation, parent: int, act: str
) -> None:
    hub = acme.sandbox.github
    for _ in range(2):
        acme.run()
        acme.sandbox.clock.advance(timedelta(hours=1))
    hub.rename_repository("acme/shop", "acme/store")
    if act == "deleted":
        hub.delete("acme/store", parent)
    elif act == "transferred":
        hub.transfer("acme/store", parent, "acme/api")
    read = acme.run(census=True).connections[0].scopes
    assert [(one.scope, one.full) for one in read] == [("acme/shop", True), ("acme/api", False)]
    assert_as_in_a_new_store(acme)


@pytest.mark.parametrize("project", ["API", "OPS"], ids=["read", "not read"])
def test_stories_of_data_center_name_their_epic_by_its_key_and_follow_it_to_another_project(
    acme: Installation, project: str
) -> None:
    jira = acme.sandbox.jira_dc
    for key in ("API", "OPS"):
        jira.add_project(key, key)
    epic = jira.create("SHOP", "Epic", type="Epic")
    for title in ("One", "Two"):
        jira.create("SHOP", title, epic=epic.key)
    text = acme.config.read_text().replace(acme.sandbox.jira_url, acme.sandbox.jira_dc_url)
    acme.config.write_text(text.replace("[SHOP]", "[SHOP, API]"))
    acme.environ = {"GITHUB_TOKEN": acme.environ["GITHUB_TOKEN"], "JIRA_API_TOKEN": "jira-dc-token"}
    acme.okrs.write_text(acme.okrs.read_text().replace("epic: SHOP-120", f"epic: {epic.key}"))
    for _ in range(2):
        acme.run()
        acme.sandbox.clock.advance(timedelta(hours=1))
    before = epic.key
    jira.move(epic.key, project)
    acme.okrs.write_text(acme.okrs.read_text().replace(f"epic: {before}", f"epic: {jira.issues[epic.id].key}"))
    acme.run(census=project == "OPS")
    assert {"SHOP-132", "SHOP-133"} <= linked(acme)
    assert_as_in_a_new_store(acme)
