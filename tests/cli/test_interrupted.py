"""Ctrl-C ends whatever is going on without a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import Terminal

from okrsync import interrupt

pytestmark = pytest.mark.real_time

PRESSED_WHILE_LOADING = """
import os, signal, sys
from okrsync.__main__ import main

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
sys.argv = ["okrsync", *{arguments!r}]
main()
"""


@pytest.mark.parametrize("module", ["okrsync.cli.entry", "typer", "okrsync.cli.status"])
def test_ctrl_c_while_the_commands_are_loaded_ends_without_a_word(module: str) -> None:
    code = PRESSED_WHILE_LOADING.format(module=module, arguments=("status",))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (interrupt.INTERRUPTED, "", "")


def test_ctrl_c_once_the_command_is_at_work_is_told(tmp_path: Path) -> None:
    (tmp_path / "okrsync.yaml").write_text("okrs: [okrs/*.yaml]\n")
    code = PRESSED_WHILE_LOADING.format(module="okrsync.app", arguments=("status",))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (interrupt.INTERRUPTED, "")
    assert ended.stderr.strip().startswith("interrupted")
    assert "Traceback" not in ended.stderr


def test_ctrl_c_while_a_class_is_made_ends_with_the_same_code(tmp_path: Path) -> None:
    (tmp_path / "okrsync.yaml").write_text("okrs: [okrs/*.yaml]\n")
    code = PRESSED_WHILE_LOADING.format(module="okrsync.app", arguments=("status",))
    pressed = "os.kill(os.getpid(), signal.SIGINT)"
    within = code.replace(pressed, f'exec("{pressed}; [0 for _ in range(9999)]")')
    (tmp_path / "pressed.py").write_text(within)
    ended = subprocess.run([sys.executable, "-m", "pressed"], capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (interrupt.INTERRUPTED, "")
    assert ended.stderr.strip().startswith("interrupted")


def test_who_was_made_deaf_to_ctrl_c_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        interrupt.leave_quietly()
        with interrupt.raised():
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("moment", ["okrsync check", "okrsync plan", "Three weeks go by"])
def test_ctrl_c_in_the_demo_ends_it_and_leaves_nothing(tmp_path: Path, moment: str) -> None:
    with Terminal("demo", environ={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.until(moment)
        terminal.press_ctrl_c()
        assert terminal.ended() == interrupt.INTERRUPTED, terminal.printed
    assert "The demo is stopped" in terminal.printed
    assert "the next run goes on" not in terminal.printed
    assert "Traceback" not in terminal.printed
    assert list(tmp_path.iterdir()) == []


def test_the_demo_asks_nobody_anything(tmp_path: Path) -> None:
    with Terminal("demo", environ={"TMPDIR": str(tmp_path)}, width=80) as terminal:
        assert terminal.ended() == 0, terminal.printed
    assert "That was it." in terminal.printed
    assert "[y/N]" not in terminal.printed


def test_ctrl_c_at_a_question_is_an_interruption_and_nothing_is_done(tmp_path: Path) -> None:
    with Terminal("init", "--directory", str(tmp_path), environ={}) as terminal:
        terminal.asked("GitHub repositories")
        terminal.press_ctrl_c()
        assert terminal.ended() == interrupt.INTERRUPTED
    assert "Stopped; nothing was done." in terminal.printed
    assert "--help" not in terminal.printed
    assert list(tmp_path.iterdir()) == []
