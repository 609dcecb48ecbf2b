"""The OKR file of the two worlds, as people change it: key results come, go, are renamed and measured differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

CONFIG = """\
installation: acme
okrs: [okrs/*.yaml]
connections:
  github: {{type: github, url: "{github}", repositories: [acme/shop, acme/api], seconds_between_writes: 0}}
  jira: {{type: jira, url: "{jira}", projects: [SHOP, OPS], remote_link: true}}
dashboard_url: https://okr.acme.example
"""

MEASURES = (
    "{type: completion}",
    "{type: completion, by: points}",
    "{type: completion, by: points, unestimated: exclude, in_progress_credit: 0.25}",
    "{type: count, of: open, start: 10, target: 0}",
    "{type: sum, field: points, target: 20}",
    "{type: ratio, of: {state: done}, over: {type: Bug}, target: 0.5}",
    "{type: maintain, of: {type: count, of: open, target: 0}, below: 4}",
    "{type: duration, of: lead, start: 30, target: 5}",
)

LINKS = {
    "checkout-1": (
        "{connection: github, repository: acme/shop, milestone: One page}",
        "{connection: jira, epic: SHOP-1}",
    ),
    "bugs-1": ('{connection: jira, query: "type = Bug AND priority = Highest", weight: 2}',),
    "api-1": ("{connection: github, repository: acme/api, labels: [latency]}",),
    "ops-1": ("{connection: jira, project: OPS}", "{connection: jira, version: '1.0', role: supports}"),
    "all-1": ("{connection: github, labels: {any: [ux, latency, urgent]}}", "{connection: jira, labels: [urgent]}"),
    "done-1": (
        "{connection: github, repository: acme/shop, milestone: One page}",
        "{connection: jira, version: '1.0'}",
        "{connection: jira, epic: SHOP-1}",
    ),
}
"""What each key result that there may be is linked to."""

_MILESTONES = "{type: milestones, by: fraction}"


@dataclass
class OkrFolder:
    """``measures`` are those of the key results there are now, ``renamed`` counts how often each title changed."""

    measures: dict[str, str] = field(default_factory=lambda: {"checkout-1": MEASURES[0], "bugs-1": MEASURES[3]})
    renamed: dict[str, int] = field(default_factory=dict)
    cycle: str = "active"

    def add(self, key_result: str, measure: int) -> None:
        chosen = _MILESTONES if key_result == "done-1" else MEASURES[measure % len(MEASURES)]
        self.measures[key_result] = chosen

    def remove(self, key_result: str) -> None:
        """The last one stays: a file without any is refused."""
        if len(self.measures) > 1:
            self.measures.pop(key_result, None)

    def rename(self, key_result: str) -> None:
        self.renamed[key_result] = self.renamed.get(key_result, 0) + 1

    def text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"cycle: {{id: 2026-Q4, start: 2026-10-01, end: 2026-12-31, state: {self.cycle}}}"
        yield "objectives:"
        yield "  - id: checkout"
        yield "    title: Buying is effortless"
        yield "    key_results:"
        for name, measure in sorted(self.measures.items()):
            yield f"      - id: {name}"
            yield f"        title: What {name} means{' now' * self.renamed.get(name, 0)}"
            yield f"        measure: {measure}"
            yield f"        links: [{', '.join(LINKS[name])}]"
