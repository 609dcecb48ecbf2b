"""What browser tests talk about: a dashboard, who may sign in, and one person's window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKENS = {"ana": "the token of ana", "max": "the token of max", "vic": "the token of vic"}
PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 740}}
ROLES = {"ana": "owner", "max": "admin", "vic": "viewer"}


@dataclass(frozen=True)
class Dashboard:
    """``open`` is for whoever sits at the machine, ``guarded`` asks everybody to sign in."""

    open: str
    guarded: str
    folder: Path


@dataclass
class Visit:
    """One person's window. ``trouble`` collects what the console and the page complain about."""

    page: Any
    trouble: list[str]


Open = Callable[..., Visit]
Picture = Callable[..., None]


def sign_in(page: Any, at: str, who: str) -> None:
    page.goto(f"{at}/login")
    page.get_by_label("Your token").fill(TOKENS[who])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{at}/")


def address(page: Any, dashboard: Dashboard, path: str) -> str:
    """The address of a page; ``{cycle}`` is the cycle of the files."""
    if "{cycle}" in path:
        path = path.format(cycle=page.request.get(f"{dashboard.open}/api/v1/cycles").json()[0]["id"])
    return f"{dashboard.open}{path}"


def named(path: str) -> str:
    return path.replace("{cycle}", "one").strip("/").replace("/", "-").replace("?", "-") or "cycle"


def live_chart(page: Any, dashboard: Dashboard) -> Any:
    """A key result's chart that answers, once what makes it answer is made."""
    for _ in range(60):
        if len(page.request.get(f"{dashboard.open}/scripts/vega.js").text()) > 1000:
            break
        page.wait_for_timeout(500)
    page.goto(f"{dashboard.open}/key-results/checkout-1")
    live = page.locator("figure.chart .live")
    live.wait_for(timeout=20_000)
    return live


def violations(page: Any) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, the size of what is touched among it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
