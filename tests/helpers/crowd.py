"""One repository full of linked tickets, more than GitHub's limits let anybody write to at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from installation import CONFIG, Installation, install

from okrsync.app import RunRequest
from okrsync.model.run import RunReport
from okrsync.sandbox.server import Sandbox

OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: everything
    title: Everything gets better
    key_results:
      - id: better-1
        title: Every open ticket is done
        measure: {type: completion}
        links: [{connection: github, repository: acme/shop}]
"""


@contextmanager
def crowd(folder: Path, *, tickets: int, closed: int = 0) -> Iterator[Installation]:
    """A sandbox with that many tickets, the last updated most recently; the first ``closed`` are done."""
    jira, rest = CONFIG.index("  jira:"), CONFIG.index("write_back:")
    with Sandbox() as sandbox:
        sandbox.github.add_repository("acme/shop")
        sandbox.github.add_repository("acme/api")
        for number in range(tickets):
            at = sandbox.clock.now() - timedelta(minutes=2 * tickets - number)
            made = sandbox.github.create("acme/shop", f"Ticket {number}", at=at)
            if number < closed:
                sandbox.github.close("acme/shop", made.number, at=at)
        yield install(folder / "acme", sandbox, config=CONFIG[:jira] + CONFIG[rest:], okrs=OKRS)


def run(acme: Installation) -> RunReport:
    """One sync; waiting moves the sandbox's clock."""
    acme.sandbox.log.clear()

    def sleep(seconds: float) -> None:
        acme.sandbox.clock.advance(timedelta(seconds=seconds))

    with acme.open(sleep=sleep) as app:
        return app.sync(RunRequest())
