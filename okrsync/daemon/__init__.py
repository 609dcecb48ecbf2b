"""The daemon: a process that keeps everything in sync, and the dashboard with it where it is configured."""

from okrsync.daemon.loop import Daemon
from okrsync.daemon.start import run_daemon
from okrsync.events import logger

__all__ = ["Daemon", "logger", "run_daemon"]
