"""Every test of assess has a small shop in the store."""

from assessing import shop

__all__ = ["shop"]
