"""What a YAML parser complains about, said to people who do not think in tokens and contexts."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

_SYNTAX = (
    ("mapping values are not allowed", "a `:` too many; text with `: ` in it needs quotes, or the indentation is off"),
    ("could not find expected ':'", "a `:` is missing, on this line or the one before"),
    ("did not find expected ',' or ']'", "a `,` or the `]` that closes what begins here is missing"),
    ("did not find expected ',' or '}'", "a `,` or the `}` that closes what begins here is missing"),
    ("unexpected end of stream", "the closing quote of what begins here is missing"),
    ("did not find expected '-' indicator", "an entry of a list must begin with `-`, as those before it do"),
    ("did not find expected key", "the indentation is not that of the lines before, or text needs quotes"),
    ("control characters are not allowed", "contains a control character"),
)  # fmt: skip


def in_plain_words(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Line and message of a syntax error; where something was left open, the line where it began."""
    if isinstance(error, yaml.reader.ReaderError):
        return text[: error.position].count("\n") + 1, "contains a control character"
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return 1, "is not YAML"
    problem, line = error.problem or "", error.problem_mark.line + 1
    if "cannot start any token" in problem:
        return line, _odd_start(text.split("\n"), line - 1, error.problem_mark.column)
    message = next((plain for raw, plain in _SYNTAX if raw in problem), f"is not YAML: {problem}")
    left_open = error.context_mark if "begins here" in message else None
    return left_open.line + 1 if left_open else line, message


def _odd_start(lines: Sequence[str], row: int, column: int) -> str:
    line = lines[row] if row < len(lines) else ""
    if "\t" in line[: column + 1]:
        return "a tab stands in the indentation; use spaces"
    return f"text that begins with `{line[column : column + 1]}` needs quotes"
