"""What a reader must not know of, found in words that were made for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable


def mentions(names: Iterable[str]) -> Callable[[str], bool]:
    """Whether a text holds one of these ids or titles as a whole word, in whatever case."""
    longest_first = sorted({name for name in names if name}, key=len, reverse=True)
    if not longest_first:
        return lambda text: False
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
    return lambda text: pattern.search(text) is not None
