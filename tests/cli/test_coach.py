"""The coach at a terminal, in a pipe, and in GitHub Actions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from past_runs import Past
from report_values import HOSTILE, NOW
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.model.rules import RULES

OKRS = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    owner: ana
    team: shop
    top: true
    key_results:
      - id: checkout-1
        title: Launch the one-page checkout
        measure: {type: completion}
        links: [{connection: github, repository: acme/shop, milestone: A}]
        ignore: [{rule: OUTPUT-ONLY, reason: the effect shows next quarter}]
      - id: checkout-2
        title: Returns from 9 % to 5 %
        measure: {type: manual, start: 9, target: 5, unit: "%"}
  - id: dream
    title: Grow by 20 %
    owner: ben
    team: growth
    top: true
"""


@pytest.fixture
def acme(past: Past) -> Past:
    (past.folder / "okrs" / "shop.yaml").write_text(OKRS)
    return past


def _call(past: Past, *arguments: str, **environ: str) -> Result:
    session = Session(
        config=past.folder / "okrsync.yaml", environ={"GITHUB_TOKEN": "a-secret-token", **environ}, now=lambda: NOW
    )
    return CliRunner().invoke(app, ["coach", *arguments], obj=session)


def test_findings_stand_below_their_objective_with_what_to_do(acme: Past) -> None:
    result = _call(acme)
    assert result.exit_code == 0
    shop, dream = (result.stdout.index(title) for title in ("Buying is effortless", "Grow by 20 %"))
    assert dream < shop, "the objective with the error comes first"
    told = ' ! KR-VERB  checkout-1 is "Launch the one-page checkout": "launch" names work, not a result.'
    assert told in result.stdout
    assert "    → Say what will be better" in result.stdout
    assert "shop.yaml:9" in result.stdout


def test_check_fails_from_the_threshold_on(acme: Past) -> None:
    assert _call(acme, "--check").exit_code == 3
    assert _call(acme, "--check", "--severity", "error").exit_code == 3
    assert _call(acme, "--check", "--severity", "error", "--team", "shop").exit_code == 0
    assert _call(acme, "--check", "--team", "shop").exit_code == 3


def test_only_what_is_grave_enough_is_shown(acme: Past) -> None:
    shown = _call(acme, "--severity", "error").stdout
    assert "KR-NONE" in shown
    assert "KR-VERB" not in shown
    assert "lighter not shown" in shown


def test_what_is_ignored_is_listed_on_request_with_its_reason(acme: Past, tmp_path: Path) -> None:
    file = acme.folder / "okrs" / "shop.yaml"
    file.write_text(file.read_text().replace("rule: OUTPUT-ONLY", "rule: KR-VERB"))
    quiet, loud = _call(acme).stdout, _call(acme, "--ignored").stdout
    assert "1 ignored, --ignored shows them" in quiet
    assert "because" not in quiet
    assert "    because: the effect shows next quarter" in loud


def test_an_ignore_that_matches_nothing_is_a_remark(acme: Past) -> None:
    assert "UNUSED-IGNORE  Nothing in the key result checkout-1 is found by OUTPUT-ONLY any more" in _call(acme).stdout


def test_json_has_every_field_of_every_finding(acme: Past) -> None:
    told = json.loads(_call(acme, "--json").stdout)
    assert set(told) == {"findings", "ignored", "orphans", "read"}
    first = told["findings"][0]
    assert (first["rule"], first["severity"], first["line"]) == ("KR-NONE", "error", 17)
    assert {"reason", "fix", "file", "objectives", "key_results", "tickets", "team", "ignored"} <= set(first)


def test_in_actions_findings_stand_beside_their_lines(acme: Past) -> None:
    told = _call(acme, GITHUB_ACTIONS="true").stderr
    assert "::error file=" in told
    assert "line=17,title=okrsync coach%3A KR-NONE::" in told
    assert "::warning file=" in told
    assert "::notice" in told
    assert "::" not in _call(acme).stderr


@pytest.mark.parametrize("step", ["", "okr"])
def test_annotations_name_files_from_the_root_of_the_checkout(
    acme: Past, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """GitHub resolves them from there, also for a step with ``working-directory:``."""
    monkeypatch.chdir(acme.folder if step else acme.folder.parent)
    told = _call(acme, GITHUB_ACTIONS="true", GITHUB_WORKSPACE=str(acme.folder.parent)).stderr
    assert f"::error file={acme.folder.name}/okrs/shop.yaml,line=17," in told


def test_before_the_first_sync_nothing_is_said_about_work(acme: Past) -> None:
    result = _call(acme)
    assert "Nothing has been read yet" in result.stderr
    assert "NOWORK" not in result.stdout


def test_the_rules_are_listed(acme: Past) -> None:
    shown = _call(acme, "--rules").stdout
    assert all(rule in shown for rule in RULES)
    assert [one["id"] for one in json.loads(_call(acme, "--rules", "--json").stdout)] == list(RULES)


def test_a_mistyped_team_is_refused(acme: Past) -> None:
    result = _call(acme, "--team", "shopp")
    assert result.exit_code == 2
    assert "Did you mean shop?" in result.stderr


def test_hostile_titles_stay_text(acme: Past) -> None:
    file = acme.folder / "okrs" / "shop.yaml"
    file.write_text(file.read_text().replace("Launch the one-page checkout", json.dumps(f"Launch {HOSTILE}")))
    for result in (_call(acme), _call(acme, GITHUB_ACTIONS="true")):
        assert "\x1b" not in result.stdout + result.stderr
        assert "\x07" not in result.stdout + result.stderr
