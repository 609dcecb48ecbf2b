"""The tiny trackers of the stage, and what people do there between two runs."""

from __future__ import annotations

from datetime import timedelta

from okrsync.sandbox.clock import SandboxClock
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.jira import JiraState


def build_github(hub: GitHubState, clock: SandboxClock) -> None:
    """Ten issues: three in a milestone, three children of a fifth, one of a ninth, three bugs; and repositories to get
    lost in."""
    hub.tells_parent = False
    hub.add_repository("acme/shop")
    hub.add_label("acme/shop", "docs")
    for title in ("One page", "Later", "Never"):
        hub.add_milestone("acme/shop", title)
    for title in ("Merge two forms", "Guest checkout", "Vouchers"):
        hub.create("acme/shop", title, milestone="One page", labels=["ux"])
    hub.create("acme/shop", "Slow search", labels=["bug"])
    parent = hub.create("acme/shop", "Payment")
    for title in ("Cards", "Wallets", "Transfers"):
        hub.create("acme/shop", title, parent=parent, labels=[] if title == "Transfers" else ["bug"])
    gifts = hub.create("acme/shop", "Gifts")
    hub.create("acme/shop", "Gift cards", parent=gifts)
    for text in ("When?", "Soon.", "Thanks."):
        hub.comment("acme/shop", 3, text)
    for number in range(1, 11):
        clock.advance(timedelta(minutes=1))
        hub.edit("acme/shop", number, body="Seen by a customer.")
    hub.label("acme/shop", 8, "docs")
    for number in (1, 7):
        hub.close("acme/shop", number)
    clock.advance(timedelta(hours=1))
    for name in ("acme/elsewhere", "acme/old"):
        hub.add_repository(name)


def touch_on_github(hub: GitHubState) -> list[str]:
    """What is touched a moment ago, of which a webhook tells: an issue, and one that has children."""
    hub.close("acme/shop", 2)
    hub.edit("acme/shop", 5, body="Seen again.")
    return ["acme/shop#2", "acme/shop#5"]


def work_on_github(hub: GitHubState) -> None:
    hub.close("acme/shop", 2)
    hub.set_milestone("acme/shop", 3, None)
    hub.unlabel("acme/shop", 4, "bug")
    hub.delete("acme/shop", 8)


def build_jira(jira: JiraState, clock: SandboxClock) -> None:
    """An epic with three stories, and three urgent bugs; a second project to move to."""
    jira.expands_properties = jira.flavour == "cloud"
    jira.shown_changes = 1
    jira.comments_page = 2
    jira.add_number_field("Minutes saved")
    jira.add_project("SHOP", "Shop")
    jira.add_project("OPS", "Operations")
    epic = jira.create("SHOP", "Payment in one step", type="Epic")
    for title in ("Saved card", "Bank transfer", "Wallet"):
        clock.advance(timedelta(minutes=1))
        jira.create("SHOP", title, epic=epic.key, labels=["payment"])
    for title in ("The basket is empty", "The basket is full", "The total is wrong"):
        clock.advance(timedelta(minutes=1))
        jira.create("SHOP", title, type="Bug", priority="Highest")
    for text in ("When?", "Soon.", "Thanks."):
        jira.add_comment("SHOP-3", text)
    jira.transition("SHOP-2", "In Progress")
    for key in ("SHOP-2", "SHOP-6"):
        jira.transition(key, "Done", "Done")
    clock.advance(timedelta(hours=1))


def touch_on_jira(jira: JiraState) -> list[str]:
    jira.transition("SHOP-3", "Done", "Done")
    return ["SHOP-3", "SHOP-4"]


def work_on_jira(jira: JiraState) -> None:
    jira.transition("SHOP-3", "Done", "Done")
    jira.edit("SHOP-5", priority="Low")
    jira.delete("SHOP-7")
