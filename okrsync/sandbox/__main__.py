"""``python -m okrsync.sandbox``: the sandbox in its own process, for demos and for harnesses that kill processes."""

from __future__ import annotations

import argparse
import signal
import threading

from okrsync.sandbox.data import fill_github, fill_jira
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.world import build_world


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. Prints the addresses once it answers, the last line being ``ready``."""
    given = _parser().parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Sandbox(port=given.port, latency=given.latency, ticking=not given.still) as sandbox:
        _fill(sandbox, given)
        for name, url in (("github", sandbox.github_url), ("jira", sandbox.jira_url), ("jira-dc", sandbox.jira_dc_url)):
            print(f"{name:8} {url}")
        print(f"control  {sandbox.url}/_sandbox\nready", flush=True)
        stopped.wait()
    return 0


def _fill(sandbox: Sandbox, given: argparse.Namespace) -> None:
    build_world(sandbox)
    if given.items:
        fill_github(sandbox.github, items=given.items, seed=given.seed)
        fill_jira(sandbox.jira, items=given.items, seed=given.seed)
    if given.unlimited:
        sandbox.github.limits = dict.fromkeys(sandbox.github.limits)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m okrsync.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (0: a free one)")
    parser.add_argument(
        "--items", type=int, default=0, help="also fill acme/bulk and the project BULK with so many items"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of those items")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that every request takes on its way")
    parser.add_argument("--still", action="store_true", help="the clock moves only when told to")
    parser.add_argument("--unlimited", action="store_true", help="no rate limits on GitHub, as on an Enterprise Server")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
