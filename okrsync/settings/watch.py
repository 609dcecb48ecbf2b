"""Whether the files have changed since somebody looked, without reading them."""

from __future__ import annotations

import glob
from pathlib import Path

from okrsync.settings.model import Settings

Stamps = tuple[tuple[str, object], ...]


def stamps(config: Path | None, settings: Settings | None) -> Stamps:
    """Differs when okrsync.yaml or an OKR file differs, or when one comes or goes."""
    files = {config} if config else set()
    if settings is not None:
        for pattern in settings.okrs:
            files |= {settings.base / match for match in glob.glob(pattern, root_dir=settings.base, recursive=True)}
    return tuple((str(file), _stamp(file)) for file in sorted(files))


def _stamp(file: Path) -> object:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
