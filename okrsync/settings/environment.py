"""Variables ``OKRSYNC_…`` and the names people already have, as the layer above okrsync.yaml.

``OKRSYNC_CONNECTIONS__JIRA__TOKEN`` sets the option ``token`` of the connection ``jira``; any secret can also
be named by a file, ``…__TOKEN_FILE``. In names, upper and lower case are equal, and so are ``-`` and ``_``.
A variable that sets nothing is refused: it is a typo. Empty variables count as not set.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field, SecretStr, create_model
from pydantic.fields import FieldInfo

from okrsync.connector import Plugin
from okrsync.errors import Problem
from okrsync.near import nearest
from okrsync.settings.model import General
from okrsync.wording import quoted
from okrsync.yamlfile import Place

PREFIX = "OKRSYNC_"
DELIMITER = "__"
HERE = "the environment"
"""What stands for the file's name in problems of variables."""
_FILE = "_FILE"


@dataclass(slots=True)
class Layer:
    """What variables say: raw values by place, which variable said it, and what is wrong with it."""

    values: dict[Place, Any] = field(default_factory=dict)
    origins: dict[Place, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def put(self, place: Place, value: Any, variable: str) -> None:
        """Take a value from ``variable``, whose name is told when it is wrong."""
        self.values[place] = value
        self.origins[place] = variable

    def origin(self, place: Place) -> str | None:
        """The variable that set this place or something around it."""
        return next(
            (self.origins[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self.origins), None
        )


def variable_name(place: Place) -> str:
    """The variable that sets an option: ``OKRSYNC_CONNECTIONS__JIRA__TOKEN``."""
    return PREFIX + DELIMITER.join(folded(str(step)).upper() for step in place)


def folded(name: str) -> str:
    """What is left of a connection's name in a variable's."""
    return name.replace("-", "_").lower()


def secrets(options: type[BaseModel]) -> list[str]:
    """Names of the options that must not be written in a file."""
    return [name for name, info in options.model_fields.items() if _mentions(info.annotation, SecretStr)]


def read_environment(
    environ: Mapping[str, str],
    plugins: Mapping[str, Plugin],
    *,
    broken: Collection[str] = (),
    others: Collection[str] = (),
) -> Layer:
    """The ``OKRSYNC_…`` variables for a configuration with these connections.

    Variables of ``broken`` connections, whose options nobody knows, are passed over, and so are ``others``, which
    something else reads.
    """
    layer = Layer()
    own = {
        name.upper().replace("-", "_"): value
        for name, value in environ.items()
        if name.upper().startswith(PREFIX) and value.strip() and name not in others
    }
    known = dict(_variables(plugins))
    beyond = tuple(f"{variable_name(('connections', name))}{DELIMITER}" for name in broken)
    for name in sorted(own.keys() - known.keys()):
        if name.startswith(beyond):
            continue
        layer.problems.append(Problem(HERE, None, name, f"sets nothing{_meant(name, [*known, *others])}"))
    given = {name: value for name, value in own.items() if name in known}
    if given:
        _read(given, known, plugins, layer)
    return layer


def _meant(name: str, names: Iterable[str]) -> str:
    """Which variable was meant: one with other underscores, else the nearest part by part, since all begin alike."""
    typed, known = name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in names]
    found = [one for one in known if one.replace(DELIMITER, "_") == typed.replace(DELIMITER, "_")]
    if not found:
        found = [one for one in _near_by_part(typed, known) if one.count(DELIMITER) == typed.count(DELIMITER)]
    if near := next(iter(found), None) or nearest(typed, known):
        return f"; did you mean `{PREFIX}{near}`?"
    return f"; there are {quoted([PREFIX + one for one in known])}"


def _near_by_part(typed: str, known: Sequence[str]) -> Sequence[str]:
    for level, part in enumerate(typed.split(DELIMITER)):
        parts = [one.split(DELIMITER)[level] for one in known if one.count(DELIMITER) >= level]
        near = part if part in parts else nearest(part, parts)
        known = [one for one in known if one.split(DELIMITER)[level : level + 1] == [near]]
    return known


def read_popular(environ: Mapping[str, str], name: str, plugin: Plugin, taken: Mapping[str, Any]) -> Layer:
    """Options of a connection from variables that people have anyway, such as GITHUB_TOKEN, where not yet set."""
    layer = Layer()
    for option, variables in plugin.environment.items():
        used = next((variable for variable in variables if environ.get(variable, "").strip()), None)
        if used and taken.get(option) is None:
            layer.put(("connections", name, option), environ[used].strip(), used)
    return layer


@dataclass(frozen=True, slots=True)
class _Variable:
    """What a variable sets; ``from_file`` when it names a file that holds the value."""

    place: Place
    info: FieldInfo
    from_file: bool = False


def _variables(plugins: Mapping[str, Plugin]) -> Iterator[tuple[str, _Variable]]:
    for name, info in General.model_fields.items():
        if name != "connections":
            yield from _below((name,), info)
        if name in secrets(General):
            yield variable_name((name,)) + _FILE, _Variable((name,), info, from_file=True)
    for connection, plugin in plugins.items():
        hidden = secrets(plugin.options)
        for name, info in plugin.options.model_fields.items():
            place = ("connections", connection, name)
            if name != "type":
                yield from _below(place, info)
            if name in hidden:
                yield variable_name(place) + _FILE, _Variable(place, info, from_file=True)


def _below(place: Place, info: FieldInfo) -> Iterator[tuple[str, _Variable]]:
    yield variable_name(place), _Variable(place, info)
    for model in (info.annotation, *get_args(info.annotation)):
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, inner in model.model_fields.items():
                yield from _below((*place, name), inner)


def _read(
    given: Mapping[str, str], known: Mapping[str, _Variable], plugins: Mapping[str, Plugin], layer: Layer
) -> None:
    read = _decoded(given, plugins)
    for name, text in sorted(given.items()):
        variable = known[name]
        if variable.from_file:
            _read_secret(name, Path(text), variable.place, layer)
        elif text.lower() == "false" and _mentions(variable.info.annotation, False):
            layer.put(variable.place, False, name)
        else:
            value = read
            for step in name.removeprefix(PREFIX).lower().split(DELIMITER):
                value = value[step]
            layer.put(variable.place, value, name)


def _read_secret(name: str, path: Path, place: Place, layer: Layer) -> None:
    direct = name.removesuffix(_FILE)
    if place in layer.values:
        layer.problems.append(Problem(HERE, None, name, f"is set beside {direct}; leave one out"))
        return
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        layer.problems.append(Problem(HERE, None, name, f"names {path}, which cannot be read: {reason}"))
        return
    if secret:
        layer.put(place, secret, name)
    else:
        blank = f"names {path}, which is empty; write the secret into it, or unset the variable"
        layer.problems.append(Problem(HERE, None, name, blank))


def _decoded(given: Mapping[str, str], plugins: Mapping[str, Plugin]) -> dict[str, Any]:
    """pydantic-settings knows how to read nested and structured values; it is shown exactly our variables."""
    from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

    class Source(EnvSettingsSource):
        def decode_complex_value(self, field_name: str, field: FieldInfo | None, value: Any) -> Any:
            return _structured(value, field)

    class Variables(BaseSettings):
        model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="ignore")

    connections: dict[str, Any] = {
        f"connection_{number}": (plugin.options, Field(validation_alias=folded(name)))
        for number, (name, plugin) in enumerate(plugins.items())
    }
    fields: dict[str, Any] = {name: (info.annotation, info) for name, info in General.model_fields.items()}
    fields["connections"] = (create_model("Connections", **connections), ...)
    source = Source(create_model("Settings", __base__=Variables, **fields))
    source.env_vars = {name.lower(): value for name, value in given.items()}
    return source()


def _structured(value: Any, info: FieldInfo | None) -> Any:
    """JSON, or for a list also ``a, b, c``."""
    try:
        decoded = json.loads(value)
    except ValueError:
        decoded = None
    if isinstance(decoded, list | dict | bool):
        return decoded
    is_list = info is not None and get_origin(info.annotation) in (tuple, list)
    return [part.strip() for part in str(value).split(",")] if is_list else value


def _mentions(annotation: Any, wanted: object) -> bool:
    """True when a type is, or is made of, ``wanted``: a type, or a value of a Literal."""
    if annotation is wanted:
        return True
    if get_origin(annotation) is Literal:
        return any(value is wanted for value in get_args(annotation))
    return any(_mentions(part, wanted) for part in get_args(annotation))
