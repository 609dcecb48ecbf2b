"""JSON as trackers really send it: half a character in one title must not cost a whole page.

Titles are cut in the middle of an emoji, and proxies and imports leave bytes that are no UTF-8. A strict decoder
refuses the answer because of them; what cannot be read becomes U+FFFD, the sign for exactly that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from okrsync.errors import BadAnswer, Transient

T = TypeVar("T")

_HALF = re.compile(
    rb"(?<!\\)((?:\\\\)*)"
    rb"(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
"""An escaped surrogate: a whole pair, which stays, or half of one. An even number of backslashes before it are text."""


def decoded(what: str, answer: bytes, decode: Callable[[bytes], T], *, hint: str) -> T:
    """The answer understood. ``decode`` raises msgspec's errors, ``what`` names the request.

    Raises BadAnswer for an answer of another shape or nested too deeply, and Transient for one that was cut off: it may
    come whole in a moment.
    """
    try:
        return decode(answer)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadAnswer(f"{what}: the answer has an unexpected shape ({error}).", hint=hint) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        if (legible := mended(answer)) != answer:
            return decoded(what, legible, decode, hint=hint)
        raise Transient(f"{what}: the answer was cut off.", hint="The next run tries again.") from None


def mended(answer: bytes) -> bytes:
    """The same JSON with U+FFFD for what is no character; the answer itself where nothing is wrong with it."""
    return _HALF.sub(lambda found: found[1] + (found[2] or rb"\ufffd"), answer.decode("utf-8", "replace").encode())
