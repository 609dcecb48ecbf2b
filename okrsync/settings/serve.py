"""What okrsync.yaml can say about the dashboard: where it listens, and who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from okrsync.connector import is_here

SESSION_KEY = "OKRSYNC_SESSION_KEY"
"""The variable whose value signs sessions, so that they outlive the process. No option: a file must not hold it."""

RoleName = Literal["viewer", "owner", "admin"]
TokenHash = Annotated[str, StringConstraints(pattern=r"^scrypt\$[A-Za-z0-9_-]+\$[A-Za-z0-9_-]+$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class User(_Part):
    """Somebody who may open the dashboard. Owners check in on their own key results, admins on all and apply plans."""

    role: RoleName = Field("viewer", description="viewer, owner or admin.")
    teams: tuple[str, ...] = Field((), description="Teams whose private objectives this person sees.")
    token: TokenHash | None = Field(None, description="What `okrsync token NAME` printed: the hash, not the token.")


class Proxy(_Part):
    """A reverse proxy that has signed people in already; the header counts from this address only."""

    address: str = Field(description="The proxy's own address, as it reaches the dashboard.")
    user_header: str = Field("X-Remote-User", description="The header that names the person.")
    role: RoleName = Field("viewer", description="Role of people who are not among users.")


class Serve(_Part):
    """Where the dashboard listens. Without users or a proxy it answers on this machine only."""

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="The port; 0 takes any free one.")
    users: Mapping[str, User] = Field(default_factory=dict, description="Who may sign in, by name.")
    proxy: Proxy | None = Field(None, description="A reverse proxy that signs people in.")
    secure_cookies: bool = Field(False, description="Send cookies over https only; set it behind a proxy with TLS.")

    badges: bool = Field(False, description="Show badges of key results to anybody, for READMEs; never private ones.")

    @property
    def guarded(self) -> bool:
        """Whether anybody has to say who they are."""
        return self.proxy is not None or any(user.token for user in self.users.values())

    @model_validator(mode="after")
    def _open_on_this_machine_only(self) -> Self:
        if not self.guarded and not is_here(self.host):
            raise ValueError(
                f"host {self.host} can be reached by others, and nobody would have to sign in; "
                "give users a token (okrsync token NAME), set a proxy, or listen on 127.0.0.1"
            )
        return self
