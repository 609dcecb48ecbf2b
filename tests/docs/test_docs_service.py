"""The workflow of docs/service.md syncs, with the variables and the store that it names, and checks without secrets."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from installation import ENVIRON
from small_team import small_team
from typer.testing import CliRunner

from okrsync.cli import app
from okrsync.cli.session import Session

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "service.md").read_text("utf-8")
(TEXT,) = re.findall(r"<!-- workflow -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
WORKFLOW: dict[str, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["sync"]["steps"]


def cached() -> str:
    (path,) = (step["with"]["path"] for step in STEPS if step.get("uses", "").startswith("actions/cache@"))
    return str(path)


def test_the_job_of_the_page_syncs_twice_from_the_store_that_it_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (step,) = (step for step in STEPS if step.get("run", "").startswith("okrsync "))
    environ = {name: ENVIRON[name] for name in step["env"]}
    with small_team(tmp_path / "acme") as acme:
        monkeypatch.chdir(acme.folder)
        for run, writes in (("first", True), ("second", False)):
            session = Session(environ=environ, now=acme.sandbox.clock.now)
            acme.sandbox.log.clear()
            done = CliRunner().invoke(app, shlex.split(step["run"])[1:], obj=session)
            assert done.exit_code == 0, (run, done.stderr)
            assert bool(acme.sandbox.log.writes()) is writes, run
            left = {file.name for file in acme.folder.glob("okrsync.db*")}
            assert left - {"okrsync.db.lock"} == {cached()}, run


def test_the_job_may_do_what_the_page_on_security_asks_for_and_no_more() -> None:
    told = ", ".join(f"{name}: {power}" for name, power in WORKFLOW["permissions"].items())
    assert f"`permissions: {{{told}}}`" in (DOCS / "security.md").read_text("utf-8")
