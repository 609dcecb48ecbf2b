"""The options that every connection has, and which addresses leave this machine."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from okrsync.model.interval import Interval


class WriteBack(BaseModel):
    """What to write on tickets: ``label`` (a template, or false), ``note``, and on which tickets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str | Literal[False] = Field("okr:{key_result}", description="Label template, or false for no label.")
    note: bool = Field(True, description="Keep one note per ticket.")
    on: Literal["open", "all"] = Field("open", description="Write on open tickets only, or on all linked ones.")


class ConnectionOptions(BaseModel):
    """Options every connection has. Connectors subclass it; a typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    write_back: WriteBack | Literal[False] | None = Field(None, description="Overrides the global write_back.")
    every: Interval | None = Field(None, description="Time between two runs in the daemon; overrides schedule.every.")
    parallel: int = Field(1, ge=1, le=16, description="Scopes pulled at the same time, one client each.")
    reserve: float = Field(0.1, ge=0, lt=1, description="Share of the tracker's hourly limit that is left for others.")
    remote_link: bool = Field(False, description="Also put a remote link on tickets, where the tracker has them.")
    webhook_secret: SecretStr | None = Field(None, description="What the tracker signs its webhooks with.")
    allow_http: bool = Field(False, description="Let the token travel unencrypted to a url that begins with http:.")

    @field_validator("url", check_fields=False)
    @classmethod
    def _encrypted(cls, url: str, info: ValidationInfo) -> str:
        """Of every connector that has a ``url``; what stays on this machine needs no encryption."""
        if is_exposed(url) and not info.data.get("allow_http"):
            raise ValueError("would send the token unencrypted; use https:, or set allow_http: true")
        return url


def is_exposed(url: str) -> bool:
    """True for an address whose traffic leaves this machine unencrypted."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_here(parts.hostname or "")


def is_here(host: str) -> bool:
    """True for what can only lead to this machine. Another name may be made to lead here by somebody else's page."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
