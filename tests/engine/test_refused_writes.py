"""An account that may read and not write: it is tried a few times, told what is missing, and nothing else suffers."""

from __future__ import annotations

from io import StringIO

from installation import Installation
from rich.console import Console

from okrsync.model.run import RunReport
from okrsync.report.run import run_text


def sent(acme: Installation, method: str, path: str) -> int:
    return len(acme.sandbox.log.select(tracker="jira", method=method, path=path))


def shown(report: RunReport) -> str:
    console = Console(width=500, file=StringIO())
    with console.capture() as captured:
        console.print(run_text(report))
    return captured.get()


def test_three_refusals_of_each_kind_are_enough_and_the_words_are_true(acme: Installation) -> None:
    acme.sandbox.jira.denied |= {"EDIT_ISSUES", "ADD_COMMENTS"}
    for _ in range(2):
        report = acme.run()
        assert sent(acme, "PUT", r"/issue/\d+(\?|$)") == 3
        assert sent(acme, "POST", r"/issue/\d+/comment$") == 3
        assert report.exit_code == 4
        assert [one.error for one in report.connections] == ["", ""]
        labels, notes = [one for one in report.warnings if one.subject == "jira"]
        assert labels.message.startswith("was read, and labels on tickets in SHOP cannot be written: PUT issue/")
        assert "You do not have permission to edit issues" in labels.message
        assert '"Edit Issues"' in labels.hint
        assert notes.message.startswith("was read, and notes in SHOP cannot be written: POST issue/")
        assert '"Add Comments"' in notes.hint
        text = shown(report)
        assert "No connection succeeded" not in text
        assert "jira: was read, and labels on tickets in SHOP cannot be written" in text


def test_who_may_label_and_not_comment_gets_every_label(acme: Installation) -> None:
    acme.sandbox.jira.denied.add("ADD_COMMENTS")
    report = acme.run()
    refused = [write for write in report.writes if write.error]
    assert len(refused) == 3
    assert "okr:checkout-1" in acme.labels()["SHOP-124"]
    assert not [key for key in acme.notes() if key.startswith("SHOP-")]


def test_once_the_permission_is_given_the_next_run_writes_everything(acme: Installation) -> None:
    acme.sandbox.jira.denied |= {"EDIT_ISSUES", "ADD_COMMENTS"}
    acme.run()
    acme.sandbox.jira.denied.clear()
    assert acme.run().exit_code == 0
    notes = acme.notes()
    assert set(notes.values()) == {1}
    assert "SHOP-124" in notes
    assert acme.run().plan.changes == ()
