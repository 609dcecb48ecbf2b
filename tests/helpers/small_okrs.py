"""One key result over both trackers of the demo's world: few tickets, so that a test of everything else is quick."""

from __future__ import annotations

SMALL = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - id: checkout-1
        title: Ship the one-page checkout
        measure: {type: completion}
        links:
          - {connection: github, repository: acme/shop, items: ["acme/shop#6", "acme/shop#7"]}
          - {connection: jira, items: [SHOP-122, SHOP-123]}
"""
