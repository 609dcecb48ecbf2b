"""What was found out about a site, and how a scope remembers it, so that a quiet run asks for nothing twice."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from okrsync_jira.client import Client
from okrsync_jira.fields import Fields, discover, wanted
from okrsync_jira.flavour import Flavour, flavour_of
from okrsync_jira.options import JiraOptions
from okrsync_jira.shapes import ServerInfo

_read_server = msgspec.json.Decoder(ServerInfo).decode


class Site(msgspec.Struct, frozen=True):
    """``base_url`` is what people see in the browser, whatever address the API answers under."""

    server: ServerInfo
    fields: Fields
    wanted: str

    @property
    def flavour(self) -> Flavour:
        """Cloud or Data Center, as the server says of itself."""
        return flavour_of(self.server.deploymentType)

    @property
    def base_url(self) -> str:
        """Where people reach it, without a slash at the end."""
        return self.server.baseUrl.rstrip("/")

    def memory(self) -> dict[str, str]:
        """What a scope keeps, so that the next run need not ask; see ``recall``."""
        return {"site": msgspec.json.encode(self).decode()}


def server_info(client: Client) -> ServerInfo:
    """What the server says of itself; needs no rights."""
    return client.read("serverInfo", _read_server)


def explore(client: Client, options: JiraOptions, server: ServerInfo) -> Site:
    """Asks Jira for its fields. Raises ConnectionFailed where the options do not fit them."""
    fields = discover(client, options, epic_link=flavour_of(server.deploymentType).epic_link)
    return Site(server, fields, wanted(options))


def recall(data: Mapping[str, str], options: JiraOptions) -> Site | None:
    """The site as a scope remembers it; None when it does not, or when the options have changed since."""
    try:
        site = msgspec.json.decode(data.get("site", ""), type=Site)
    except msgspec.DecodeError:
        return None
    return site if site.wanted == wanted(options) else None
