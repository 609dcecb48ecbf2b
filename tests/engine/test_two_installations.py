"""Two installations on the same tracker, each with its own files: neither touches what the other shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from installation import CONFIG, OKRS, Installation, install

from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.team import work_a_week

BETAS_OKRS = OKRS.replace("id: checkout", "id: beta").replace("id: api", "id: beta-api")
FORMATS = {"their own prefix": "beta:{{key_result}}", "the same prefix": "okr:{{key_result}}"}


def second(folder: Path, sandbox: Sandbox, *, label: str, okrs: str) -> Installation:
    config = CONFIG.replace("installation: acme", "installation: beta").replace("okr:{{key_result}}", label)
    return install(folder, sandbox, config=config, okrs=okrs)


@pytest.fixture(params=FORMATS.values(), ids=FORMATS.keys())
def beta(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Installation:
    return second(tmp_path / "beta", sandbox, label=request.param, okrs=BETAS_OKRS)


@pytest.fixture
def twin(tmp_path: Path, sandbox: Sandbox) -> Installation:
    """The same prefix and the very same key results, under another name."""
    return second(tmp_path / "twin", sandbox, label="okr:{{key_result}}", okrs=OKRS)


def visible(one: Installation) -> tuple[object, ...]:
    """What people see, but for the definitions of ignore labels, which stay for those who use them."""
    defined = one.sandbox.github.repository("acme/shop").labels
    return one.labels(), one.notes(), sorted(name for name in defined if not name.endswith(":ignore"))


def settle(*installations: Installation) -> None:
    """Each syncs until it has nothing to do; none may make work for another."""
    for one in installations:
        assert one.run().exit_code == 0
    for one in installations:
        assert one.run().plan.changes == ()
        assert one.sandbox.log.writes() == []


def test_both_show_what_is_theirs_and_come_to_rest(acme: Installation, beta: Installation) -> None:
    settle(acme, beta)
    assert 2 in acme.notes().values(), "some tickets count for both"
    work_a_week(acme.sandbox)
    settle(acme, beta)


def test_one_that_leaves_takes_only_its_own(acme: Installation, beta: Installation) -> None:
    acme.run()
    before = visible(acme)
    beta.run()
    beta.run("clean")
    assert visible(acme) == before
    beta.run()
    acme.run("clean", full=True)
    assert any("beta" in label for labels in acme.labels().values() for label in labels)
    assert set(acme.notes().values()) == {1}
    assert beta.run().plan.changes == ()


def test_one_that_lost_its_store_takes_nothing_for_its_own(acme: Installation, beta: Installation) -> None:
    settle(acme, beta)
    before = visible(acme)
    acme.forget()
    assert acme.run(full=True).plan.changes == ()
    assert visible(acme) == before


def test_one_whose_store_and_key_result_are_gone_still_finds_its_label(acme: Installation, beta: Installation) -> None:
    settle(acme, beta)
    worn = {key for key, labels in acme.labels().items() if "okr:api-1" in labels}
    assert worn
    acme.forget()
    acme.okrs.write_text(acme.okrs.read_text().replace("id: api-1", "id: api-one"))
    acme.run(force=True)
    assert not [key for key, labels in acme.labels().items() if "okr:api-1" in labels]
    assert beta.run().plan.changes == ()


def test_twins_share_labels_and_keep_a_note_each(acme: Installation, twin: Installation) -> None:
    acme.run()
    alone = acme.labels()
    settle(twin, acme)
    assert acme.labels() == alone
    assert set(acme.notes().values()) == {2}


def test_a_twin_that_leaves_does_not_strip_the_other(acme: Installation, twin: Installation) -> None:
    settle(acme, twin)
    before = acme.labels()
    twin.run("clean")
    assert acme.labels() == before
    assert set(acme.notes().values()) == {1}
    assert acme.run().plan.changes == ()


def test_a_ticket_that_only_one_twin_links_stays_linked(acme: Installation, twin: Installation) -> None:
    settle(acme, twin)
    before = acme.labels()
    twin.okrs.write_text(twin.okrs.read_text().replace("labels: [latency]", "labels: [nothing]"))
    twin.run(force=True)
    assert acme.labels() == before
    settle(acme, twin)
    assert acme.labels() == before


def test_twins_with_other_titles_do_not_take_turns_on_a_labels_description(
    acme: Installation, twin: Installation
) -> None:
    twin.okrs.write_text(twin.okrs.read_text().replace("Ship the one-page checkout", "Another title"))
    for one in (acme, twin, acme, twin):
        one.run()
    assert twin.run().plan.changes == ()
    assert acme.run().plan.changes == ()


def test_a_last_twin_takes_the_labels_with_it(acme: Installation, twin: Installation) -> None:
    before = visible(acme)
    settle(acme, twin)
    twin.run("clean")
    acme.run("clean")
    assert acme.labels() == before[0]
    assert acme.notes() == {}


def test_one_that_writes_no_notes_keeps_its_labels_too(acme: Installation, tmp_path: Path, sandbox: Sandbox) -> None:
    quiet = second(tmp_path / "quiet", sandbox, label="okr:{{key_result}}", okrs=BETAS_OKRS)
    quiet.config.write_text(quiet.config.read_text().replace("note: true", "note: false"))
    quiet.run()
    before = quiet.labels()
    settle(acme, quiet)
    acme.run("clean", full=True)
    assert quiet.labels() == before
    assert quiet.run().plan.changes == ()
