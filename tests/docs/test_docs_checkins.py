"""The worked example of docs/checkins.md, command by command."""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from practising import practise

from okrsync.settings.rhythm import CheckInDays

PAGE = Path(__file__).parents[2] / "docs" / "checkins.md"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def retold(folder: Path) -> list[str]:
    """The console blocks again, with what the commands really print."""
    (okrs,) = blocks("yaml")
    shop = practise(folder, okrs=okrs)
    shop.know(progress=None)
    told = []
    for block in blocks("console"):
        lines = []
        for line in block.splitlines():
            if line.startswith("@ "):
                shop.now = datetime.fromisoformat(line[2:]).replace(tzinfo=ZoneInfo("Europe/Berlin"))
                lines.append(line)
            elif line.startswith("$ okrsync "):
                result = shop.call(*shlex.split(line.removeprefix("$ okrsync ")))
                assert result.exit_code == 0, result.output
                lines += [line, *(row.rstrip() for row in result.output.rstrip().splitlines())]
        told.append("\n".join(lines) + "\n")
    return told


def test_the_worked_example_is_what_the_commands_print(tmp_path: Path) -> None:
    assert retold(tmp_path / "shop") == blocks("console")


def test_the_page_tells_the_defaults() -> None:
    text, days = PAGE.read_text("utf-8"), CheckInDays()
    told = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE))
    written = {"weekday": days.weekday, "every": f"{days.every.days}d", "hour": str(days.hour)}
    assert told == written | {"stale": f"{days.stale.days}d"}
