"""A link that names something nobody has, or asks what the tracker does not understand, is told with its line."""

from __future__ import annotations

import pytest
from installation import OKRS, Installation

from okrsync.connector import Level

ASKED = '[{connection: jira, query: "type = Bug AND priority = Highest"}]'
LATENCY = "Did you mean 'latency'?"
LINE = 1 + OKRS[: OKRS.index(ASKED)].count("\n")


def write(acme: Installation, link: str) -> str:
    """Puts one link in the place of the query; returns where it stands now."""
    acme.okrs.write_text(OKRS.replace(ASKED, f"[{{{link}}}]"))
    return f"{acme.okrs}:{LINE}"


def check(acme: Installation, *, wrong: bool = True) -> list[tuple[str, str, str, str]]:
    """Place, subject, message and hint of what is an error, or of what the last reading showed."""
    with acme.open() as app:
        return [
            (place, one.subject, one.message, one.hint)
            for place, one in app.check(offline=False)
            if (one.level is Level.ERROR if wrong else place == "last reading" and one.subject == "checkout-2")
        ]


@pytest.mark.parametrize(
    ("link", "message", "hint"),
    [
        ("connection: jira, assignee: anna", "No ticket in jira is assigned to 'anna'.", "Did you mean 'Ana'?"),
        ("connection: jira, type: Stroy", "No ticket in jira is of type 'Stroy'.", "Did you mean 'Story'?"),
        (
            "connection: github, labels: latncy",
            "No ticket in github has the label 'latncy'.",
            "Did you mean 'latency'?",
        ),
        ("connection: jira, items: [SHPO-121]", "jira has no ticket 'SHPO-121'.", "Did you mean 'SHOP-121'?"),
        (
            "connection: github, repository: acme/shop, items: ['#9999']",
            "github has no ticket 'acme/shop#9999'.",
            "",
        ),
        ("connection: jira, version: '2027'", "jira has no version '2027'.", "Did you mean '2026.4'?"),
    ],
)
def test_plan_sync_and_check_tell_of_a_name_that_nobody_has(
    acme: Installation, link: str, message: str, hint: str
) -> None:
    where = write(acme, link)
    for kind in ("plan", "sync"):
        (warning,) = [one for one in acme.run(kind).warnings if one.subject == "checkout-2"]
        assert (warning.message, warning.hint) == (f"{where}: {message}", hint)
    assert check(acme, wrong=False) == [("last reading", "checkout-2", f"{where}: {message}", hint)]


def test_plan_sync_and_check_tell_of_a_word_in_a_ratio_that_no_ticket_uses(acme: Installation) -> None:
    counted = "{type: count, of: open, start: 40, target: 5}"
    ratio = "{type: ratio, of: {type: Bgu}, over: {}, start: 1, target: 0.2}"
    acme.okrs.write_text(OKRS.replace(counted, ratio))
    message = f"{acme.okrs}:{LINE - 1}: No ticket in jira is of type 'Bgu'."
    for kind in ("plan", "sync"):
        (warning,) = [one for one in acme.run(kind).warnings if one.subject == "checkout-2"]
        assert (warning.message, warning.hint) == (message, "Did you mean 'Bug'?")
    assert check(acme, wrong=False) == [("last reading", "checkout-2", message, "Did you mean 'Bug'?")]


def test_a_link_that_was_edited_after_the_last_sync_is_told_by_check(acme: Installation) -> None:
    acme.run()
    assert check(acme, wrong=False) == []
    where = write(acme, "connection: jira, assignee: anna")
    ((_, _, message, _),) = check(acme, wrong=False)
    assert message.startswith(where)


def test_nothing_is_said_of_names_in_a_tracker_that_was_not_read_completely(acme: Installation) -> None:
    write(acme, "connection: jira, assignee: anna")
    acme.sandbox.faults.add(path="/search", kind="status", status=503, times=None, skip=1)
    report = acme.run()
    assert [one.error != "" for one in report.connections] == [False, True]
    assert [one for one in report.warnings if one.subject == "checkout-2"] == []
    assert check(acme, wrong=False) == []


@pytest.mark.parametrize(
    ("link", "asked", "answer"),
    [
        ('connection: jira, query: "type = Bg"', "type = Bg", "The value 'Bg' does not exist for the field 'type'"),
        ('connection: jira, query: "type = (Bug"', "type = (Bug", "unbalanced brackets"),
        (f'connection: github, query: "{" OR ".join(["label:a"] * 7)}"', "label:a OR label:a", "More than five"),
    ],
)
def test_check_tells_of_a_query_that_the_tracker_refuses(
    acme: Installation, link: str, asked: str, answer: str
) -> None:
    where = write(acme, link)
    ((place, subject, message, hint),) = check(acme)
    assert (place, subject) == (where, "checkout-2")
    assert asked in message
    assert answer in message
    assert hint.startswith("Correct the query in the OKR files.")


def test_check_asks_each_query_once_for_one_id(acme: Installation) -> None:
    acme.okrs.write_text(OKRS.replace(ASKED, f"[{ASKED[1:-1]}, {ASKED[1:-1]}]"))
    acme.sandbox.log.clear()
    assert check(acme) == []
    assert len(acme.sandbox.log.select(tracker="jira", path="/search")) == 1


def test_an_unreachable_tracker_is_told_once_and_not_for_each_of_its_queries(acme: Installation) -> None:
    acme.sandbox.faults.add(path="/jira/", kind="status", status=401, times=None)
    assert [place for place, *_ in check(acme)] == ["jira"]


def test_a_tracker_that_breaks_off_when_it_is_asked_says_so(acme: Installation) -> None:
    acme.sandbox.faults.add(path="/search", kind="status", status=503, times=None)
    assert [(place, subject) for place, subject, *_ in check(acme)] == [("jira", "queries")]


def test_a_query_that_only_one_key_result_asks_fails_neither_its_connection_nor_the_others(acme: Installation) -> None:
    where = write(acme, 'connection: jira, query: "type = (Bug"')
    report = acme.run()
    assert [one.error for one in report.connections] == ["", ""]
    (warning,) = [one for one in report.warnings if one.subject == "checkout-2"]
    assert warning.message.startswith(f"{where}: the query 'type = (Bug' was refused")
    assert report.stale == ("checkout-2",)
