"""The first thing that runs: whoever presses Ctrl-C while the commands are still being loaded sees no traceback."""

from __future__ import annotations

from okrsync.interrupt import leave_quietly


def main() -> None:
    """Run the command line."""
    leave_quietly()
    from okrsync.cli.entry import main as command_line

    command_line()


if __name__ == "__main__":
    main()
