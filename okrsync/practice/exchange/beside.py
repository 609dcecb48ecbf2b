"""What lies beside the files of a foreign form: everything that it has no place for, while those files are the same.

``okrsync/everything.json`` is a whole export. ``okrsync/SHA256SUMS`` holds the digests of the foreign files it was
written with, as ``sha256sum --check`` reads them: where somebody has edited one since, their word counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

EVERYTHING, SUMS = "okrsync/everything.json", "okrsync/SHA256SUMS"


def with_everything(files: Mapping[str, bytes], everything: bytes) -> dict[str, bytes]:
    """The files of a foreign form by path, and what lies beside them."""
    sums = "".join(f"{_digest(content)}  {name}\n" for name, content in files.items())
    return {**files, EVERYTHING: everything, SUMS: sums.encode()}


def everything(folder: Path) -> Path | None:
    """The whole export in a folder; None where there is none."""
    there = (folder / EVERYTHING).is_file() and (folder / SUMS).is_file()
    return folder / EVERYTHING if there else None


def edited(folder: Path) -> tuple[str, ...]:
    """The foreign files that are other ones than those of the export: changed, gone or new."""
    lines = (folder / SUMS).read_text("utf-8").splitlines()
    before = {name: digest for digest, _, name in (line.partition("  ") for line in lines) if name}
    kept = {str(Path(name).parent) for name in before}
    now = {f"{kind}/{file.name}": _digest(file.read_bytes()) for kind in kept for file in (folder / kind).glob("*.yml")}
    return tuple(sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name)))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
