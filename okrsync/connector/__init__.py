"""The plug-in boundary: what a tracker must offer, and what it is given.

A connector never decides what a key result is, never touches the store, and never sleeps on its own
account: waiting happens in ``context.retry``. It raises only errors of :mod:`okrsync.errors`.
A plug-in package exposes one :class:`Plugin` under the entry-point group ``okrsync.connectors``.
"""

from okrsync.connector.context import Context, Meter
from okrsync.connector.options import ConnectionOptions, WriteBack, is_exposed, is_here
from okrsync.connector.plugin import Echo, Plugin, Webhook, WriteLimit
from okrsync.connector.protocol import Connector, Finding, Level

__all__ = [
    "ConnectionOptions",
    "Connector",
    "Context",
    "Echo",
    "Finding",
    "Level",
    "Meter",
    "Plugin",
    "Webhook",
    "WriteBack",
    "WriteLimit",
    "is_exposed",
    "is_here",
]
