"""The pages about status, forecast and measures show what the commands really print."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from docs_examples import Page, rows, said
from forecast_past import NOW, work
from okr_builders import item
from practising import CONFIG, Practice

from okrsync.model.okr import Okrs
from okrsync.model.sample import Linked, Sample
from okrsync.model.work import Item, State
from okrsync.practice.replay import replay

DAY = datetime(2026, 11, 14, 12, tzinfo=UTC)
CREATED = datetime(2026, 9, 28, tzinfo=UTC)
REASON = ("has label checkout, in repository acme/shop",)


def page_of(name: str, folder: Path, now: datetime) -> tuple[Page, Practice]:
    """A page with its files written, and what is told in its store."""
    (folder / "okrsync.yaml").write_text(CONFIG)
    page = Page(name, folder, now)
    page.write_files()
    return page, Practice(folder, now)


def shown(page: Page) -> None:
    examples = list(page.runs())
    assert examples
    for command, printed in examples:
        assert said(page.call(command)) == printed.rstrip(), command


def measured(acme: Practice, okrs: Okrs) -> None:
    """Every key result, as a sync would have measured it."""
    with acme.desk() as desk, desk.store.transaction():
        for placed in okrs.placed:
            desk.store.history.add_sample(replay(desk.store, placed, acme.now))


@pytest.fixture
def status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.chdir(tmp_path)
    page, acme = page_of("status.md", tmp_path, DAY)
    with acme.desk() as desk, desk.store.transaction():
        for name, value in rows(page.text, "| key result | value |"):
            measure = desk.okrs.by_id()[name].key_result.measure
            start, target = getattr(measure, "start", 0.0), getattr(measure, "target", 1.0)
            raw = (float(value) - start) / (target - start)
            desk.store.history.add_sample(Sample(name, DAY, float(value), raw, rule="manual v1"))
    return page


@pytest.fixture
def forecast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """With the weeks of the page's own table."""
    monkeypatch.chdir(tmp_path)
    page, acme = page_of("forecast.md", tmp_path, NOW)
    block = page.text.partition("```forecast\n")[2].partition("```")[0].splitlines()
    told = {name: [int(float(one)) for one in numbers] for name, *numbers in map(str.split, block[:3])}
    work(acme, "checkout-1", told["finished"], added=told["added"], remaining=told["remaining"][0])
    measured(acme, acme.open().okrs)
    return page


@pytest.fixture
def measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.chdir(tmp_path)
    page, acme = page_of("measures.md", tmp_path, DAY)
    tickets = [_ticket(*row) for row in rows(page.text, "| ticket | title | points | state |")]
    with acme.desk() as desk, desk.store.transaction():
        desk.store.items.keep(tickets, lambda label: False)
        links = [Linked("checkout-1", "github", one.id, 1.0, False, REASON) for one in tickets]
        desk.store.links.replace("github", [one.id for one in tickets], links)
    measured(acme, acme.open().okrs)
    return page


def _ticket(key: str, title: str, points: str, state: str) -> Item:
    ended = {"done": {"done": True}, "cancelled": {"cancelled": True}, "in progress": {"state": State.DOING}}
    facts = {"key": key, "title": title, "points": float(points) if points else None, "word": state}
    url = f"https://github.com/{key.replace('#', '/issues/')}"
    return item(key, connection="github", created=CREATED, updated=CREATED, url=url, **facts, **ended.get(state, {}))


@pytest.mark.parametrize("name", ["status", "forecast", "measures"])
def test_the_commands_of_the_page_print_what_it_shows(name: str, request: pytest.FixtureRequest) -> None:
    shown(request.getfixturevalue(name))
