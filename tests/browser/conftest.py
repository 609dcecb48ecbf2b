"""A real browser on a real dashboard, over a sandbox with a quarter's past. Without a browser the tests are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browsing import ROLES, TOKENS, Dashboard, Visit

from okrsync.app import App, RunRequest
from okrsync.cli.demo import SECRETS, write_files
from okrsync.practice.backfill import backfill
from okrsync.practice.checkins import Words, check_in
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.world import build_world
from okrsync.web.access import token_hash
from okrsync.web.room import Room
from okrsync.web.serving import serving

BROWSER = os.environ.get("OKRSYNC_BROWSER") or shutil.which("chromium") or shutil.which("chromium-browser")
PICTURES = Path(os.environ.get("OKRSYNC_PICTURES", Path(__file__).parents[2] / ".screenshots"))
"""Where screenshots land for people to look at."""

LONG = "Selbstbedienungsportalfunktionalitätsbeschreibungsaktualisierungsrate"
UNWIELDY = f"""\
cycle: {{id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}}
objectives:
  - id: one
    title: "Unsere Kundinnen finden die {LONG}"
    owner: maximiliane.von-und-zu-hohenstein
    team: Kundenservice- und {LONG}
    key_results:
      - id: one-1
        title: "{LONG} steigt"
        measure: {{type: manual, start: 0, target: 1000000000, unit: Kundenzufriedenheitspunkte}}
  - id: an-identifier-that-is-as-long-as-it-may
    title: "お客様が迷わずに購入できるようにするための取り組みを今期中に完了させて満足度を大幅に向上させる"
    key_results:
      - id: an-identifier-that-is-as-long-as-it-m-1
        title: "'><script>document.title = 'taken'</script> **bold** [x](javascript:alert(1)) 👩‍👩‍👧‍👦🚀"
        measure: {{type: manual, start: 0, target: 10}}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These really wait, for a browser; where there is none, they are skipped."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real_time)
            if BROWSER is None:
                item.add_marker(pytest.mark.skip(reason="no browser here: apt-get install chromium"))


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with Sandbox() as sandbox:
        began = sandbox.clock.now().date()
        build_world(sandbox, weeks=9)
        folder = tmp_path_factory.mktemp("quarter")
        write_files(folder, sandbox, began)

        def opened(config: Path) -> Callable[..., App]:
            return lambda **given: App.open(config, environ=SECRETS, now=sandbox.clock.now, sleep=skip, **given)

        def skip(seconds: float) -> None:
            sandbox.clock.advance(timedelta(seconds=seconds))

        plain, guarded = folder / "okrsync.yaml", folder / "guarded.yaml"
        users = "".join(
            f"    {name}: {{role: {ROLES[name]}, token: {token_hash(token)}}}\n" for name, token in TOKENS.items()
        )
        guarded.write_text(f"{plain.read_text()}serve:\n  users:\n{users}")
        with opened(plain)() as app:
            app.sync(RunRequest())
            backfill(app.house())
            check_in(app.desk(), "checkout-1", Words(confidence=4, note="Too much is added.", blocker="Legal"), "ana")
            check_in(app.desk(), "checkout-3", Words(value=2.4, confidence=6, note="The button is live."), "ana")
            app.sync(RunRequest())
        rooms = [Room(opened(config), config, sandbox.clock.now) for config in (plain, guarded)]
        with serving(rooms[0], environ={}, port=0) as one, serving(rooms[1], environ={}, port=0) as other:
            yield Dashboard(one.url, other.url, folder)


@pytest.fixture(scope="session")
def unwieldy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Names as long and as strange as they come, and no tracker that was ever read."""
    folder = tmp_path_factory.mktemp("unwieldy")
    config = folder / "okrsync.yaml"
    config.write_text("okrs: [okrs.yaml]\nconnections: {github: {type: github, repositories: [acme/shop]}}\n")
    folder.joinpath("okrs.yaml").write_text(UNWIELDY, "utf-8")

    def now() -> datetime:
        return datetime(2026, 11, 2, 9, tzinfo=UTC)

    room = Room(lambda: App.open(config, environ=SECRETS, now=now), config, now)
    with serving(room, environ={}, port=0) as served:
        yield Dashboard(served.url, served.url, folder)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visit]]:
    contexts: list[Any] = []

    def opened(**given: Any) -> Visit:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **given})
        contexts.append(context)
        page, trouble = context.new_page(), list[str]()
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        return Visit(page, trouble)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[..., None]:
    """``picture(page, name)`` leaves a screenshot for people to look at."""
    PICTURES.mkdir(exist_ok=True)

    def taken(page: Any, name: str, *, whole: bool = True) -> None:
        page.screenshot(path=PICTURES / f"{name}.png", **({"full_page": True} if whole else {}))

    return taken
