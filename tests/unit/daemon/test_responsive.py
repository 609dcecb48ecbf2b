"""Threads of the daemon get on beside each other."""

from __future__ import annotations

import gc
import sys
from types import SimpleNamespace

import pytest

from okrsync.daemon.responsive import SWITCH, responsive


class Kept(SimpleNamespace):
    """Something that the garbage collector looks at."""


def test_while_the_daemon_runs_threads_take_turns_often_and_nothing_old_is_searched_for_garbage() -> None:
    old, before = Kept(), sys.getswitchinterval()
    with responsive():
        assert sys.getswitchinterval() == pytest.approx(SWITCH)
        assert not any(one is old for one in gc.get_objects())
        fresh = Kept()
        assert any(one is fresh for one in gc.get_objects())
    assert sys.getswitchinterval() == pytest.approx(before)
    assert any(one is old for one in gc.get_objects())


def test_all_is_as_before_when_the_daemon_breaks() -> None:
    before = sys.getswitchinterval()
    with pytest.raises(OSError, match="broken"), responsive():
        raise OSError("broken")
    assert (sys.getswitchinterval(), gc.get_freeze_count()) == (pytest.approx(before), 0)
