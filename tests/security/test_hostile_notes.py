"""Whatever a title or a reason holds, a note keeps its shape, pings nobody and links nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hostile import PINGS_ON_GITHUB, PINGS_ON_JIRA, TEXTS, WRITABLE, paints
from markdown_it import MarkdownIt
from markdown_it.token import Token
from okrsync_github import note as github_note
from okrsync_jira import note as jira_note

from okrsync import marker
from okrsync.model.change import Note, NoteLine

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
JIRA_MARKUP = re.compile(r"(?<!\\)[\[\]{}|*_^~+!]|\\\\|^(?:h[1-6]|bq)\.\s", re.MULTILINE)
"""What Jira would format: signs that no backslash takes the meaning of, line breaks, headings."""


def a_note(text: str, url: str = "") -> Note:
    line = NoteLine("checkout-1", text, text, 4, text, (text,) * 5, url)
    return Note((line, line), "okr:ignore")


def on_github(text: str) -> str:
    return github_note.render(a_note(text), marker.mark("acme", a_note(text)))


def leaves(markdown: str) -> Iterator[Token]:
    for token in GITHUB.parse(markdown):
        yield from token.children or [token]


def shape(markdown: str) -> list[tuple[str, str]]:
    """What a reader's browser would be told, without the words."""
    told = [(token.type, token.tag) for token in leaves(markdown) if token.type not in ("text", "text_special")]
    return [one for one, before in zip(told, [None, *told], strict=False) if one != before]


@pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE)
def test_a_note_on_github_keeps_its_shape(text: str) -> None:
    assert shape(on_github(text)) == shape(on_github("harmless"))
    assert [token.content for token in leaves(on_github(text)) if token.type == "html_inline"] == [
        token.content for token in leaves(on_github("harmless")) if token.type == "html_inline"
    ]


@pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE)
def test_a_note_on_github_pings_nobody(text: str) -> None:
    words = "".join(token.content for token in leaves(on_github(text)) if token.type in ("text", "text_special"))
    assert not PINGS_ON_GITHUB.search(words)
    assert not paints(on_github(text).replace("\n", ""))


@pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE)
def test_a_note_on_github_is_ours_and_nobody_elses(text: str) -> None:
    body = on_github(text)
    assert marker.find_hidden(body) == marker.mark("acme", a_note(text))
    assert body.count("<!--") == body.count("-->") == 1
    assert len(body.encode()) < 60_000


@pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE)
def test_a_note_on_jira_keeps_its_shape_and_pings_nobody(text: str) -> None:
    body, harmless = jira_note.render(a_note(text)), jira_note.render(a_note("harmless"))
    assert len(body.splitlines()) == len(harmless.splitlines())
    assert JIRA_MARKUP.findall(body) == JIRA_MARKUP.findall(harmless)
    assert not PINGS_ON_JIRA.search(body)
    assert not paints(body.replace("\n", ""))
    assert len(body) < 32_767


@pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE)
def test_a_template_in_a_text_is_not_carried_out(text: str) -> None:
    for body in (on_github(text), jira_note.render(a_note(text))):
        assert "49" not in body.replace("\\", "") or "49" in text
        assert "<class" not in body


@pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE)
def test_an_address_is_a_web_address_or_no_link(text: str) -> None:
    for url in (text, f"https://okr.example/{text}", f"javascript:{text}"):
        made = a_note("harmless", url)
        github = github_note.render(made, marker.mark("acme", made))
        links = [str(token.attrGet("href")) for token in leaves(github) if token.type == "link_open"]
        assert all(re.fullmatch(r"https?://[\x21-\x7e]+", link) for link in links)
        jira = jira_note.render(made)
        assert all(re.fullmatch(r"harmless\|https?://[\x21-\x7e]+", link) for link in re.findall(r"\[(.*?)\]", jira))
        assert jira.count("[") == jira.count("]") == jira.count("|")


def test_the_corpus_would_break_a_note_that_does_not_escape() -> None:
    broken = "- **checkout-1** {} · because: {}\n\n<sub>x</sub>"
    told = [name for name, text in TEXTS.items() if shape(broken.format(text, text)) != shape(broken.format("a", "a"))]
    assert {"html", "markdown", "markdown blocks", "line breaks"} <= set(told)
    assert {name for name, text in TEXTS.items() if PINGS_ON_GITHUB.search(text)} >= {"mentions", "cross-references"}
    assert {name for name, text in TEXTS.items() if PINGS_ON_JIRA.search(text)} >= {"jira mentions", "jira links"}
