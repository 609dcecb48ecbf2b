"""What people do by accident: rights taken from one project, an OKR file emptied or removed. Nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from installation import OKRS, Installation

from okrsync.errors import ConfigError, UnsafePlan

OPERATIONS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: calm
    title: Nights are calm
    key_results:
      - id: calm-1
        title: Every alarm has a plan
        measure: {type: completion}
        links: [{connection: jira, epic: OPS-1}]
"""


@pytest.fixture
def two(acme: Installation) -> Installation:
    """The installation with a second project and a second OKR file about it, in sync."""
    jira = acme.sandbox.jira
    jira.add_project("OPS", "Operations")
    jira.create("OPS", "Plans for alarms", type="Epic")
    for title in ("The disk is full", "Nobody answers"):
        jira.create("OPS", title, epic="OPS-1")
    acme.config.write_text(acme.config.read_text().replace("projects: [SHOP]", "projects: [SHOP, OPS]"))
    (acme.okrs.parent / "ops.yaml").write_text(OPERATIONS)
    assert acme.run().exit_code == 0
    return acme


@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
def test_rights_revoked_on_one_project_change_no_number_and_no_ticket(two: Installation, full: bool) -> None:
    names = ("checkout-1", "checkout-2", "calm-1")
    labels, notes, values = two.labels(), two.notes(), [two.value(name) for name in names]
    two.sandbox.jira.hidden.add("OPS")
    two.sandbox.github.close("acme/api", 1)
    report = two.run(full=full, census=True)
    assert report.exit_code == 4
    failed = {one.connection: one for one in report.connections if one.error}
    assert set(failed) == {"jira"}
    assert "OPS" in failed["jira"].error
    assert failed["jira"].hint
    assert set(names) <= set(report.stale)
    assert [two.value(name) for name in names] == values
    assert [entry for entry in two.sandbox.log.writes() if entry.tracker == "jira"] == []

    two.sandbox.jira.hidden.clear()
    assert two.run().exit_code == 0
    assert {key: two.labels()[key] for key in labels if "OPS" in key} == {
        key: worn for key, worn in labels.items() if "OPS" in key
    }
    assert set(notes) <= set(two.notes())
    assert set(two.notes().values()) == {1}
    assert two.run().plan.changes == ()


def _cut(text: str) -> str:
    return f"{text.splitlines()[0]}\nobjectives: []\n"


@pytest.mark.parametrize(
    ("accident", "refused"),
    [
        pytest.param(lambda file: file.write_text(""), ConfigError, id="emptied"),
        pytest.param(lambda file: file.write_text(_cut(file.read_text())), UnsafePlan, id="without-objectives"),
        pytest.param(lambda file: file.unlink(), UnsafePlan, id="removed"),
    ],
)
def test_an_okr_file_lost_by_accident_touches_no_ticket(
    two: Installation, accident: Callable[..., object], refused: type[Exception]
) -> None:
    labels, notes = two.labels(), two.notes()
    accident(two.okrs)
    with pytest.raises(refused):
        two.run()
    assert two.sandbox.log.writes() == []
    assert (two.labels(), two.notes()) == (labels, notes)
    two.okrs.write_text(OKRS)
    assert two.run().exit_code == 0
    assert two.run().plan.changes == ()
    assert (two.labels(), set(two.notes())) == (labels, set(notes))


def test_a_store_from_before_the_notes_were_written_makes_none_a_second_time(acme: Installation) -> None:
    """As when a job that was cancelled kept no cache: the next one begins with the store of an earlier."""
    commented = acme.sandbox.github.create("acme/shop", "New", milestone="One-page checkout")
    acme.sandbox.github.comment("acme/shop", commented.number, "Who does this?")
    acme.run("plan")
    before = acme.store.read_bytes()
    acme.sandbox.clock.advance(timedelta(minutes=5))
    acme.run()
    wanted = acme.notes(), acme.labels()
    acme.forget()
    acme.store.write_bytes(before)
    acme.sandbox.clock.advance(timedelta(minutes=5))
    assert acme.run().exit_code == 0
    assert (acme.notes(), acme.labels()) == wanted
    assert set(acme.notes().values()) == {1}
    assert acme.run().plan.changes == ()
