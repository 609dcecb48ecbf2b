"""The README's help blocks follow the program."""

from __future__ import annotations

import subprocess

import pytest
import readme_help

STALE = "before\n<!-- help:sync -->\n```text\nold words\n```\n<!-- help:end -->\nafter\n"


def test_a_stale_block_is_renewed_and_the_rest_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readme_help, "help_of", lambda command: f"help of {command}")
    renewed = "before\n<!-- help:sync -->\n```text\nhelp of sync\n```\n<!-- help:end -->\nafter\n"
    assert readme_help.renew(STALE) == renewed
    assert readme_help.renew(renewed) == renewed


def test_an_empty_block_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readme_help, "help_of", lambda command: f"help of <{command}>")
    assert "help of <>" in readme_help.renew("<!-- help: -->\n<!-- help:end -->")


def test_a_text_without_blocks_stays_as_it_is() -> None:
    assert readme_help.renew("# nothing here\n") == "# nothing here\n"


def test_help_is_plain_and_no_wider_than_promised() -> None:
    said = readme_help.help_of("sync")
    assert "Usage: okrsync sync" in said
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= readme_help.WIDTH


def test_an_unknown_command_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        readme_help.help_of("no-such-command")
