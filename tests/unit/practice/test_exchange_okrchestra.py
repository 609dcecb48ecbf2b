"""OKRchestra's workspace, as its own loader would read it, and back as an OKR file.

The rules of the loader are those of mattui/okrchestra, internal/okrstore/validate.go; the document that is read is in
the form of its okrs/org.yml.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from coach_facts import key_result, objective, okrs, sample, together
from okr_builders import item

from okrsync.errors import ConfigError
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Cycle, OkrFile
from okrsync.model.sample import Linked
from okrsync.okrfile import load_okrs
from okrsync.practice.desk import Desk
from okrsync.practice.exchange.adopting import adopt_workspace
from okrsync.practice.exchange.okrchestra import as_workspace
from okrsync.practice.exchange.site import Site
from okrsync.store import Store

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CONFIG = """\
okrs: [okrs/*.yaml]
connections:
  jira: {type: jira, url: https://jira.acme.example, projects: [SHOP]}
"""
THEIRS = """\
scope: org
objectives:
  - objective_id: OBJ-RELIABILITY
    objective: Improve platform reliability.
    owner_id: team-platform
    key_results:
      - kr_id: KR-UPTIME-99-9
        description: Increase uptime to 99.9% over the quarter.
        owner_id: team-platform
        metric_key: api.uptime.pct
        baseline: 99.3
        target: 99.9
        confidence: 0.55
        status: in_progress
        evidence: ["monitoring:uptime-report:2026-01"]
        current: 99.5
      - kr_id: KR-LATENCY-P95
        description: Reduce P95 request latency to 350ms.
        owner_id: team-platform
        metric_key: api.latency.p95_ms
        baseline: 520
        target: 350
        confidence: 0.45
        status: not_started
        evidence: []
"""
CYCLE = Cycle.model_validate({"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"})


def complaints(document: Any) -> list[str]:
    """What OKRchestra's loader would say about a document."""
    found = [] if document.get("scope") in ("org", "team", "person") else ["scope"]
    found += [] if document.get("objectives") else ["objectives"]
    for one in document.get("objectives", ()):
        found += [name for name in ("objective_id", "objective") if not str(one.get(name) or "").strip()]
        found += [] if one.get("key_results") else ["key_results"]
        for result in one.get("key_results", ()):
            texts = ("kr_id", "description", "owner_id", "metric_key", "status")
            found += [name for name in texts if not isinstance(result.get(name), str) or not result[name].strip()]
            found += [name for name in ("baseline", "target") if not isinstance(result.get(name), int | float)]
            found += [] if 0 <= result.get("confidence", -1) <= 1 else ["confidence"]
            evidence = result.get("evidence")
            found += [] if isinstance(evidence, list) and all(str(one).strip() for one in evidence) else ["evidence"]
            if "last_updated" in result:
                datetime.strptime(result["last_updated"], "%Y-%m-%dT%H:%M:%S%z")
    return found


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "okrsync.yaml").write_text(CONFIG)
    return Site.open(tmp_path / "okrsync.yaml", {"JIRA_API_TOKEN": "t"}, lambda: NOW)


@pytest.fixture
def desk(site: Site, store: Store) -> Desk:
    shop = okrs(
        objective(key_result("a"), key_result("b", state="abandoned"), key_result("c", measure={"type": "boolean"})),
        objective(id="bare", owner=None) | {"key_results": ()},
    )
    ops = okrs(objective(key_result("d", unit="h"), id="ops", owner=None, team=None), file="okrs/permissions.yaml")
    with store.transaction():
        store.items.keep([item("1")], lambda label: False)
        store.links.replace("jira", ["1"], [Linked("a", "jira", "1", 1.0, False, ("x",))])
        store.history.add_sample(sample("a", 0.5))
        store.checkins.add(CheckIn("a", NOW, "ana", confidence=7))
    return Desk(store, together(shop, ops), site.settings, NOW)


def _documents(desk: Desk) -> dict[str, Any]:
    return {name: yaml.safe_load(text) for name, text in as_workspace(desk).files.items()}


def test_its_loader_would_read_every_document(desk: Desk) -> None:
    documents = {name: one for name, one in _documents(desk).items() if name.startswith("okrs/")}
    assert set(documents) == {"okrs/shop.yml", "okrs/permissions-2.yml"}, "permissions.yml means something else there"
    assert {name: complaints(one) for name, one in documents.items()} == {name: [] for name in documents}


def test_a_key_result_takes_along_what_has_a_place_there(desk: Desk) -> None:
    first = _documents(desk)["okrs/shop.yml"]["objectives"][0]["key_results"][0]
    assert first == {
        "kr_id": "a", "description": "Conversion of a", "owner_id": "ana", "metric_key": "okrsync.a",
        "baseline": 2.1, "target": 3.0, "confidence": 0.7, "status": "in_progress",
        "evidence": ["https://jira.example/browse/SHOP-1"], "current": 0.5,
        "last_updated": "2026-11-20T09:00:00+00:00",
    }  # fmt: skip


def test_values_are_metrics_of_theirs(desk: Desk) -> None:
    assert _documents(desk)["metrics/manual.yml"] == {"metrics": [{"key": "okrsync.a", "value": 0.5, "unit": "%"}]}


def test_what_finds_no_place_is_said(desk: Desk) -> None:
    assert as_workspace(desk).left_out == ("bare",)
    ids = [one["kr_id"] for one in _documents(desk)["okrs/shop.yml"]["objectives"][0]["key_results"]]
    assert ids == ["a", "c"], "abandoned ones are left out"


def test_what_nobody_said_is_given_as_the_format_demands(desk: Desk) -> None:
    [result] = _documents(desk)["okrs/permissions-2.yml"]["objectives"][0]["key_results"]
    assert (result["owner_id"], result["confidence"], result["status"]) == ("unassigned", 0.5, "not_started")
    assert "current" not in result


def test_their_document_becomes_an_okr_file(site: Site, tmp_path: Path) -> None:
    (tmp_path / "theirs" / "okrs").mkdir(parents=True)
    (tmp_path / "theirs" / "okrs" / "org.yml").write_text(THEIRS)
    (tmp_path / "theirs" / "okrs" / "permissions.yml").write_text("default_policy: deny\n")
    done = adopt_workspace(site, tmp_path / "theirs", CYCLE, None)
    assert (done.file, done.objectives, done.key_results, done.unread) == (f"{tmp_path}/okrs/theirs.yaml", 1, 2, ())
    text = (tmp_path / "okrs" / "theirs.yaml").read_text()
    assert "# from org.yml, objectives[0].key_results[0]; OKRchestra: metric api.uptime.pct, current 99.5" in text
    again = Site.open(tmp_path / "okrsync.yaml", {"JIRA_API_TOKEN": "t"}, lambda: NOW)
    first, second = load_okrs(again.settings, again.plugins).placed
    assert (first.key_result.id, first.key_result.unit, first.key_result.owner) == (
        "KR-UPTIME-99-9",
        "%",
        "team-platform",
    )
    assert second.key_result.measure.model_dump() == {"type": "manual", "start": 520.0, "target": 350.0, "unit": ""}


def test_what_we_write_for_it_can_be_read_back(desk: Desk, site: Site, tmp_path: Path) -> None:
    for name, text in as_workspace(desk).files.items():
        (tmp_path / "ws" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ws" / name).write_text(text)
    adopt_workspace(site, tmp_path / "ws", CYCLE, None)
    content = OkrFile.model_validate(yaml.safe_load((tmp_path / "okrs" / "ws.yaml").read_text()))
    assert [one.id for objective in content.objectives for one in objective.key_results] == ["d", "a", "c"]


def test_a_key_result_that_goes_nowhere_is_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "org.yml").write_text(THEIRS.replace("baseline: 520", "baseline: 350"))
    with pytest.raises(ConfigError) as refused:
        adopt_workspace(site, tmp_path / "org.yml", CYCLE, None)
    [problem] = refused.value.problems
    assert "objectives[0].key_results[1], target: is the same as the start" in str(problem)
    assert not (tmp_path / "okrs").exists()
