"""Renders every page of the dashboard over 1,000 key results: ``python -m benchmarks.bench_pages [KRS]``.

The store has a reading of each key result for each day of twelve weeks. For each page: the first time after a run, the
best of five afterwards, and the size of its HTML without charts.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from fastapi.testclient import TestClient

from benchmarks.bench_forecast import KEY_RESULTS, fill
from okrsync.app import App
from okrsync.model.sample import Sample
from okrsync.store import Store
from okrsync.web.room import Room
from okrsync.web.server import create

PAGES = ("/", "/?page=3", "/key-results/{first}", "/orphans", "/coach", "/figures", "/review", "/operations")
DAYS = 84
LIMIT = 100
"""Milliseconds wanted for each page, and kilobytes of its HTML."""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else KEY_RESULTS
    with tempfile.TemporaryDirectory(prefix="okrsync-pages-") as name:
        config = fill(Path(name), count)
        _read_daily(config)
        room = Room(
            lambda **given: App.open(config, environ={"GITHUB_TOKEN": "x", "JIRA_API_TOKEN": "x"}, **given),
            config,
            _now,
        )
        browser = TestClient(create(room), "http://localhost")
        first_name = room.app.okrs.placed[0].key_result.id
        print(f"{count:,} key results, {count * 100:,} items; at most {LIMIT} ms and {LIMIT} KB wanted")
        for page in PAGES:
            path = page.format(first=first_name)
            first, *more = [_timed(browser, path) for _ in range(6)]
            size = len(re.sub(r"<figure.*?</figure>", "", first[1], flags=re.DOTALL).encode()) / 1024
            print(f"{path:24} first {first[0]:7.0f} ms   then {min(one[0] for one in more):6.1f} ms   {size:6.1f} KB")
        room.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _timed(browser: TestClient, path: str) -> tuple[float, str]:
    began = time.perf_counter()
    answer: Any = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return (time.perf_counter() - began) * 1000, answer.text


def _read_daily(config: Path) -> None:
    """A reading a day for each key result, on its way from nothing to the whole."""
    with App.open(config, environ={"GITHUB_TOKEN": "x", "JIRA_API_TOKEN": "x"}) as app:
        names = [placed.key_result.id for placed in app.okrs.placed]
        url = app.settings.store
    with Store(url) as store, store.transaction():
        for number, name in enumerate(names):
            done = Sample(
                name, _now(), 0.0, 0.0, rule="completion by count", scope=100.0, start=0.0, target=1.0, weight=1.0
            )
            for day in range(DAYS):
                share = day / DAYS * (0.5 + number % 5 / 10)
                at = _now() - timedelta(days=DAYS - day)
                store.history.add_sample(msgspec.structs.replace(done, at=at, value=share, raw=share, done=share * 100))


if __name__ == "__main__":
    main()
