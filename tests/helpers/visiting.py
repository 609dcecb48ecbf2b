"""How web tests open the dashboard: without a screen, as anybody they like."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

Visit = Callable[..., TestClient]
"""``visit(more)`` writes more into okrsync.yaml and opens the dashboard."""
