"""With a dashboard, notes and label descriptions lead there, and Jira tickets get a remote link."""

from __future__ import annotations

import pytest
from installation import Installation

from okrsync.model.change import DeleteLink, PutLink
from okrsync.sandbox.tickets import github_tickets


@pytest.fixture
def linked(acme: Installation) -> Installation:
    text = acme.config.read_text().replace("projects: [SHOP]", "projects: [SHOP], remote_link: true")
    acme.config.write_text(f"dashboard_url: https://okr.acme.example\n{text}")
    return acme


def remote_links(acme: Installation, key: str) -> list[str]:
    issue = acme.sandbox.jira.issue(key)
    return [link.data["object"]["url"] for link in issue.links]


def test_a_ticket_links_to_its_key_result_once(linked: Installation) -> None:
    linked.run()
    page = "https://okr.acme.example/key-results/checkout-1"
    assert remote_links(linked, "SHOP-122") == [page]
    assert linked.run().plan.changes == ()
    linked.forget()
    linked.run()
    assert remote_links(linked, "SHOP-122") == [page]


def test_a_remote_link_names_the_key_result_once(linked: Installation) -> None:
    linked.run()
    (link,) = linked.sandbox.jira.issue("SHOP-122").links
    assert link.data["object"]["title"] == "checkout-1: Ship the one-page checkout"


def test_notes_and_label_descriptions_lead_to_the_page(linked: Installation) -> None:
    linked.run()
    assert any("/key-results/checkout-1" in body for body in _notes(linked, "acme/shop#8"))
    (label,) = [
        one for one in linked.sandbox.github.repository("acme/shop").labels.values() if one.name == "okr:checkout-1"
    ]
    assert label.description is not None
    assert "/key-results/checkout-1" in label.description


def test_remote_links_are_taken_back(linked: Installation) -> None:
    linked.run()
    report = linked.run("clean")
    assert {type(write.change) for write in report.writes} >= {DeleteLink}
    assert remote_links(linked, "SHOP-122") == []
    assert PutLink in {type(change) for change in linked.run("plan").plan.changes}


def _notes(acme: Installation, key: str) -> list[str]:
    return [comment["body"] for comment in github_tickets(acme.sandbox.github)[key]["comments"]]
