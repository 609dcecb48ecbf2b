"""The note on a ticket, as Markdown: calm, short, and nobody is pinged.

Titles and reasons come from files and tickets, so they are escaped for Markdown and HTML, and nothing in them
becomes a mention, a cross-reference or a link (GitHub makes those from bare text too).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from okrsync import marker
from okrsync.model.change import Note, NoteLine

if TYPE_CHECKING:
    from jinja2 import Template

MOST_KEY_RESULTS = 10
MOST_REASONS = 4
_ZERO_WIDTH = "\u200b"

_MARKDOWN = re.compile(r"([\\`*_{}\[\]|~$#])")
_TRIGGERS = re.compile(r"(@|#(?=\w)|:(?=//)|\bGH-(?=\d)|\bwww(?=\.))", re.IGNORECASE)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_TEMPLATE = """\
**This {{ "ticket counts for a key result" if lines | length == 1 else "ticket counts for key results" }}**
{% for line in lines %}
- {{ line | title }}{% if line.objective %} ({{ line.objective | text(120) }}){% endif %}

  {{ line.tenth | progress }}{{ line | standing }}{% if line.counts %} · here: {{ line.counts | text(80) }}{% endif %}
{%- if line.reasons %} · because: {{ line.reasons | reasons }}{% endif %}
{% endfor %}
{%- if more %}
- and {{ more }} more
{% endif %}
<sub>okrsync keeps this one note up to date. To stop it, add the label {{ ignore | code }}.</sub>
"""


def render(note: Note, own: marker.Mark) -> str:
    """Below 60,000 characters, with the ownership mark at its end."""
    lines = note.lines[:MOST_KEY_RESULTS]
    body = _template().render(lines=lines, more=len(note.lines) - len(lines), ignore=note.ignore_label)
    return f"{body.strip()}\n{marker.hidden(own)}"


def plain(text: str, most: int) -> str:
    """One line without control and format characters, at most ``most`` long."""
    seen = [char for char in text[: most * 4] if unicodedata.category(char) != "Cf"]
    line = " ".join("".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in seen).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def escape(text: str, most: int = 100) -> str:
    """Text that GitHub shows as it was written and takes no hint from."""
    inert = _TRIGGERS.sub(rf"\1{_ZERO_WIDTH}", plain(text, most))
    return _MARKDOWN.sub(r"\\\1", inert.translate(_ENTITIES))


def code(text: str) -> str:
    """As inline code: no mark-up inside it means anything, and nobody is pinged."""
    return f"`{plain(text, 60).replace('`', '')}`"


def bar(tenth: int | None) -> str:
    """Progress in tenths as words and a small bar."""
    if tenth is None:
        return "no data yet"
    filled = min(10, max(0, tenth))
    return f"{'▰' * filled}{'▱' * (10 - filled)} {'reached' if filled == 10 else f'about {filled * 10} %'}"


def _standing(line: NoteLine) -> str:
    """The status and the pace in words, where there is something to say."""
    said = ", ".join(words for words in (line.status, line.pace) if words)
    return f" · {escape(said, 120)}" if said else ""


def _title(line: NoteLine) -> str:
    name = f"**{escape(line.key_result, 40)}** {escape(line.title, 160)}"
    address = _link(line.url)
    return f"[{name}]({address})" if address else name


def _link(url: str) -> str:
    """The page of a key result, or nothing where that is no plain web address."""
    if not re.fullmatch(r"https?://\S{1,500}", url):
        return ""
    return quote(url, safe=":/?#&=%@+,;~-._!")


def _reasons(reasons: tuple[str, ...]) -> str:
    shown = [escape(reason) for reason in reasons[:MOST_REASONS]]
    more = len(reasons) - len(shown)
    return "; ".join([*shown, f"and {more} more"] if more > 0 else shown)


@cache
def _template() -> Template:
    """Made with the first note; a run that writes none does without the template engine."""
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(autoescape=False)
    environment.filters.update(text=escape, code=code, progress=bar, standing=_standing, title=_title, reasons=_reasons)
    return environment.from_string(_TEMPLATE)
