"""Markdown for pull requests and step summaries, and JSON for programs."""

from __future__ import annotations

from pathlib import Path

import msgspec
from report_values import HOSTILE, SHOP_12, plan, quiet_report, report, sample, writes

from okrsync.errors import ConfigError, Problem, Transient
from okrsync.model.change import AddLabel
from okrsync.model.run import Dangling, Movement, Plan, RunReport
from okrsync.model.verdict import Status, Verdict
from okrsync.report import actions
from okrsync.report.machine import as_json
from okrsync.report.markdown import TICKETS, plan_markdown, run_markdown
from okrsync.report.plan import plan_text


def test_a_plan_as_markdown_has_a_row_for_each_ticket() -> None:
    page = plan_markdown(report())
    assert page.startswith("## okrsync plan: 6 changes on 3 tickets\n")
    assert "| `acme/shop#12` | + label okr:checkout-1<br>+ note: " in page
    assert "Cost: 6 API calls (github 5, jira 1)." in page
    assert "Left alone, closed: `SHOP-1`" in page
    assert "<https://github.test/acme/shop/issues/14> says OKR: `checkout-9`" in page


def test_a_run_as_markdown_says_what_moved_and_what_failed() -> None:
    page = run_markdown(report(writes=writes()))
    assert page.startswith("## okrsync sync: partial\n")
    assert "| github | 9 | 5 | 300 | 12 |" in page
    assert "| `checkout-1` Ship it | 30 % | 41 % | +11 pts |  | SHOP-121 done, acme/shop\\#\u200b12 closed |" in page
    assert "- `acme/shop#13` label okr:gone-1: the issue is locked" in page
    assert "Deferred 1 change to the next sync." in page
    assert "**jira failed:** The tracker did not answer. Try again later." in page


def test_a_run_as_markdown_says_where_what_moved_stands_now() -> None:
    because = "behind: 41 % done, 57 % expected; preset viva"
    moved = Movement("checkout-1", "Ship it", sample(0.3), sample(0.41), (), Verdict(Status.BEHIND, because))
    assert f"| 30 % | 41 % | +11 pts | {because} |" in run_markdown(report(movements=(moved,)))


def test_a_quiet_run_as_markdown_is_short() -> None:
    assert len(run_markdown(quiet_report()).splitlines()) <= 8


def test_a_page_lists_so_many_tickets_and_counts_the_others() -> None:
    many = tuple(
        AddLabel(msgspec.structs.replace(SHOP_12, id=str(n), key=f"acme/shop#{n}"), "okr:a") for n in range(TICKETS + 5)
    )
    page = plan_markdown(report(plan=Plan(changes=many, cost={"github": len(many)})))
    assert "… and 5 tickets more." in page
    assert page.count("\n| `acme/shop#") == TICKETS


def test_hostile_text_stays_text_on_a_page() -> None:
    bad = AddLabel(msgspec.structs.replace(SHOP_12, key=HOSTILE), HOSTILE)
    page = plan_markdown(report(plan=plan(changes=(bad,))))
    assert "<script>" not in page.replace("`red [bold]<script>@ana¦'x' second`", "")
    assert "\x1b" not in page


def test_json_can_be_read_back_as_the_same_report() -> None:
    whole = report(writes=writes())
    assert msgspec.json.decode(as_json(whole), type=RunReport) == whole


def test_problems_of_files_are_annotated_on_their_lines() -> None:
    error = ConfigError("Two things are wrong.", problems=(Problem("okrs/a.yaml", 3, "cycle.end", "is no date"),))
    assert list(actions.of_error(error)) == ["::error file=okrs/a.yaml,line=3,title=okrsync::cycle.end: is no date"]
    assert list(actions.of_error(Transient("No answer.", hint="Wait."))) == ["::error title=okrsync::No answer. Wait."]


def test_a_run_is_annotated_with_what_went_wrong_only() -> None:
    told = list(actions.of_run(report(writes=writes())))
    assert "::error title=okrsync%3A jira::The tracker did not answer. Try again later." in told
    assert any("acme/shop#14 says OKR: checkout-9" in one for one in told)
    assert any("1 change failed" in one for one in told)
    assert list(actions.of_run(quiet_report())) == []


def test_a_step_summary_grows_and_stays_below_its_limit(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    actions.append_summary(summary, "## one")
    actions.append_summary(summary, "ü" * actions.SUMMARY_BYTES)
    assert summary.read_text("utf-8").startswith("## one\nüü")
    assert summary.stat().st_size <= actions.SUMMARY_BYTES


def test_lines_that_follow_a_carry_over_stand_apart_from_those_that_lead_nowhere() -> None:
    followed = Dangling("SHOP-1", "https://jira.test/browse/SHOP-1", "a-1", "it was carried over to b-1", "b-1")
    lost = report().dangling
    made = report(dangling=(followed, *lost))
    for text in (plan_markdown(made), "\n".join(map(str, plan_text(made).renderables))):
        before, _, after = text.partition("OKR lines that name what was carried over")
        assert "checkout-9" in before.partition("OKR lines that lead nowhere")[2]
        assert "https://jira.test/browse/SHOP-1" in after
        assert "checkout-9" not in after
