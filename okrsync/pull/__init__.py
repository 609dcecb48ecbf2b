"""Pull: what the trackers hold comes into the store, and what is missing from there is told.

The conductor asks a :class:`Reader`, which reads each connection: its scopes page by page, what a census misses, and
the queries of the OKR files.
"""

from okrsync.pull.queries import asking, probed
from okrsync.pull.reading import Reader, read_completely

__all__ = ["Reader", "asking", "probed", "read_completely"]
