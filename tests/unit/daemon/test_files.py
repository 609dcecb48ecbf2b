"""The daemon's files: what changes while they are read is read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from installation import ENVIRON

from okrsync.app import App
from okrsync.daemon.files import Files
from okrsync.events import Silence

CONFIG = """\
okrs: [okrs.yaml]
connections:
  github: {type: github, repositories: [acme/shop]}
"""
OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - {id: checkout-3, title: Conversion, measure: {type: manual, start: 2, target: 3}}
"""


def title(app: App) -> str:
    (placed,) = app.okrs.placed
    return placed.key_result.title


def test_what_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    config, okrs = tmp_path / "okrsync.yaml", tmp_path / "okrs.yaml"
    config.write_text(CONFIG)
    okrs.write_text(OKRS)
    texts = ["Orders", "Sales in euros"]

    def open_app(**given: Any) -> App:
        app = App.open(config, environ=ENVIRON, **given)
        if texts:
            okrs.write_text(OKRS.replace("Conversion", texts.pop()))
        return app

    files = Files(open_app, config, Silence(), lambda: 0.0)
    assert title(files.heeded()) == "Conversion"
    assert title(files.opened()) == "Sales in euros"
    assert title(files.as_before()) == "Orders"
