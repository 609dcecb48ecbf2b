"""Health, freshness and metrics: what machines are told about the service, and what they are not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from prometheus_client.parser import text_string_to_metric_families
from visiting import Visit

from okrsync.model.hint import Hint
from okrsync.pull.reading import NOT_FINISHED
from okrsync.store.inbox import Inbox, inbox_beside
from okrsync.store.scopes import ConnectionState
from okrsync.web.access import new_token, token_hash
from okrsync.web.pages.health import STILL

HERE = {"client": ("127.0.0.1", 50000)}
ELSEWHERE = {"client": ("10.0.0.9", 50000)}
PRIVATE = """
  - id: secret
    title: A secret
    team: board
    visibility: team
    key_results:
      - {id: secret-1, title: Hush, measure: {type: completion}, links: [{connection: jira, epic: SHOP-1}]}
"""


def figures(browser: TestClient, **headers: str) -> dict[tuple[str, ...], float]:
    """Name and values of the labels -> value, of everything that is exposed."""
    answer = browser.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_process_that_works_is_alive(visit: Visit) -> None:
    answer = visit().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.parametrize(("silent", "status"), [(3.0, 200), (STILL + 1, 503)])
def test_a_loop_that_gives_no_sign_of_life_is_not_alive(visit: Visit, silent: float, status: int) -> None:
    browser = visit()
    browser.app.state.silence = lambda: silent  # type: ignore[attr-defined]
    answer = browser.get("/healthz")
    assert answer.status_code == status
    assert answer.json() == {"alive": status == 200, "silent_s": silent}


def test_fresh_data_is_ready_and_old_data_says_of_whom(visit: Visit, acme: Installation) -> None:
    browser = visit()
    assert browser.get("/readyz").json() == {"ready": True, "reasons": []}
    acme.sandbox.clock.advance(timedelta(minutes=14))
    assert browser.get("/readyz").status_code == 200
    acme.run(connections=("github",))
    acme.sandbox.clock.advance(timedelta(minutes=2))
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["jira was last read completely 16 min ago, and 15 min are allowed."]


def test_a_connection_that_was_never_read_is_not_ready(visit: Visit, acme: Installation) -> None:
    acme.config.write_text(acme.config.read_text().replace("  jira: {", "  tracker: {"))
    acme.okrs.write_text(acme.okrs.read_text().replace("connection: jira", "connection: tracker"))
    assert visit().get("/readyz").json()["reasons"] == ["tracker has never been read completely."]


def test_metrics_tell_of_runs_connections_and_key_results(visit: Visit, acme: Installation) -> None:
    browser = visit(**HERE)
    before = figures(browser)
    assert before["okrsync_runs_total", "sync", "ok"] == 1
    assert before["okrsync_connection_runs_total", "jira", "ok"] == 1
    assert before["okrsync_requests_total", "github"] > 3
    assert before["okrsync_writes_total", "github"] > 0
    assert before["okrsync_up", "github"] == 1
    assert before["okrsync_requests_limit", "github"] == 5000
    assert before["okrsync_deferred_writes", "jira"] == 0
    assert before["okrsync_key_result_progress", "2026-Q4", "checkout-1", "checkout"] == pytest.approx(1 / 3, abs=0.1)
    acme.sandbox.faults.add("status", path="^/jira/", status=401, times=None)
    acme.sandbox.clock.advance(timedelta(minutes=5))
    acme.run()
    after = figures(browser)
    assert after["okrsync_runs_total", "sync", "ok"] == 1
    assert after["okrsync_runs_total", "sync", "partial"] == 1
    assert after["okrsync_connection_runs_total", "jira", "failed"] == 1
    assert after["okrsync_run_seconds_count", "sync"] == 2
    assert after["okrsync_up", "jira"] == 0
    assert after["okrsync_data_age_seconds", "jira"] == 300
    assert after["okrsync_data_age_seconds", "github"] == 0
    assert figures(browser) == after, "a run is counted once"


def test_metrics_tell_of_hints_that_wait(visit: Visit, acme: Installation) -> None:
    inbox = Inbox(inbox_beside(acme.store))
    inbox.put("jira", "1", [Hint("1", "2", "SHOP-1")], acme.sandbox.clock.now())
    inbox.close()
    assert figures(visit(**HERE))["okrsync_hints_waiting", "jira"] == 1


def test_private_objectives_are_in_no_metric(visit: Visit, acme: Installation) -> None:
    acme.okrs.write_text(acme.okrs.read_text() + PRIVATE)
    acme.run()
    assert "secret" not in visit(**HERE).get("/metrics").text


@pytest.mark.parametrize("guard", ["users", "proxy"])
def test_metrics_are_for_this_machine_and_for_those_with_a_token(visit: Visit, guard: str) -> None:
    token = new_token()
    more = f"\nserve: {{users: {{prom: {{token: {token_hash(token)}}}}}"
    more += ", proxy: {address: 127.0.0.1}}\n" if guard == "proxy" else "}\n"
    here = visit(more, **HERE)
    there = visit(**ELSEWHERE)
    assert there.get("/metrics").status_code == 401
    assert figures(there, Authorization=f"Bearer {token}")
    assert here.get("/metrics").status_code == (401 if guard == "proxy" else 200)
    assert here.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 401


def test_another_sites_page_reads_no_metrics_by_a_name_of_its_own_that_leads_here(visit: Visit) -> None:
    here = visit(f"\nserve: {{users: {{ana: {{token: {token_hash(new_token())}}}}}}}\n", **HERE)
    assert here.get("/metrics", headers={"Host": "127.0.0.1:8080"}).status_code == 200
    assert here.get("/metrics", headers={"Host": "evil.example"}).status_code == 401


def test_health_needs_no_sign_in_and_names_no_objective(visit: Visit) -> None:
    browser = visit(f"\nserve: {{users: {{ana: {{token: {token_hash(new_token())}}}}}}}\n", **ELSEWHERE)
    for path in ("/healthz", "/readyz"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "checkout" not in answer.text


def test_the_tests_know_every_metric_of_the_documentation(visit: Visit) -> None:
    told = Path(__file__).parents[2].joinpath("docs/service.md").read_text()
    names = {name for name, *_ in figures(visit(**HERE))}
    bare = {name.removesuffix("_count").removesuffix("_sum") for name in names if not name.endswith("_created")}
    assert {name for name in bare if f"`{name}`" not in told} == set()


def test_a_read_that_goes_on_is_no_failure_and_one_that_was_killed_is(visit: Visit, acme: Installation) -> None:
    browser = visit(**HERE)

    def up() -> tuple[float, str]:
        (jira,) = [one for one in browser.get("/api/v1/connections").json() if one["name"] == "jira"]
        return figures(browser)["okrsync_up", "jira"], jira["error"]

    with acme.open() as app:
        store, now = app.store, acme.sandbox.clock.now()
        with store.held("sync", now):
            with store.transaction():
                store.scopes.set_state("jira", ConnectionState(now, NOT_FINISHED))
            assert up() == (1, "")
        assert up() == (0, NOT_FINISHED)


def test_a_connection_that_failed_stays_down_while_it_is_read_again(visit: Visit, acme: Installation) -> None:
    browser = visit(**HERE)
    acme.sandbox.faults.add("status", path="^/jira/", status=401, times=None)
    acme.run()
    with acme.open() as app, app.store.held("sync", acme.sandbox.clock.now()):
        with app.store.transaction():
            app.store.scopes.set_state("jira", ConnectionState(acme.sandbox.clock.now(), NOT_FINISHED))
        assert figures(browser)["okrsync_up", "jira"] == 0
