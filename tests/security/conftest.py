"""An installation and its two trackers, as in the tests of the engine."""

from installation import acme, sandbox

__all__ = ["acme", "sandbox"]
