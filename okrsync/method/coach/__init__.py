"""The coach: rules over OKR files, work and history that find what is worth a talk. Pure; it never stops anything.

Source: the list "The coach" of the method. What each rule is called and how much it weighs is in
:mod:`okrsync.model.rules`; here is how each is found.
"""

from okrsync.method.coach.finding import Facts, Finding, Orphans, Overlap, Scored, TargetMove, Work
from okrsync.method.coach.findings import CHECKS, find, ordered

__all__ = ["CHECKS", "Facts", "Finding", "Orphans", "Overlap", "Scored", "TargetMove", "Work", "find", "ordered"]
