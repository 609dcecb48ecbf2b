"""Keeps the README's help texts those of the program.

A block that starts with ``<!-- help:sync -->`` and ends with ``<!-- help:end -->`` holds what
``okrsync sync --help`` prints (``<!-- help: -->`` for ``okrsync --help``), 100 columns wide and without colour.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100
_BLOCK = re.compile(r"(?P<begin><!-- help:(?P<command>[\w ]*) -->\n).*?(?P<end><!-- help:end -->)", re.DOTALL)


def help_of(command: str) -> str:
    """Raises CalledProcessError where there is no such command."""
    program = Path(sysconfig.get_path("scripts"), "okrsync")
    plain = {"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"}
    environ = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "GITHUB_ACTIONS")}
    arguments = [str(program), *command.split(), "--help"]
    said = subprocess.run(arguments, env=environ | plain, check=True, capture_output=True, text=True).stdout
    return "\n".join(line.rstrip() for line in said.strip("\n").split("\n"))


def renew(text: str) -> str:
    """The README's text with every help block as it should be."""

    def block(found: re.Match[str]) -> str:
        return f"{found['begin']}```text\n{help_of(found['command'].strip())}\n```\n{found['end']}"

    return _BLOCK.sub(block, text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    wish = parser.add_mutually_exclusive_group(required=True)
    wish.add_argument("--check", action="store_true", help="fail when the README says something else")
    wish.add_argument("--write", action="store_true", help="write the blocks anew")
    asked = parser.parse_args()
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    fresh = renew(text)
    if asked.write:
        readme.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        print("README.md shows other help texts than the program: run `make format`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
