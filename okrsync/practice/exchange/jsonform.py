"""The archive as one JSON file: the form that loses nothing, not even the comments of the OKR files."""

from __future__ import annotations

import msgspec

from okrsync.practice.exchange.archive import FORMAT, VERSION, Archive, unfit
from okrsync.store.archive import TABLES


def as_json(archive: Archive) -> bytes:
    """Indented, with the fields in a fixed order: the same data is the same text."""
    return msgspec.json.format(msgspec.json.encode(archive), indent=1) + b"\n"


class _Head(msgspec.Struct):
    format: str = ""
    version: int = 0


def from_json(text: bytes, file: str) -> Archive:
    """Raises ConfigError when it is no archive, or one of a newer okrsync."""
    try:
        check_head(msgspec.json.decode(text, type=_Head), file)
        archive = msgspec.json.decode(text, type=Archive)
    except msgspec.ValidationError as error:
        raise unfit(file, "", _in_words(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise unfit(file, "", f"is no JSON: {error}") from error
    for name in archive.history.keys() - TABLES.keys():
        raise unfit(file, f"history.{name}", "is no table of an archive; a newer okrsync may know it")
    return archive


def check_head(head: _Head, file: str) -> None:
    """Raises ConfigError for what is not ours or newer than this program."""
    if head.format != FORMAT:
        raise unfit(file, "format", f"is not `{FORMAT}`, so this is no export of okrsync")
    if head.version > VERSION:
        raise unfit(file, "version", f"is {head.version}; this okrsync reads up to {VERSION}, a newer one reads it")


def head(format: str, version: int) -> _Head:
    """What the file says of itself before anything else."""
    return _Head(format, version)


def _in_words(error: str) -> str:
    message, _, place = error.partition(" - at `$")
    return f"{place.rstrip('`').lstrip('.') or 'the file'}: {message[:1].lower()}{message[1:]}"
