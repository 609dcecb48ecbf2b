"""Every test of apply has a small shop in the store, and an applier that writes for it."""

from applying import applier, shop

__all__ = ["applier", "shop"]
