"""How runs end that leave no report, and what is known of them all the same."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from installation import Installation
from test_receipt import call

from okrsync.app import RunRequest
from okrsync.errors import UnsafePlan
from okrsync.store.journal import KILLED


def runs(acme: Installation) -> list[dict[str, object]]:
    """The last runs as `okrsync runs --json` tells them, the newest first."""
    told: list[dict[str, object]] = json.loads(call(acme, "runs", "--json").stdout)
    return told


def empty_the_files(acme: Installation) -> None:
    acme.okrs.write_text(acme.okrs.read_text().partition("objectives:")[0] + "objectives: []\n")


def test_a_run_that_is_refused_tells_what_it_cost(acme: Installation) -> None:
    acme.run()
    empty_the_files(acme)
    with pytest.raises(UnsafePlan):
        acme.run()
    refused = runs(acme)[0]
    assert refused["requests"] == len(list(acme.sandbox.log)) > 0
    assert (refused["exit_code"], refused["written"]) == (5, 0)
    with acme.open() as app:
        told = {one.connection: one.requests for one in app.store.totals.connections()}
    assert sum(told.values()) == sum(int(str(row["requests"])) for row in runs(acme))


def test_a_run_that_is_interrupted_says_so_and_counts_what_it_wrote(acme: Installation) -> None:
    def press_the_key() -> bool:
        if len(acme.sandbox.log.writes()) == 5:
            raise KeyboardInterrupt
        return False

    with acme.open() as app:
        app.stopping = press_the_key
        with pytest.raises(KeyboardInterrupt):
            app.sync(RunRequest())
    (row,) = runs(acme)
    assert (row["exit_code"], row["errors"]) == (130, ["It was interrupted."])
    assert (row["requests"], row["written"]) == (len(list(acme.sandbox.log)), 5)


def test_a_bug_that_ends_a_run_is_kept_with_its_cost(acme: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("okrsync.sync.make_plan", broken)
    with pytest.raises(ZeroDivisionError):
        acme.run()
    (row,) = runs(acme)
    assert (row["exit_code"], row["errors"]) == (1, ["ZeroDivisionError: a bug"])
    assert int(str(row["requests"])) > 0


def test_the_next_holder_of_the_lock_says_that_a_run_without_an_end_was_killed(acme: Installation) -> None:
    acme.run()
    with acme.open() as app, app.store.transaction():
        number = app.store.journal.begin_run("sync", app.now())
        for write in list(app.store.journal.writes(run=1))[:3]:
            begun = app.store.journal.intend(number, write.change, app.now())
            app.store.journal.end(begun, app.now(), receipt=write.receipt)
    assert runs(acme)[0]["errors"] == []
    assert "goes on, or was killed" in call(acme, "runs", str(number)).stdout
    acme.run("plan")
    killed = next(row for row in runs(acme) if row["id"] == number)
    assert (killed["errors"], killed["written"]) == ([KILLED], 3)
    assert (killed["seconds"], killed["exit_code"]) == (None, None)
    shown = call(acme, "runs", str(number)).stdout
    assert KILLED in shown
    assert "acme/" in shown.partition("Changes")[2]


def looks(acme: Installation) -> list[str]:
    """The tickets of Jira whose comments the last run asked for."""
    return [entry.path for entry in acme.sandbox.log.select(tracker="jira", method="GET", path="/comment")]


def test_a_refused_run_looks_at_each_ticket_once_however_often_it_is_repeated(acme: Installation) -> None:
    acme.run()
    empty_the_files(acme)
    asked = []
    for _ in range(3):
        with pytest.raises(UnsafePlan):
            acme.run()
        asked.append(looks(acme))
    assert len(asked[0]) > 10
    assert asked[1:] == [[], []]
    acme.sandbox.clock.advance(timedelta(minutes=1))
    acme.sandbox.jira.add_comment(asked[0][0].split("/")[-2], "Why does this count?")
    with pytest.raises(UnsafePlan):
        acme.run()
    assert len(looks(acme)) == 1
    assert acme.run(force=True).exit_code == 0
    assert acme.notes() == {}
