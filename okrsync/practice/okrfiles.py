"""Writing OKR files of people: whole or not at all, and only what reads as it was meant to."""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from okrsync.errors import ConfigError
from okrsync.practice.yamltext import YamlText
from okrsync.yamlfile import parse_yaml

CLOSED = "closed"


def write_closed(files: tuple[str, ...]) -> tuple[str, ...]:
    """Set ``state: closed`` in the cycle of OKR files; returns those that did not say so yet.

    Raises ConfigError for a file that cannot be edited without losing something; nothing of it is changed then.
    """
    changed = []
    for file in files:
        text = read(Path(file))
        before = parse_yaml(text, file).data
        if before["cycle"].get("state") == CLOSED:
            continue
        wanted = copy.deepcopy(before)
        wanted["cycle"]["state"] = CLOSED
        edits = YamlText(text)
        edits.set(("cycle", "state"), CLOSED)
        replace(Path(file), checked(edits, wanted, file))
        changed.append(file)
    return tuple(changed)


def unclosed(files: tuple[str, ...]) -> tuple[str, ...]:
    """The files among these whose cycle is not closed, as they are now."""
    return tuple(file for file in files if parse_yaml(read(Path(file)), file).data["cycle"].get("state") != CLOSED)


def checked(edits: YamlText, wanted: Any, file: str) -> str:
    """The edited text, read again. Raises ConfigError when it does not say what was wanted."""
    text = edits.text()
    try:
        same = parse_yaml(text, file).data == wanted
    except ConfigError:
        same = False
    if not same:
        raise refused(file)
    return text


def refused(file: str) -> ConfigError:
    """What to raise for a file that cannot be edited without losing something."""
    return ConfigError(
        f"{file} is written in a way that okrsync does not dare to edit: with anchors, perhaps, or a dash on a "
        "line of its own.",
        hint="Edit it by hand; nothing was changed.",
    )


def read(path: Path) -> str:
    """The text with the line ends it has. Raises ConfigError."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", hint="Correct this, then try again.") from error


def replace(path: Path, text: str) -> None:
    """Put a text in the place of a file, or leave it as it is. Raises ConfigError."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        os.chmod(temporary, path.stat().st_mode & 0o777)
        os.replace(temporary, path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.", hint="Check that it is writable.") from error


def put(created: Mapping[Path, str], changed: Mapping[Path, str], before: Mapping[Path, str]) -> None:
    """Write all of these files or none. ``before`` is what the changed ones say now. Raises ConfigError."""
    for path, text in before.items():
        if read(path) != text:
            raise ConfigError(f"{path} was changed meanwhile.", hint="Nothing was written; try again.")
    done: list[tuple[Path, str | None]] = []
    try:
        for path, text in created.items():
            create(path, text)
            done.append((path, None))
        for path, text in changed.items():
            replace(path, text)
            done.append((path, before[path]))
    except ConfigError:
        for path, said in done:
            path.unlink() if said is None else replace(path, said)
        raise


def create(path: Path, text: str) -> None:
    """Write a new file, whole or not at all. Raises ConfigError where there is one already."""
    try:
        with path.open("xb") as file:
            try:
                file.write(text.encode())
                file.flush()
            except OSError:
                path.unlink()
                raise
    except FileExistsError:
        raise ConfigError(
            f"{path} exists already.", hint="It is never overwritten: move it away, or edit it."
        ) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.", hint="Check that it is writable.") from error
