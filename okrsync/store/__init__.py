"""The store: a cache of the trackers plus our own history, in one SQLite file.

:class:`Store` is one open connection with a cabinet for each concern. Everything between
``with store.transaction():`` and its end is kept together or not at all.
"""

from okrsync.store.database import Store

__all__ = ["Store"]
