"""What re-rendering does to a text: the words stay, the bytes do not."""

from __future__ import annotations

import re


def rendered(text: str) -> str:
    """Trailing spaces and surplus empty lines go, and lines end as in Jira's editor."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"(\r\n){3,}", "\r\n\r\n", "\r\n".join(lines))
