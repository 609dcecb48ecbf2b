"""What a connector author needs to prove a connector: subclass :class:`ConnectorContract`."""

from okrsync.testing.contract import ConnectorContract

__all__ = ["ConnectorContract"]
