"""The command line: a door that parses, shows and exits with a code, and decides nothing.

Imports here are paid for by every ``okrsync --help``; whatever is heavy is imported inside the commands.
"""

from okrsync.cli.entry import app, main

__all__ = ["app", "main"]
