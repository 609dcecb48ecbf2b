"""What okrsync.yaml can say (``General``), and what it means once everything is resolved (``Settings``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationInfo, field_validator

from okrsync.connector import ConnectionOptions, WriteBack
from okrsync.marker import Namespace
from okrsync.model.interval import Interval
from okrsync.model.verdict import Preset
from okrsync.okrfile import LONGEST_LABEL
from okrsync.settings.notify import VARIABLE, address_problem
from okrsync.settings.rhythm import CheckInDays
from okrsync.settings.serve import Serve

PLACEHOLDER = "{key_result}"
CONNECTION_NAME = r"^[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*$"
"""Fits into a variable's name, where ``__`` divides the parts."""
LONGEST_CONNECTION_NAME = 40

_SQLITE = "sqlite:///"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Schedule(_Part):
    """How often the daemon looks, each as ``30s``, ``5m``, ``1h`` or ``1d``."""

    every: Interval = Field(timedelta(minutes=5), description="Time between two runs of a connection.")
    census: Interval = Field(timedelta(days=1), description="Time between two searches for tickets that are gone.")


class StatusRule(_Part):
    """How progress becomes a status."""

    preset: Preset = Field(
        Preset.VIVA, description="The rule that compares progress: viva, oboard, upraise, google or confidence."
    )


class General(_Part):
    """Everything in okrsync.yaml; the options of a connection depend on its type and are checked apart."""

    installation: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] = Field(
        "okrsync", description="Name in the ownership mark of notes: lower-case letters, digits and dashes, up to 40."
    )
    okrs: tuple[str, ...] = Field(min_length=1, description="OKR files, as patterns relative to this file.")
    store: str = Field("sqlite:///okrsync.db", description="Where readings are kept, relative to this file.")
    dashboard_url: str | None = Field(None, description="Address of the dashboard; notes and labels link to it.")
    connections: Mapping[
        Annotated[str, StringConstraints(pattern=CONNECTION_NAME, max_length=LONGEST_CONNECTION_NAME)], Any
    ] = Field(
        min_length=1,
        description="The trackers to read, by names of letters and digits, divided by single dashes or underscores.",
    )
    write_back: WriteBack | Literal[False] = Field(
        default_factory=lambda: WriteBack(), description="What to write on tickets, or false to write nothing."
    )
    serve: Serve | None = Field(None, description="The dashboard, which the daemon then serves as well.")
    schedule: Schedule = Field(default_factory=lambda: Schedule(), description="When the daemon looks.")
    status: StatusRule = Field(default_factory=lambda: StatusRule(), description="How progress becomes a status.")
    checkins: CheckInDays = Field(
        default_factory=lambda: CheckInDays(), description="When check-ins are due, and when reminders go out."
    )
    notify_allow_http: bool = Field(False, description="Let messages travel unencrypted to another machine.")
    notify: SecretStr | None = Field(None, description="Where reminders go, an Apprise address from the environment.")
    people: Mapping[str, Annotated[str, StringConstraints(pattern=VARIABLE)]] = Field(
        default_factory=dict,
        description="By name, as in the OKR files: the variable that holds the Apprise address of this person.",
    )

    @field_validator("store")
    @classmethod
    def _a_file(cls, url: str) -> str:
        if not url.startswith(_SQLITE) or url.removeprefix(_SQLITE) in ("", ":memory:"):
            raise ValueError("must be sqlite:/// and a file, such as sqlite:///okrsync.db")
        return url

    @field_validator("notify")
    @classmethod
    def _an_address(cls, address: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        allow_http = bool(info.data.get("notify_allow_http"))
        if address and (problem := address_problem(address.get_secret_value(), allow_http=allow_http)):
            raise ValueError(problem)
        return address

    @field_validator("dashboard_url")
    @classmethod
    def _a_plain_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.username
            or parts.query
            or parts.fragment
        ):
            raise ValueError("must be a plain address such as https://okr.example.com")
        return url.rstrip("/")


class Settings(General):
    """A whole configuration, resolved.

    ``store`` names an absolute path. ``connections`` holds each connection's options as its plug-in's own model.
    ``base`` is the folder of the configuration file, absolute; ``okr_files`` are the files that ``okrs``
    matches, sorted, as messages name them. ``addresses`` tells where people are reached who have an address of their
    own.
    """

    connections: Mapping[str, ConnectionOptions]
    base: Path
    okr_files: tuple[Path, ...]
    addresses: Mapping[str, SecretStr] = {}

    def every(self, connection: str) -> timedelta:
        """Time between two runs of this connection in the daemon."""
        return self.connections[connection].every or self.schedule.every

    def write_back_for(self, connection: str) -> WriteBack | None:
        """What to write on this connection's tickets, None for nothing. What it does not override, is as for all."""
        own, general = self.connections[connection].write_back, self.write_back
        if own is None:
            return general or None
        if own is False or general is False:
            return own or None
        return general.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})

    def namespace_for(self, connection: str) -> Namespace:
        """The labels that are ours on this connection, also while none are written there."""
        for write_back in (self.write_back_for(connection), self.write_back):
            if write_back and write_back.label:
                return Namespace(write_back.label)
        return Namespace()


def label_problem(template: str) -> str | None:
    """What is wrong with a label template, None when nothing is."""
    prefix, _, rest = template.partition(PLACEHOLDER)
    if template.count(PLACEHOLDER) != 1 or set("{}") & set(prefix + rest):
        return f"`{template}` must contain {PLACEHOLDER} once, and no other braces"
    if not prefix or prefix[-1].isalnum():
        return f"`{template}` must begin with a prefix of its own that ends in a sign, such as okr:{PLACEHOLDER}"
    if any(character.isspace() or character == "," for character in template):
        return f"`{template}` must have no white space and no comma; Jira admits neither in a label"
    if len(prefix) + len(rest) >= LONGEST_LABEL:
        return f"`{template}` leaves no room for an id; a label is at most {LONGEST_LABEL} characters long"
    return None


def resolved_store(url: str, base: Path) -> str:
    """The same store by its absolute path."""
    return _SQLITE + str(base / url.removeprefix(_SQLITE))
