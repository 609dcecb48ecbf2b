"""The pages about the four figures and about the end of a cycle say what the program does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from docs_examples import Page, rows, said
from okr_builders import item

from okrsync.app import App
from okrsync.model.checkin import CheckIn
from okrsync.model.sample import Linked, Sample
from okrsync.model.work import State

CONFIG = """\
okrs: [okrs/*.yaml]
connections:
  github: {type: github, repositories: [acme/shop]}
"""
CREATED = datetime(2026, 9, 1, tzinfo=UTC)


def opened(folder: Path, page: Page) -> App:
    return App.open(folder / "okrsync.yaml", environ=page.environ, now=lambda: page.now)


def page_of(name: str, folder: Path, now: datetime) -> Page:
    (folder / "okrsync.yaml").write_text(CONFIG)
    made = Page(name, folder, now)
    made.write_files()
    return made


def shown(page: Page) -> None:
    examples = list(page.runs())
    assert examples
    for command, printed in examples:
        assert said(page.call(command)) == printed.rstrip(), command


def day(text: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC, hour=hour)


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """The page about figures, with what it tells in the store."""
    monkeypatch.chdir(tmp_path)
    page = page_of("figures.md", tmp_path, datetime(2026, 10, 23, 9, tzinfo=UTC))
    tickets = rows(page.text, "| ticket | in progress since | finished | linked to |")
    words = rows(page.text, "| who | checked in on | at |")
    with opened(tmp_path, page) as app, app.store.transaction():
        store = app.store
        for key, began, ended, to in tickets:
            finished = {"done": True, "closed": day(ended)} if ended else {"state": State.DOING}
            one = item(key, connection="github", created=CREATED, updated=CREATED, started=day(began), **finished)
            store.items.keep([one], lambda label: False)
            store.links.replace("github", [one.id], [Linked(to, "github", one.id, 1.0, False, ())] if to else [])
        done = sum(bool(ended) for _, _, ended, _ in tickets) / sum(bool(to) for *_, to in tickets)
        store.history.add_sample(Sample("checkout-1", day("2026-10-01"), 0.0, 0.0))
        store.history.add_sample(Sample("checkout-1", day("2026-10-15"), done, done))
        store.history.add_sample(Sample("checkout-3", day("2026-10-01"), None, None))
        for who, key_result, at in words:
            store.checkins.add(CheckIn(key_result, day(at), who, confidence=6))
    return page


@pytest.fixture
def cycles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """The page about cycles, with the readings that it tells."""
    monkeypatch.chdir(tmp_path)
    page = page_of("cycles.md", tmp_path, datetime(2026, 12, 31, 18, tzinfo=UTC))
    with opened(tmp_path, page) as app, app.store.transaction():
        placed = app.okrs.by_id()
        for name, value in rows(page.text, "| key result | value |"):
            measure = placed[name].key_result.measure
            start, target = getattr(measure, "start", 0.0), getattr(measure, "target", 1.0)
            raw = (float(value) - start) / (target - start)
            app.store.history.add_sample(Sample(name, page.now - timedelta(hours=6), float(value), raw))
    return page


def test_the_figures_of_the_page_are_printed(figures: Page) -> None:
    shown(figures)


def test_the_closing_of_the_page_is_printed(cycles: Page) -> None:
    shown(cycles)


def test_the_new_file_is_the_one_of_the_page(cycles: Page) -> None:
    for command, _ in cycles.runs():
        assert cycles.call(command).exit_code == 0
    name, text = re.findall(r"<!-- written: (\S+) -->\n```yaml\n(.*?)```", cycles.text, re.DOTALL)[0]
    assert (cycles.folder / name).read_text() == text
    assert cycles.call("okrsync check --offline").exit_code == 0
