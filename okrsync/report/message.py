"""Messages to people outside: plain text that calls nobody, whatever titles and notes say."""

from __future__ import annotations

import re

from okrsync.report.safe import plain

_CALLS = re.compile(r"@(?=\w)|<(?=[!@#])")
"""What chats make a mention or a channel's alarm of."""


def harmless(text: str) -> str:
    """One line that a chat shows as it is."""
    return _CALLS.sub(lambda found: f"{found[0]}\u200b", plain(text))
