"""Measure: linked items in, a sample out, with what each item adds to it. Pure.

Items are streamed and never held: what a measure keeps is at most a few numbers an item.
"""

from okrsync.measure.reading import contributions, measure
from okrsync.measure.rollup import RollUp, progress_of, roll_up
from okrsync.measure.tally import Evidence

__all__ = ["Evidence", "RollUp", "contributions", "measure", "progress_of", "roll_up"]
