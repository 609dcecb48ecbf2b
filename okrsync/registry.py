"""Finds connectors by entry point, and loads only those that a configuration names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from okrsync.connector import Plugin
from okrsync.errors import ConfigError
from okrsync.wording import suggest

GROUP = "okrsync.connectors"


class EntryPoint(Protocol):
    """The part of ``importlib.metadata.EntryPoint`` that is needed here."""

    @property
    def name(self) -> str: ...

    @property
    def value(self) -> str: ...

    def load(self) -> Any: ...


class Registry:
    """The installed connectors by type. Without ``entry_points``, those of this environment, looked up at first use."""

    def __init__(self, entry_points: Iterable[EntryPoint] | None = None) -> None:
        self._given = entry_points
        self._known: dict[str, EntryPoint] | None = None
        self._plugins: dict[str, Plugin] = {}

    def types(self) -> tuple[str, ...]:
        """Names that a connection's ``type`` can have, sorted. Loads nothing."""
        return tuple(sorted(self._entry_points()))

    def plugin(self, type_: str) -> Plugin:
        """Raises ConfigError for a type that no installed package offers, or that cannot be loaded."""
        if type_ not in self._plugins:
            self._plugins[type_] = self._load(type_)
        return self._plugins[type_]

    def _load(self, type_: str) -> Plugin:
        entry_point = self._entry_points().get(type_)
        if entry_point is None:
            raise ConfigError(f"no connector is called `{type_}`{suggest(type_, self.types())}")
        try:
            plugin = entry_point.load()
        except Exception as error:
            raise ConfigError(
                f"the connector `{type_}` ({entry_point.value}) cannot be loaded: {error}",
                hint="Install or upgrade the package that offers it.",
            ) from error
        if not isinstance(plugin, Plugin):
            raise ConfigError(f"{entry_point.value} is offered as connector `{type_}` but is no okrsync Plugin")
        return plugin

    def _entry_points(self) -> dict[str, EntryPoint]:
        if self._known is None:
            self._known = _by_name(_installed() if self._given is None else self._given)
        return self._known


def _installed() -> Iterable[EntryPoint]:
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def _by_name(entry_points: Iterable[EntryPoint]) -> dict[str, EntryPoint]:
    """Raises ConfigError where two packages offer the same type; one package seen twice is fine."""
    found: dict[str, EntryPoint] = {}
    for one in entry_points:
        other = found.setdefault(one.name, one)
        if other.value != one.value:
            raise ConfigError(
                f"two installed packages offer the connector `{one.name}`: {other.value} and {one.value}.",
                hint="Uninstall one of them.",
            )
    return found
