"""Secrets that are in use, and the one way to write text in which none of them shows.

A secret leaks in forms of its own: in base64 behind ``Basic``, quoted in an address, escaped in JSON. Every text that
leaves the program passes :func:`mask`: errors when they are made, log records when they are born, structlog's events
before they are rendered, and whatever a command prints. The knowledge is the process's, as logging itself is.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    import logging

MASK = "***"

SHORTEST = 6
"""Characters. What is shorter cannot be told from an ordinary word, and is no secret either."""

KEPT = 256
"""The latest secrets that are remembered: a daemon meets a new installation token every hour, a key has 50 lines."""

_BASE64 = "[A-Za-z0-9+/_-]"

Value = TypeVar("Value")


class Redactor:
    """Knows secrets and masks them. Thread-safe: a change replaces what readers hold, and never edits it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: dict[str, dict[str, bool]] = {}
        self._forms: dict[str, bool] = {}
        self._pattern: re.Pattern[str] | None = None

    def learn(self, secret: str) -> None:
        """Mask this from now on; of several lines (a private key) each is a secret of its own."""
        parts = [part for line in secret.splitlines() if len(part := line.strip()) >= SHORTEST and part[:5] != "-----"]
        with self._lock:
            known = self._secrets.keys() >= set(parts)
            for part in parts:
                self._secrets[part] = self._secrets.pop(part, {}) or _forms(part)
            while len(self._secrets) > KEPT:
                del self._secrets[next(iter(self._secrets))]
            if not known:
                every = {form: coded for forms in self._secrets.values() for form, coded in forms.items()}
                self._pattern, self._forms = None, every

    def mask(self, text: str) -> str:
        """The text with every known secret, in whatever form, replaced."""
        forms = self._forms
        if not any(form in text for form in forms):
            return text
        pattern = self._pattern or _any_of(forms)
        if forms is self._forms:
            self._pattern = pattern
        return pattern.sub(MASK, text)

    def masked(self, value: Any) -> Any:
        """The same for texts anywhere in mappings, lists and tuples; other objects are kept unless they show one."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, Mapping):
            return {self.masked(key): self.masked(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.masked(inner) for inner in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        shown = str(value)
        return value if self.mask(shown) == shown and self.mask(repr(value)) == repr(value) else self.mask(shown)


def _any_of(forms: Mapping[str, bool]) -> re.Pattern[str]:
    """The longest first, since one may be the beginning of another; True marks those in base64."""
    ordered = sorted(forms, key=len, reverse=True)
    return re.compile("|".join(_with_edges(form) if forms[form] else re.escape(form) for form in ordered))


def _forms(secret: str) -> dict[str, bool]:
    return dict.fromkeys(_encoded(secret), True) | dict.fromkeys(_written(secret), False)


def _written(secret: str) -> Iterator[str]:
    """The secret as text, and as addresses, JSON, Python and HTML write it."""
    import html
    import json
    from urllib.parse import quote, quote_plus

    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
    yield html.escape(secret)


def _encoded(secret: str) -> Iterator[str]:
    """What base64 makes of the secret wherever it stands in a longer text, behind ``user:`` say.

    Three bytes become four characters, so there are three ways to be cut; only the characters that hold nothing of
    the neighbours are sure to be there.
    """
    from base64 import b64encode
    from urllib.parse import quote

    data = secret.encode()
    for before in range(3):
        whole = b64encode(bytes(before) + data).decode()
        inner = whole[-(-8 * before // 6) : 8 * (before + len(data)) // 6]
        for form in (inner, inner.translate(str.maketrans("+/", "-_"))):
            yield form
            yield quote(form, safe="")


def _with_edges(form: str) -> str:
    """Also the characters beside it, which hold the last bits."""
    return f"{_BASE64}{{0,2}}{re.escape(form)}{_BASE64}{{0,2}}(?:=|%3D){{0,2}}"


_process = Redactor()


def learn(secret: str) -> None:
    """Mask this secret in everything the process says from now on."""
    _process.learn(secret)
    guard_logging()
    guard_threads()


def mask(text: str) -> str:
    """The text without the secrets that are in use."""
    return _process.mask(text)


def masked(value: Any) -> Any:
    """A value of texts, mappings and lists without them."""
    return _process.masked(value)


def traceback_of(error: BaseException) -> str:
    """A plain traceback: pretty ones show variables, and what libraries say may quote headers."""
    import traceback

    return mask("".join(traceback.format_exception(error)))


def processor(logger: object, method: str, event: Value) -> Value:
    """For structlog: last before the renderer for what is logged, and after it for the tracebacks it made."""
    return cast(Value, masked(event))


def guard_logging() -> None:
    """Make the standard library's log records harmless at birth, whoever handles them. A second call does nothing."""
    import logging

    make = logging.getLogRecordFactory()
    if getattr(make, "masks", False):
        return

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return _harmless(make(*args, **kwargs))

    record.masks = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)


def guard_threads() -> None:
    """Mask what is told of threads that die of an error nobody caught."""
    import traceback

    def told(died: threading.ExceptHookArgs) -> None:
        shown = traceback.format_exception(died.exc_type, died.exc_value, died.exc_traceback)
        sys.stderr.write(mask("".join(shown)))

    threading.excepthook = told


def _harmless(record: logging.LogRecord) -> logging.LogRecord:
    """Formatters take ``exc_text`` as it is where it is there, so no handler formats the traceback again."""
    import traceback

    try:
        said = record.getMessage()
    except (TypeError, ValueError, KeyError):
        said = f"{record.msg} {record.args}"
    if (shown := mask(said)) != said:
        record.msg, record.args = shown, ()
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = mask("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
    if record.stack_info:
        record.stack_info = mask(record.stack_info)
    return record


class _Masking:
    """A text stream that masks what is written and is otherwise the one it wraps."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(mask(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def masking(stream: IO[str]) -> IO[str]:
    """The stream for everything that people and programs read of ours."""
    return cast(IO[str], _Masking(stream))
