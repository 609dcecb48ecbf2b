"""Where imports go: a configuration whose OKR files may still be missing, and the files that are written beside it."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from okrsync.connector import Plugin
from okrsync.errors import ConfigError, Problem
from okrsync.okrfile.across import Source, problems_across
from okrsync.okrfile.read import read_all, understood
from okrsync.registry import Registry
from okrsync.settings import Settings, load_settings
from okrsync.yamlfile import parse_yaml, refusal


@dataclass(frozen=True)
class Site:
    """A configuration, its plug-ins, and the OKR files it has already; ``folder`` is where people say that it is."""

    folder: Path
    settings: Settings
    plugins: Mapping[str, Plugin]
    existing: Mapping[Path, Source]
    now: Callable[[], datetime]

    @classmethod
    def open(cls, config: Path, environ: Mapping[str, str], now: Callable[[], datetime]) -> Site:
        """Raises ConfigError with everything that is wrong in the configuration and the files that are there."""
        if not config.exists():
            raise ConfigError(f"There is no {config}.", hint="okrsync init writes one; --config names another.")
        registry = Registry()
        settings = load_settings(config, environ, registry, files_needed=False)
        sources, problems = read_all(settings)
        if problems:
            raise refusal(problems)
        plugins = {name: registry.plugin(options.type) for name, options in settings.connections.items()}
        existing = {path.resolve(): source for path, source in zip(settings.okr_files, sources, strict=True)}
        return cls(config.parent, settings, plugins, existing, now)

    def place(self, file: str) -> Path:
        """Where a file of an archive belongs. Raises ConfigError when that is not below the configuration's folder."""
        path = (self.settings.base / file).resolve()
        if not path.is_relative_to(self.settings.base.resolve()) or path.suffix not in (".yaml", ".yml"):
            problem = Problem(file, None, "", "is no YAML file below the folder of the configuration")
            raise ConfigError("An OKR file would be written elsewhere.", hint=_NOTHING, problems=(problem,))
        return path

    def refuse_bad(self, texts: Mapping[Path, str]) -> None:
        """Would the configuration be right with these files too? Raises ConfigError with everything that is wrong."""
        added: list[Source] = []
        problems: list[Problem] = []
        for path, text in texts.items():
            try:
                added.append(understood(parse_yaml(text, self.shown(path))))
            except ConfigError as error:
                problems += error.problems
        problems += problems_across(
            [*self.existing.values(), *added], self.settings, self.plugins, complete=not problems
        )
        if problems:
            raise ConfigError(
                "The OKRs that would be imported are not right here.",
                hint=_NOTHING,
                problems=refusal(problems).problems,
            )

    def shown(self, path: Path) -> str:
        """A path as every command names it: from where people stand, as far as they named the configuration so."""
        inside = self._inside(path)
        return str(path if inside is None else self.folder / inside)

    def _inside(self, path: Path) -> Path | None:
        base = self.settings.base.resolve()
        return path.relative_to(base) if path.is_relative_to(base) else None

    def unread(self, paths: Mapping[Path, str]) -> list[str]:
        """Those of these files that the configuration's `okrs:` does not match, as it would name them."""
        base = self.settings.base
        matched = {
            (base / match).resolve()
            for pattern in self.settings.okrs
            for match in glob.glob(pattern, root_dir=base, recursive=True)
        }
        return [str(self._inside(path) or path) for path in paths if path not in matched]


@contextmanager
def new_files(texts: Mapping[Path, str | bytes]) -> Iterator[None]:
    """Write files that do not exist yet; all of them stay when everything inside goes well, and none otherwise.

    Raises ConfigError for one that exists or cannot be written.
    """
    made: list[Path] = []
    try:
        for path, text in texts.items():
            _write(path, text, made)
        yield
    except BaseException:
        for path in reversed(made):
            path.unlink(missing_ok=True) if not path.is_dir() else path.rmdir()
        raise


def _write(path: Path, text: str | bytes, made: list[Path]) -> None:
    try:
        for folder in reversed([one for one in path.parents if not one.exists()]):
            folder.mkdir()
            made.append(folder)
        with path.open("xb") as file:
            made.append(path)
            file.write(text.encode() if isinstance(text, str) else text)
    except FileExistsError:
        raise ConfigError(f"{path} exists already, and nothing is overwritten.", hint="Name another file.") from None
    except OSError as error:
        told = f"{error.filename or path} cannot be written: {error.strerror}."
        raise ConfigError(told, hint="Choose another place, or make it writable.") from error


_NOTHING = "Nothing was changed. Correct this, and import again."
