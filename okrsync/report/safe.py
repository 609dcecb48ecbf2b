"""Text from trackers and files, made harmless where it is shown.

A ticket's title may hold escape sequences that repaint a terminal, or markup that a Markdown page or a
workflow log would obey. Whatever did not come from this program passes through here first.
"""

from __future__ import annotations

import json
import re

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f]).*?(?:\x07|\x1b\\|\x9c|$)"  # OSC, DCS and other strings
    r"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
_INVISIBLE = r"\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f"
_UNSEEN = re.compile(rf"[\x00-\x1f{_INVISIBLE}]")
_SPACE = re.compile(r"[\s\u2028\u2029]+")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]|~#])")
_TRIGGERS = re.compile(r"(@|#(?=\w)|:(?=//)|\bGH-(?=\d)|\bwww(?=\.))", re.IGNORECASE)
"""What GitHub makes a mention, a cross-reference or a link of, also without markup."""
_UNSEEN_IN_JSON = re.compile(rf"[\u2028\u2029{_INVISIBLE}]")


def plain(text: str) -> str:
    """One line without escape sequences, control and direction characters, or lone surrogates."""
    visible = _SEQUENCE.sub("", text)
    visible = " ".join(_UNSEEN.sub("", _SPACE.sub(" ", visible)).split())
    return visible.encode("utf-8", "replace").decode()


def shorten(text: str, width: int) -> str:
    """At most ``width`` characters of plain text."""
    line = plain(text)
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def web_address(url: str) -> str:
    """The address when it is one that a browser may open, else nothing."""
    address = plain(url)
    return address if re.fullmatch(r"https?://[^\s<>\"]+", address) else ""


def markdown(text: str) -> str:
    """Plain text that Markdown shows as it is: nobody is mentioned, nothing is linked and no tag is opened."""
    inert = _TRIGGERS.sub("\\1\u200b", plain(text))
    escaped = _MARKDOWN.sub(r"\\\1", inert)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Plain text as a Markdown code span, also inside a table."""
    spanned = plain(text).replace("`", "'").replace("|", "¦")
    return f"`{spanned}`"


def json_text(encoded: bytes) -> str:
    """JSON with invisible characters escaped, so that it is also harmless on a terminal."""
    return _UNSEEN_IN_JSON.sub(lambda found: json.dumps(found[0])[1:-1], encoded.decode())
