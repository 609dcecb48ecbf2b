"""Every engine test has a sandbox with the demo's world, and an installation that looks at it."""

from installation import acme, sandbox

__all__ = ["acme", "sandbox"]
