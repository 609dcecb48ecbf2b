"""Apply: a plan's changes are made, each with its intent stored before and its receipt after.

At the pace that a tracker takes, and without insisting where it does not let the account write.
"""

from okrsync.apply.applier import Applier, observe
from okrsync.apply.pace import Pace, memory

__all__ = ["Applier", "Pace", "memory", "observe"]
