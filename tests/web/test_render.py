"""Templates as a running dashboard reads them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from okrsync.web import render


def test_a_running_dashboard_goes_on_with_the_templates_that_fit_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(render.HERE / "templates", tmp_path / "templates")
    monkeypatch.setattr(render, "HERE", tmp_path)
    running = render.environment.__wrapped__()
    names = running.list_templates()
    begun = {name: running.get_template(name) for name in names}
    for name in names:
        (folder / name).write_text("{{ what_only_newer_code_gives }}")
        os.utime(folder / name, (0, 0))
    assert {name: running.get_template(name) for name in names} == begun
