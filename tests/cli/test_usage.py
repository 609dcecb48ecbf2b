"""Command lines that make no sense are refused in the words and the form of every other error."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from typer.testing import Result

Call = Callable[..., Result]


@pytest.mark.parametrize(
    ("typed", "told", "form"),
    [
        ("explain", "error: Missing argument 'KEY_RESULT'.", "explain [OPTIONS] KEY_RESULT"),
        ("plna", "Did you mean", "[OPTIONS] COMMAND [ARGS]..."),
        ("cycle clos", "close", "cycle [OPTIONS] COMMAND [ARGS]..."),
        ("plan --tickets -1", "--tickets", "plan [OPTIONS]"),
        (
            "checkin a-1 --note new button",
            "button: is too much; text with blanks in it needs quotes.",
            "checkin",
        ),
        ("checkin a-1 --value 2,8", "--value: must be a number such as 2.5.", "checkin"),
        ("checkin a-1 --until 2026-31-31", "'2026-31-31' is no date such as 2026-10-31.", "checkin"),
        ("serve --port 99999", "--port: must be at most 65535.", "serve [OPTIONS]"),
        ("status --conf x", "--config", "status [OPTIONS]"),
        ("--log yaml plan", "yaml", "[OPTIONS] COMMAND [ARGS]..."),
        ("plan --log yaml", "yaml", "plan [OPTIONS]"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_told_how_it_is_used(
    okrsync: Call, typed: str, told: str, form: str
) -> None:
    refused = okrsync(*typed.split())
    message, hint = refused.stderr.splitlines()
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert message.startswith("error: ")
    assert told in message
    assert hint.startswith("→ Usage: ")
    assert form in hint
    assert hint.endswith("; --help tells more.")


def test_no_word_of_a_parser_or_of_a_language_is_told(okrsync: Call) -> None:
    for typed in ("plan --tickets x", "plan --tickets -1", "checkin a-1 --value abc", "runs --last 0", "runs x"):
        told = okrsync(*typed.split()).stderr.lower()
        assert not any(word in told for word in ("input should", "integer", "parse", "value error")), told


def test_a_program_that_asked_for_json_hears_of_its_mistake_in_json(okrsync: Call) -> None:
    refused = json.loads(okrsync("plan", "--tickets", "x", "--json").stdout)
    assert refused["exit_code"] == 2
    assert "--tickets" in refused["error"]
    assert refused["hint"].startswith("Usage: ")


def test_whoever_types_no_command_gets_the_help(okrsync: Call) -> None:
    for typed in ((), ("store",), ("cycle",)):
        shown = okrsync(*typed)
        assert "Usage: " in shown.output
        assert "error" not in shown.stderr
