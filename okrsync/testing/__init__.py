"""What a connector author needs to prove a connector: subclass :class:`okrsync.testing.contract.ConnectorContract`."""
