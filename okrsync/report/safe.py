"""Text from trackers and files, made harmless where it is shown.

A ticket's title may hold escape sequences that repaint a terminal, or markup that a Markdown page or a
workflow log would obey. Whatever did not come from this program passes through here first.
"""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f]).*?(?:\x07|\x1b\\|\x9c|$)"  # OSC, DCS and other strings
    r"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACE = re.compile(r"[\s\u2028\u2029]+")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]|~#])")
_UNSEEN_IN_JSON = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def plain(text: str) -> str:
    """One line without escape sequences, control and direction characters, or lone surrogates."""
    visible = _SEQUENCE.sub("", text)
    visible = _UNSEEN.sub("", _SPACE.sub(" ", visible)).strip()
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
    """Plain text that Markdown shows as it is; nobody is mentioned and no tag is opened."""
    escaped = _MARKDOWN.sub(r"\\\1", plain(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")


def code(text: str) -> str:
    """Plain text as a Markdown code span, also inside a table."""
    spanned = plain(text).replace("`", "'").replace("|", "¦")
    return f"`{spanned}`"


def json_text(encoded: bytes) -> str:
    """JSON with invisible characters escaped, so that it is also harmless on a terminal."""
    return _UNSEEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", encoded.decode())
