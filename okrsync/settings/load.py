"""Reads okrsync.yaml and the environment into Settings, with everything that is wrong in them at once."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from okrsync import CONFIG_VARIABLE, redact
from okrsync.connector import ConnectionOptions, Plugin, WriteBack
from okrsync.errors import ConfigError, Problem
from okrsync.near import nearest
from okrsync.registry import Registry
from okrsync.settings.environment import (
    HERE,
    Layer,
    folded,
    read_environment,
    read_popular,
    secrets,
    variable_name,
)
from okrsync.settings.model import General, Settings, label_problem, resolved_store
from okrsync.settings.notify import conceal, read_people
from okrsync.settings.serve import SESSION_KEY
from okrsync.wording import findings, quoted, respelt, suggest
from okrsync.yamlfile import Document, Place, refusal, survey_yaml


def load_settings(
    path: Path, environ: Mapping[str, str], registry: Registry | None = None, *, files_needed: bool = True
) -> Settings:
    """Read a configuration. Raises ConfigError with every problem of the file and of the variables.

    ``files_needed`` is False where OKR files may still be missing, as when they are about to be imported.

    The highest wins: ``OKRSYNC_…`` variables, the file, then variables people have anyway (``GITHUB_TOKEN``),
    which count only for a type that a single connection has, so that no token reaches a server it is not for.
    """
    document = survey_yaml(path, str(path))
    if not isinstance(document.data, dict):
        what = "is empty" if document.data is None else "must be fields with values"
        whole = document.problem((), f"{what}; begin with `okrs:` and `connections:`")
        raise refusal(document.problems or [whole])
    return _Loading(path, document, environ, registry or Registry(), files_needed).settings()


@dataclass
class _Loading:
    """One reading of one file; problems are collected on the way."""

    path: Path
    document: Document
    environ: Mapping[str, str]
    registry: Registry
    files_needed: bool = True
    layer: Layer = field(default_factory=Layer)
    problems: list[Problem] = field(default_factory=list)
    meant: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def settings(self) -> Settings:
        self.problems += respelt(self.document, General)
        written = self.document.data.get("connections")
        names = list(written) if isinstance(written, dict) else []
        plugins = self._plugins(names)
        broken = [name for name in names if name not in plugins]
        others = [SESSION_KEY, CONFIG_VARIABLE, *self._variables_of_people()]
        self.layer = read_environment(self.environ, plugins, broken=broken, others=others)
        self.problems += [*self.document.problems, *self.layer.problems]
        connections = {name: self._connection(name, plugins) for name in plugins}
        general = self._general()
        files = self._okr_files(general.okrs) if general else ()
        addresses = self._addresses(general) if general else {}
        if self.problems or general is None:
            raise refusal(self.problems)
        base = self.path.parent.absolute()
        resolved = {name: getattr(general, name) for name in General.model_fields}
        resolved |= {"connections": connections, "store": resolved_store(general.store, base), "addresses": addresses}
        return Settings(**resolved, base=base, okr_files=files)

    def _addresses(self, general: General) -> dict[str, SecretStr]:
        allow_http = general.notify_allow_http
        return read_people(general.people, self.environ, self.problems, allow_http=allow_http)

    def _complain(self, place: Place, message: str) -> None:
        """At the variable that said it, else at the line."""
        if variable := self.layer.origin(place):
            self.problems.append(Problem(HERE, None, variable, message))
        elif not self.document.doubts(place):
            self.problems.append(self.document.problem(place, message))

    def _plugins(self, names: Iterable[str]) -> dict[str, Plugin]:
        plugins: dict[str, Plugin] = {}
        taken: dict[str, str] = {}
        for name in names:
            if (other := taken.setdefault(folded(name), name)) != name:
                self._complain(("connections", name), f"cannot be told from `{other}` in the name of a variable")
            elif plugin := self._plugin(name):
                plugins[name] = plugin
        return plugins

    def _plugin(self, name: str) -> Plugin | None:
        place: Place = ("connections", name)
        written = self.document.data["connections"][name]
        if not isinstance(written, dict):
            self._complain(place, f"must be fields with values; `type` is one of {quoted(self.registry.types())}")
        else:
            for kind in self._kinds(place, written):
                try:
                    plugin = self.registry.plugin(kind)
                except ConfigError as error:
                    if "type" in written and kind == str(written["type"]):
                        self._complain((*place, "type"), str(error))
                else:
                    self.problems += respelt(self.document, plugin.options, place)
                    mistyped = None if "type" in written else nearest("type", written)
                    rest = {option: value for option, value in written.items() if option != mistyped}
                    self.meant[name] = {**rest, "type": kind}
                    return plugin
        return None

    def _kinds(self, place: Place, written: Mapping[str, Any]) -> Iterator[str]:
        """The type that is written, else those that may be meant, so that the other options are looked at, too."""
        types, meant = self.registry.types(), str(place[-1])
        if "type" in written:
            meant = str(written["type"])
            yield meant
        elif mistyped := nearest("type", written):
            self._complain((*place, mistyped), "is not a field here; did you mean `type`?")
            meant = str(written[mistyped])
        else:
            self._complain((*place, "type"), f"is missing{suggest(meant, types)}")
        if near := nearest(meant, types):
            yield near

    def _connection(self, name: str, plugins: Mapping[str, Plugin]) -> ConnectionOptions | None:
        place, plugin, written = ("connections", name), plugins[name], self.meant[name]
        options = self._without_secrets(place, written, plugin.options, plugin.environment)
        options = {option: _beside(self.path, option, value) for option, value in options.items()}
        _lay_over(options, self.layer, place)
        if sum(other is plugin for other in plugins.values()) == 1:
            self._add_popular(name, plugin, options)
        for secret in secrets(plugin.options):
            redact.learn(str(options.get(secret) or ""))
        try:
            found = plugin.options.model_validate(options)
        except ValidationError as error:
            for inner, message in findings(error, options, plugin.options):
                self._complain((*place, *inner), message)
            return None
        self._check_label((*place, "write_back"), found.write_back)
        return found

    def _without_secrets(
        self,
        place: Place,
        written: Mapping[str, Any],
        options: type[BaseModel],
        popular: Mapping[str, Sequence[str]],
    ) -> dict[str, Any]:
        for option in secrets(options):
            if written.get(option) is not None:
                variables = [variable_name((*place, option)), *popular.get(option, ())]
                self.problems.append(
                    self.document.problem(
                        (*place, option),
                        f"is a secret and must not be in a file; set {quoted(variables, 'or')} instead",
                    )
                )
        return {option: value for option, value in written.items() if option not in secrets(options)}

    def _add_popular(self, name: str, plugin: Plugin, options: dict[str, Any]) -> None:
        """Names people have anyway help where they can and are passed over where they contradict what is said."""
        popular = read_popular(self.environ, name, plugin, options)
        attempt = dict(options)
        _lay_over(attempt, popular, ("connections", name))
        try:
            plugin.options.model_validate(attempt)
        except ValidationError as error:
            if all(not details["loc"] for details in error.errors()):
                return
        options.update(attempt)
        self.layer.origins.update(popular.origins)

    def _variables_of_people(self) -> list[str]:
        """People's addresses may be in variables that begin like ours."""
        written = self.document.data.get("people")
        named = [name for name in written.values() if isinstance(name, str)] if isinstance(written, dict) else []
        return [name + end for name in named for end in ("", "_FILE")]

    def _general(self) -> General | None:
        merged = self._without_secrets((), self.document.data, General, {})
        _lay_over(merged, self.layer, ())
        conceal(str(merged.get("notify") or ""))
        try:
            general = General.model_validate(merged)
        except ValidationError as error:
            for place, message in findings(error, merged, General):
                self._complain(place, message)
            return None
        self._check_label(("write_back",), general.write_back)
        return general

    def _check_label(self, place: Place, write_back: WriteBack | bool | None) -> None:
        if isinstance(write_back, WriteBack) and write_back.label and (problem := label_problem(write_back.label)):
            self._complain((*place, "label"), problem)

    def _okr_files(self, patterns: Sequence[str]) -> tuple[Path, ...]:
        """Files as messages name them: beside the configuration's own path."""
        folder, found = self.path.parent, set()
        for position, pattern in enumerate(patterns):
            matches = {folder / match for match in glob.glob(pattern, root_dir=folder, recursive=True)}
            files = {match for match in matches if not match.is_dir() and not _same(match, self.path)}
            if not files and self.files_needed:
                self._complain(("okrs", position), f"`{pattern}` {_why_nothing(folder, pattern, self.path.name)}")
            found |= files
        return tuple(sorted(found))


def _why_nothing(folder: Path, pattern: str, config: str) -> str:
    place = folder.joinpath(*takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    if os.path.isdir(place) and not os.access(place, os.R_OK | os.X_OK):
        return f"matches nothing, since {place} may not be read"
    return f"matches no file; it is relative to {config}"


def _same(file: Path, other: Path) -> bool:
    """A link that leads nowhere is no other file's: it is read, and refused, as a file that does not exist."""
    return file.exists() and file.samefile(other)


def _lay_over(options: dict[str, Any], layer: Layer, place: Place) -> None:
    """Put a layer's values below ``place`` over options, which are changed; nested fields one by one."""
    for where, value in layer.values.items():
        if where[: len(place)] != place or (not place and where[0] == "connections"):
            continue
        *around, last = where[len(place) :]
        inside = options
        for step in around:
            known = inside.get(str(step))
            deeper = dict(known) if isinstance(known, dict) else {}
            inside[str(step)] = deeper
            inside = deeper
        inside[str(last)] = value


def _beside(config: Path, option: str, value: Any) -> Any:
    """Files that options name are, like everything in the file, relative to it."""
    return str(config.parent.absolute() / value) if option.endswith("_file") and isinstance(value, str) else value
