"""What is wrong with a command line, told as every other error is, and in words rather than a parser's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from okrsync.errors import ConfigError

_IN_WORDS = (
    (r"Invalid value for '([^']+)'[^:]*: ", r"\1: "),
    (r"Value error, ", ""),
    (r"Input should be a valid integer.*", "must be a whole number."),
    (r"Input should be a valid number.*", "must be a number such as 2.5."),
    (r"Input should be greater than or equal to (\S+)", r"must be at least \1."),
    (r"Input should be less than or equal to (\S+)", r"must be at most \1."),
    (r"('[^']*') does not match the formats? .*", r"\1 is no date such as 2026-10-31."),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", r"\1: is too much; text with blanks in it needs quotes."),
)


@contextmanager
def usage_told(ctx: Any) -> Iterator[None]:
    """Turn what the parser refuses into a ConfigError that names the command's form; asking for help is no refusal."""
    try:
        yield
    except Exception as error:
        if not hasattr(error, "format_message") or type(error).__name__ == "NoArgsIsHelpError":
            raise
        form = " ".join(ctx.get_usage().split())
        raise ConfigError(in_words(error.format_message()), hint=f"{form}; --help tells more.") from None


def in_words(message: str) -> str:
    """What the parser says, plainly: it speaks of formats, inputs and parsing.

    >>> in_words("Invalid value for '--tickets': Input should be a valid integer, unable to parse")
    '--tickets: must be a whole number.'
    """
    for pattern, words in _IN_WORDS:
        message = re.sub(pattern, words, message, flags=re.DOTALL)
    return message
