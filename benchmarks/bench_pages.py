"""Renders every page of the dashboard over 1,000 key results: ``python -m benchmarks.bench_pages [KRS [FOLDER]]``.

The store has a reading of each key result for each day of twelve weeks. For each page, in milliseconds:

- cold: nobody asked before, and nobody answers ahead of visitors;
- ready: the first time, in a server that has just said that it is ready;
- busy: right after a run, while what everybody asks is answered anew in the background;
- first: the first time after that, when it is answered;
- warm: the best of five afterwards.

What an address names (a key result, a page of the review, a period) is another one each time but for warm. Last comes
the size of what is sent, without charts. In the end the cycle is closed, and its review measured once more. A FOLDER
that is given keeps what was filled, for the next time.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from fastapi.testclient import TestClient

from benchmarks.bench_forecast import KEY_RESULTS, fill
from okrsync.app import App
from okrsync.model.sample import Sample
from okrsync.practice.closing import close, ending
from okrsync.practice.desk import Desk
from okrsync.store import Store
from okrsync.web.answers import Question
from okrsync.web.questions import QUESTIONS
from okrsync.web.room import Room
from okrsync.web.server import create
from okrsync.web.serving import warm_up

PAGES = (
    "/",
    "/?page=3",
    "/key-results/{name}",
    "/charts/{name}.svg",
    "/orphans",
    "/coach",
    "/figures",
    "/figures?period=8w",
    "/figures?period={first}..{last}",
    "/review",
    "/review/now",
    "/review/now?page={page}",
    "/review/now?page={end}",
    "/operations",
    "/api/v1/objectives",
    "/api/v1/coach",
    "/api/v1/orphans",
    "/api/v1/figures",
    "/api/v1/figures?period={week}..{last}",
    "/api/v1/cycles/now/review?page={other}",
    "/api/v1/cycles/now/review?page={end}",
)
REVIEW = tuple(page for page in PAGES if "review" in page)
DAYS = 84
LIMIT = 100
"""Milliseconds wanted for each page, and kilobytes of its HTML."""
KINDS = ("cold", "ready", "busy", "first", "warm")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else KEY_RESULTS
    with tempfile.TemporaryDirectory(prefix="okrsync-pages-") as name:
        config = _filled(Path(sys.argv[2]) if len(sys.argv) > 2 else Path(name) / "filled", Path(name) / "used", count)
        warm_up()
        print(f"{count:,} key results, {count * 100:,} items; at most {LIMIT} ms and {LIMIT} KB of a page wanted")
        _measure(config, PAGES)
        _close(config)
        print("\nThe same cycle, closed")
        _measure(config, REVIEW)


def _filled(kept: Path, used: Path, count: int) -> Path:
    """A configuration to work with, whose store was filled now or the last time."""
    if not kept.exists():
        kept.mkdir(parents=True)
        _read_daily(fill(kept, count))
    shutil.copytree(kept, used)
    return used / "okrsync.yaml"


def _measure(config: Path, pages: Sequence[str]) -> None:
    with _room(config) as room:
        cold = {page: _timed(TestClient(create(room), "http://localhost"), page, 1)[0] for page in pages}
    with _room(config) as room, TestClient(create(room), "http://localhost") as browser:
        began = time.perf_counter()
        room.caught_up.wait()
        print(f"{time.perf_counter() - began:.1f} s until everything is answered")
        found = _served(browser, room, pages)
    print(f"{'':42}{''.join(f'{kind:>9}' for kind in KINDS)}       KB")
    for page in pages:
        times = (cold[page], *found[page][:-1])
        print(f"{page:42}{''.join(f'{one:9.0f}' for one in times)} {found[page][-1]:8.1f}")


def _close(config: Path) -> None:
    with _opened(config) as app, Store(app.settings.store) as store:
        desk = Desk(store, app.okrs, app.settings, _now())
        close(desk, ending(desk, "now"), {}, who="ana", accept=True, reopen=False)


@contextmanager
def _room(config: Path) -> Iterator[Room]:
    room = Room(lambda **given: _opened(config, **given), config, _now)
    try:
        yield room
    finally:
        room.close()


def _opened(config: Path, **given: Any) -> App:
    return App.open(config, environ={"GITHUB_TOKEN": "x", "JIRA_API_TOKEN": "x"}, **given)


def _served(browser: TestClient, room: Room, pages: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Of each page: ready, busy, first, warm, and how large it is."""
    ready = {page: _timed(browser, page, 60)[0] for page in pages}
    busy = {}
    for number, page in enumerate(pages, start=2):
        if _answered(room):
            _run(room, number)
            _until_begun(room)
        busy[page] = _timed(browser, page, number)[0]
    _until_answered(room)
    found: dict[str, tuple[float, ...]] = {}
    for page in pages:
        first, text = _timed(browser, page, 50)
        warm = min(_timed(browser, page, 50)[0] for _ in range(5))
        size = len(re.sub(r"<figure.*?</figure>", "", text, flags=re.DOTALL).encode()) / 1024
        found[page] = (ready[page], busy[page], first, warm, size)
    return found


def _run(room: Room, number: int) -> None:
    """What a run leaves behind that changes a reading."""
    with Store(room.app.settings.store) as store, store.transaction():
        name = room.app.okrs.placed[number].key_result.id
        last = store.history.sample(name)
        assert last is not None
        store.history.add_sample(msgspec.structs.replace(last, at=_now(), value=(last.value or 0.0) / 2, raw=0.5))


def _until_begun(room: Room) -> None:
    """The worker has answered the first question and is at the second."""
    while not _answered(room, QUESTIONS[:1]):
        time.sleep(0.01)


def _until_answered(room: Room) -> None:
    while not _answered(room):
        time.sleep(0.1)


def _answered(room: Room, some: Sequence[Question[object]] = QUESTIONS) -> bool:
    with room.desk() as desk:
        return all(room.knows(one, desk) for one in some)


def _now() -> datetime:
    return datetime.now(UTC)


def _timed(browser: TestClient, page: str, number: int) -> tuple[float, str]:
    today = _now().date()
    path = page.format(
        name=f"KR-{number}",
        page=number,
        other=number + 30,
        end=number + 1_000,
        first=today - timedelta(days=50 + number),
        week=today - timedelta(days=14 + number),
        last=today - timedelta(days=7),
    )
    began = time.perf_counter()
    answer: Any = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return (time.perf_counter() - began) * 1000, answer.text


def _read_daily(config: Path) -> None:
    """A reading a day for each key result, on its way from nothing to the whole."""
    with _opened(config) as app:
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
