"""OKR files: YAML to model, with every error named by file and line."""

from __future__ import annotations

from okrsync.okrfile.across import Surroundings
from okrsync.okrfile.links import LONGEST_LABEL
from okrsync.okrfile.read import load_okrs

__all__ = ["LONGEST_LABEL", "Surroundings", "load_okrs"]
