"""okrsync.yaml and the environment, checked and resolved."""

from __future__ import annotations

from okrsync.settings.load import load_settings
from okrsync.settings.model import General, Schedule, Settings

__all__ = ["General", "Schedule", "Settings", "load_settings"]
