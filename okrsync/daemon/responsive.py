"""A process whose threads all get on: webhooks are answered at once also while thousands of tickets are read."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH = 0.0005
"""Seconds after which a thread that computes lets another go on, a tenth of Python's own."""


@contextmanager
def responsive() -> Iterator[None]:
    """Threads take turns often, and what was loaded until now is not searched for garbage any more.

    That search stops every thread, for hundreds of milliseconds with all that a daemon has loaded.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)
