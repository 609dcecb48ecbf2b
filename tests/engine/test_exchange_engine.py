"""A store that was really synced moves to another machine, and the next sync there goes on from it."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from installation import Installation
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session


def _call(acme: Installation, *arguments: str) -> Result:
    session = Session(config=acme.config, environ=acme.environ, now=acme.sandbox.clock.now)
    return CliRunner().invoke(app, list(arguments), obj=session)


def _moved(acme: Installation, folder: Path) -> Installation:
    """Another machine with the configuration, and nothing else."""
    folder.mkdir()
    shutil.copy(acme.config, folder)
    return Installation(folder, acme.sandbox, dict(acme.environ))


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_synced_store_moves_without_loss(acme: Installation, tmp_path: Path, form: str) -> None:
    assert acme.run("sync").exit_code == 0
    acme.sandbox.clock.advance(timedelta(days=1))
    for number in range(1, 10):
        acme.sandbox.github.close("acme/shop", number)
    assert acme.run("sync").exit_code == 0
    assert _call(acme, "checkin", "checkout-3", "--value", "2.4", "--confidence", "6", "--note", "-ok-").exit_code == 0
    exported = tmp_path / ("all.json" if form == "json" else "all.zip")
    assert _call(acme, "export", "--format", form, "--output", str(exported)).exit_code == 0

    other = _moved(acme, tmp_path / "other")
    assert _call(other, "import", str(exported)).exit_code == 0
    here, there = (json.loads(_call(one, "export").stdout) for one in (other, acme))
    assert here["history"] == there["history"]
    assert {name for name, rows in here["history"].items() if rows} >= {"items", "links", "samples", "checkins"}
    assert [one["content"] for one in here["okrs"]] == [one["content"] for one in there["okrs"]]

    readings = {name: acme.value(name) for name in ("checkout-1", "checkout-2", "api-1")}
    notes = acme.notes()
    report = other.run("sync")
    assert report.exit_code == 0
    assert report.writes == (), "notes and labels are recognised"
    assert acme.notes() == notes
    assert {name: other.value(name) for name in readings} == readings
    with other.open() as engine:
        assert len(engine.store.history.samples("checkout-1")) == 2, "the same reading again is no news"
