"""Whatever tickets and files say, reports keep their shape: on a terminal, as Markdown and JSON, in a workflow."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import msgspec
import pytest
import report_values as values
from hostile import BRIEF, LONGEST, PINGS_ON_GITHUB, TEXTS, WRITABLE, paints
from markdown_it import MarkdownIt
from rich.console import Console, RenderableType

from okrsync.errors import ConfigError, OkrsyncError, Problem
from okrsync.model.run import LeftAlone
from okrsync.report.actions import of_error, of_run
from okrsync.report.explain import explain_text
from okrsync.report.machine import as_json
from okrsync.report.markdown import plan_markdown, run_markdown
from okrsync.report.plan import plan_text
from okrsync.report.run import run_text
from okrsync.report.status import status_text

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
STYLES = re.compile(r"\x1b\[[0-9;]*m|\x1b]8;id=[0-9-]+;https?://[\x21-\x7e]*\x1b\\|\x1b]8;;\x1b\\")
"""What Rich itself sends: colours, and links to plain addresses."""

ANY = pytest.mark.parametrize("text", BRIEF.values(), ids=BRIEF)


def poisoned(value: Any, text: str) -> Any:
    """The value with every text in it replaced."""
    if type(value) is str:
        return text
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(
            value, **{name: poisoned(getattr(value, name), text) for name in value.__struct_fields__}
        )
    if isinstance(value, tuple):
        return tuple(poisoned(one, text) for one in value)
    return dict.fromkeys([text], next(iter(value.values()))) if isinstance(value, dict) and value else value


def report(text: str, kind: str = "sync") -> Any:
    alone = tuple(LeftAlone(one.ref, "closed") for one in values.plan().left_alone)
    made = values.report(writes=values.writes(), kind=kind, plan=values.plan(left_alone=alone))
    return msgspec.structs.replace(poisoned(made, text), kind=kind)


def renderings(text: str) -> list[RenderableType]:
    objectives = poisoned((values.objective(),), text)
    return [
        run_text(report(text)),
        plan_text(report(text)),
        status_text(objectives, now=values.NOW),
        explain_text(poisoned(values.explanation(), text)),
    ]


def shown(renderable: RenderableType, *, terminal: bool) -> str:
    console = Console(
        file=io.StringIO(), width=120, force_terminal=terminal, highlight=False, markup=False, emoji=False
    )
    console.print(renderable, soft_wrap=not terminal)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


@ANY
def test_a_pipe_gets_no_control_character(text: str) -> None:
    for rendering in renderings(text):
        assert not paints(shown(rendering, terminal=False))


@ANY
def test_a_terminal_gets_no_sequence_that_is_not_ours(text: str) -> None:
    for rendering in renderings(text):
        assert not paints(STYLES.sub("", shown(rendering, terminal=True)))


@ANY
def test_a_markdown_page_keeps_its_shape_and_pings_nobody(text: str) -> None:
    for page in (run_markdown, plan_markdown):
        told, harmless = (_told(page(report(one))) for one in (text, "harmless"))
        assert told["shape"] == harmless["shape"]
        assert set(told["html"]) <= {"<br>"}
        assert not PINGS_ON_GITHUB.search(told["words"])
        assert not paints(page(report(text)).replace("\n", ""))


def _told(markdown: str) -> dict[str, Any]:
    tokens = MARKDOWN.parse(markdown)
    inside = [child for token in tokens for child in token.children or ()]
    words = "".join(token.content for token in inside if token.type in ("text", "text_special"))
    html = [token.content for token in [*tokens, *inside] if token.type in ("html_inline", "html_block")]
    return {"shape": [token.type for token in tokens], "words": words, "html": html}


def test_one_endless_title_breaks_no_report() -> None:
    harmless = values.report(writes=values.writes(), dangling=())
    endless = msgspec.structs.replace(harmless, movements=poisoned(harmless.movements, TEXTS["long"]))
    assert len(endless.movements[0].title) == LONGEST
    told = _told(run_markdown(endless))
    assert told["shape"] == _told(run_markdown(harmless))["shape"]
    assert not PINGS_ON_GITHUB.search(told["words"])
    assert not paints(shown(run_text(endless), terminal=False))
    assert json.loads(as_json(endless))["movements"][0]["title"] == TEXTS["long"]


@pytest.mark.parametrize("text", [text for name, text in BRIEF.items() if name in WRITABLE])
def test_json_says_what_was_said_and_paints_nothing(text: str) -> None:
    encoded = as_json(report(text))
    assert json.loads(encoded)["movements"][0]["title"] == text
    assert not paints(encoded.replace("\n", ""))


@ANY
def test_a_workflow_obeys_one_command_a_line_and_it_is_ours(text: str) -> None:
    problems = (Problem(text, 3, text, text),)
    errors = (OkrsyncError(text, hint=text), ConfigError(text, hint=text, problems=problems))
    annotations = [*of_run(report(text)), *(line for error in errors for line in of_error(error))]
    assert annotations
    for line in annotations:
        assert len(line.splitlines()) == 1
        command, properties, _ = re.split(r"(?<=^::error)(.*?)(?=::)", line, maxsplit=1)
        assert command == "::error"
        assert re.fullmatch(r"( (file|line|title)=[^:,]*(,(line|title)=[^:,]*)*)?", properties)
        assert not paints(line)
