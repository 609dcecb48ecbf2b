"""The note as a reader sees it, in Jira's wiki markup, which both products take as plain text.

Every value that the template prints is escaped unless it was made here: titles and reasons come from files and
tickets, and must neither format anything nor mention anybody.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from okrsync.model.change import Note, NoteLine
from okrsync_jira.answers import clean

if TYPE_CHECKING:
    from jinja2 import Template

LINES = 12
"""Key results shown on one ticket; more are only counted."""

REASONS = 3

SIGNED = "okrsync keeps this note up to date."
"""Stands in every note, unescaped and whatever the labels are called."""

_TEMPLATE = """\
{% for line in lines -%}
*Key result {{ line.key_result }}:* {{ linked(line) }}
{{ how_far(line.tenth) }}{{ standing(line) }} · objective: {{ short(line.objective, 200) }}
This ticket: {{ short(line.counts, 100) }} · why: {{ because(line.reasons) }}

{% endfor -%}
{% if more %}… and {{ more }} more key results.

{% endif -%}
{{ signed }} To stop it on this ticket, add the label {{ ignore_label }}."""

_MARKUP = re.compile(r"[{}\[\]|*_^~+!?]|(?<!\w)-|-(?!\w)")
_FACES = re.compile(r"\(([!/?xyni*+-]|\*[rgby]|on|off|flag|flagoff)\)|(?<=[:;])([()]|[DP]\b)")
_LINKS = re.compile(r":(?=//)|\bmailto(?=:)|\bwww(?=\.)", re.IGNORECASE)
_URL_SAFE = "/:?&=#%,.;~@+$"


class Wiki(str):
    """Markup that goes out as it is."""

    __slots__ = ()


def render(note: Note) -> str:
    """Four lines for a ticket with one key result, three more for each further one; far below Jira's 32,767."""
    more = len(note.lines) - LINES
    return _template().render(lines=note.lines[:LINES], more=max(0, more), ignore_label=note.ignore_label)


def escape(text: str) -> Wiki:
    """Text that Jira shows as it was written: no formatting, links, macros, smileys, mentions or line breaks."""
    plain = clean(text, len(text)).replace("\\", "\0")
    unfaced = _FACES.sub(lambda face: f"(\u200b{face[1]})" if face[1] else f"\u200b{face[2]}", plain)
    marked = _MARKUP.sub(lambda sign: f"\\{sign[0]}", unfaced)
    unlinked = _LINKS.sub(lambda begun: f"{begun[0]}\u200b", marked)
    apart = unlinked.replace("@", "@\u200b").replace("<", "<\u200b")
    return Wiki(apart.replace("\0", "&#92;"))


def _finalize(value: object) -> object:
    return value if isinstance(value, Wiki) else escape(str(value))


def _short(text: str, limit: int) -> Wiki:
    return escape(clean(text, limit))


def _linked(line: NoteLine) -> Wiki:
    title = _short(line.title, 200)
    parts = urlsplit(line.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return title
    return Wiki(f"[{title}|{quote(line.url, safe=_URL_SAFE)}]")


def _how_far(tenth: int | None) -> Wiki:
    if tenth is None:
        return Wiki("no data yet")
    bar = "▰" * tenth + "▱" * (10 - tenth)
    return Wiki(f"{bar} reached" if tenth >= 10 else f"{bar} about {tenth * 10} %")


def _standing(line: NoteLine) -> Wiki:
    """The status and the pace in words, where there is something to say."""
    said = ", ".join(words for words in (line.status, line.pace) if words)
    return Wiki(f" · {_short(said, 120)}" if said else "")


def _because(reasons: tuple[str, ...]) -> Wiki:
    told = [_short(reason, 160) for reason in reasons[:REASONS]]
    rest = len(reasons) - REASONS
    return Wiki("; ".join([*told, f"and {rest} more"] if rest > 0 else told) or "linked")


@cache
def _template() -> Template:
    """Made with the first note; a run that writes none does without the template engine."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, finalize=_finalize)
    environment.globals |= {"linked": _linked, "how_far": _how_far, "standing": _standing}
    environment.globals |= {"short": _short, "because": _because, "signed": Wiki(SIGNED)}
    return environment.from_string(_TEMPLATE)
