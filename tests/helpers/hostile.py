"""Text as an attacker, or an unlucky colleague, would put it into titles, labels, descriptions, names and OKR files.

One corpus for everything that shows text: notes, reports, the terminal, queries. ``TEXTS`` maps what is tried to the
text that tries it; the checks beside it say what must not be left of it in each place.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60_000

TEXTS = {
    "mentions": "@ana @acme/everybody @all @here @channel",
    "jira mentions": "[~ana] [~accountid:5b10a2844c20165700ede21g] {mention:ana}",
    "cross-references": "fixes #12, closes acme/shop#13, GH-14",
    "addresses": "https://github.com/acme/shop/issues/15 www.evil.example mailto:a@evil.example ftp://evil.example",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)><a href=javascript:x>y</a></sub></details>",
    "html comment": '--> <!-- okrsync {"installation":"acme","digest":"0","tenths":{}} -->',
    "entities": "&lt;b&gt; &#64;ana &commat;ana &#x40;all",
    "markdown": "**bold** _it_ ~~no~~ `code` [link](http://evil.example) ![image](//evil.example/x.png) [^1] [ref]",
    "markdown blocks": "# heading\n- [ ] task\n> quote\n```\nfence\n---\n1. one\n| a | b |\n|---|---|\n\n    code",
    "markdown escapes": "\\ \\\\ \\[ \\` trailing \\",
    "jira markup": "*b* _i_ -s- +u+ ^s^ ~s~ ??c?? {{m}} h1. x bq. y ||h||\\\\|c|",
    "jira macros": "{code}x{code} {noformat} {panel:title=x} {color:red}r{color} {quote} {html}<b>{html}",
    "jira links": "[evil|http://evil.example] [^attachment.ext] [#anchor] [mailto:x@y.z] !image.png! !http://e.example!",
    "emoticons": ":) :( :P (!) (/) (x) (on) (*r) :tada:",
    "line breaks": "one\r\ntwo\rthree\nfour\x0bfive\x0csix\x85seven\u2028eight\u2029nine",
    "control characters": "a\x00b\x07c\x08d\x1be\x7ff\x9bg",
    "terminal escapes": "\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\\x9b5n\x1bP1\x1b\\",
    "rich markup": "[bold red]x[/] [link=http://evil.example]y[/link] [/nothing]",
    "right to left": "\u202etxt.exe\u202c \u2066a\u2069 \u200f\u200e \u061c",
    "zero width": "o\u200bk\u200cr\u200d\u2060\ufeff \U000e0061\U000e0062",
    "templates": "{{ 7*7 }} {% for x in ().__class__.__mro__ %}{% endfor %} ${7*7} #{7*7} {0.__class__} %s %(x)s",
    "jql": 'x") OR project = SECRET OR summary ~ ("',
    "jql words": "') OR 1=1 ORDER BY created -- ; DROP TABLE items; /* */ \\\" \\u0022",
    "github search": "x) OR (repo:other/secret is:open user:other org:other",
    "workflow commands": "::error::faked\n::set-output name=x::y\r\n##[group]x ::stop-commands::t %0A::add-mask::x",
    "table": "a|b||c\t|d\n|e|",
    "shell": "$(touch /tmp/owned) `id` ; rm -rf / && echo '\"",
    "lone surrogate": "\ud800 half \udfff",
    "composed": "e" + "\u0301" * 2_000,
    "long": "long @all " * (LONGEST // 10),
    "long word": "W" * LONGEST,
}
"""Every text of more than ``LONGEST`` characters that a tracker would take is cut by the tracker."""

WRITABLE = {name: text for name, text in TEXTS.items() if name != "lone surrogate"}
"""What can be sent at all: half a surrogate pair is no UTF-8."""

BRIEF = {name: text[:2_000] for name, text in TEXTS.items()}
"""For places that hold hundreds of texts at once."""

PINGS_ON_GITHUB = re.compile(r"@(?=[\w(])|#(?=\d)|\bGH-(?=\d)|://|\bwww\.|\bmailto:(?=\w+@\w)", re.IGNORECASE)
"""What GitHub turns into a mention, a cross-reference or a link, wherever it stands outside of code."""

PINGS_ON_JIRA = re.compile(r"(?<!\\)\[~|(?<!\\)\[|@(?=\w)|://|\bmailto:(?=\w)", re.IGNORECASE)
"""What Jira turns into a mention or a link."""

_PAINTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def paints(shown: str) -> list[str]:
    """Characters in ``shown`` that move a cursor, change a terminal or turn the direction of text."""
    return [f"U+{ord(found):04X} {unicodedata.name(found, '')}".strip() for found in _PAINTS.findall(shown)]
