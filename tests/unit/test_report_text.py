"""Reports for a terminal name every change, every reason and every total."""

from __future__ import annotations

import io
from datetime import timedelta

import msgspec
import pytest
from report_values import (
    HOSTILE,
    NOW,
    changes,
    contribution,
    explanation,
    objective,
    plan,
    quiet_report,
    rendered,
    report,
    row,
    sample,
    writes,
)
from rich.console import Console, Group

from okrsync.model.change import AddLabel, Done, PutLink, Receipt, UndefineLabel
from okrsync.model.run import ConnectionRun, Movement, Plan, Warned, Write
from okrsync.model.work import Ref
from okrsync.report import narrate
from okrsync.report.explain import explain_text
from okrsync.report.plan import plan_text
from okrsync.report.run import run_text
from okrsync.report.status import status_text
from okrsync.report.text import entry, line, table


def test_a_plan_shows_every_change_under_its_ticket() -> None:
    shown = rendered(plan_text(report()))
    block = shown[shown.index("acme/shop#12") : shown.index("acme/shop#13")]
    assert "+ label okr:checkout-1" in block
    assert "+ note  checkout-1 about 40 %, 5 points (in milestone A)" in block
    assert "- label okr:gone-1" in shown
    assert "- note" in shown
    assert "~ note  checkout-1 no data yet, 5 points (under epic SHOP-120)" in shown
    assert "acme/shop  github\n  + definition of label okr:checkout-1  Ship it" in shown


def test_a_plan_tells_its_cost_by_connection_and_what_is_left_of_the_limit() -> None:
    assert "Cost: 6 API calls (github 5 of 4,900 left, jira 1)" in rendered(plan_text(report()))


@pytest.mark.parametrize(
    ("remaining", "told"),
    [(72, "github 5 of 18 left beside 54 for others"), (40, "github 5 of 0 left beside 54 for others")],
)
def test_a_plan_counts_as_left_only_what_a_sync_may_spend(remaining: int, told: str) -> None:
    github = ConnectionRun("github", remaining=remaining, limit=540, kept=54)
    assert told in rendered(plan_text(report(connections=(github,))))


def test_a_plan_counts_tickets_once_and_definitions_of_labels_never() -> None:
    assert "6 changes on 3 tickets: 1 label defined, 1 label added, 1 note written" in rendered(plan_text(report()))


def test_a_plan_names_tickets_left_alone_with_the_reason_and_okr_lines_that_lead_nowhere() -> None:
    shown = rendered(plan_text(report()))
    assert "closed  1 ticket: SHOP-1" in shown
    assert "acme/shop#14 says OKR: checkout-9, no such id  https://github.test/acme/shop/issues/14" in shown


def test_a_short_plan_counts_what_it_hides() -> None:
    shown = rendered(plan_text(report(), tickets=1))
    assert "… and 1 ticket more" in shown
    assert "acme/shop#13" not in shown
    for first_of_each in ("definition of label okr:checkout-1", "acme/shop#12", "SHOP-121"):
        assert first_of_each in shown


def test_an_unsafe_plan_says_how_much_would_go() -> None:
    shown = rendered(plan_text(report(plan=plan(unsafe=True, removals=20))))
    assert "Unsafe: 20 of 40 labels and notes would go (50 %)" in shown


def test_an_empty_plan_is_one_sentence() -> None:
    assert rendered(plan_text(quiet_report())).strip() == "Nothing to change: every ticket shows what it should."


def test_a_clean_that_finds_nothing_says_that_nothing_is_left() -> None:
    silent = ConnectionRun("github", silent=True)
    shown = rendered(plan_text(quiet_report(kind="plan clean", connections=(silent,)))).strip()
    assert shown == "Nothing to remove: no ticket in github shows anything of okrsync."


def test_a_plan_that_may_write_nowhere_says_so_and_not_that_every_ticket_shows_what_it_should() -> None:
    silent = ConnectionRun("github", silent=True), ConnectionRun("jira", silent=True)
    shown = rendered(plan_text(quiet_report(connections=silent))).strip()
    assert shown == "Nothing to change: write_back: false leaves the tickets of github and jira alone."


def test_a_plan_that_may_write_on_some_trackers_only_speaks_of_the_others_apart() -> None:
    some = ConnectionRun("github"), ConnectionRun("jira", silent=True)
    shown = rendered(plan_text(quiet_report(connections=some))).strip()
    told = "write_back: false leaves the tickets of jira alone, and every other ticket shows what it should."
    assert shown == f"Nothing to change: {told}"


def test_a_run_says_what_each_connection_cost_and_read() -> None:
    lines = rendered(run_text(report(writes=writes()))).splitlines()
    github = next(line for line in lines if line.startswith("github"))
    assert github.split()[:5] == ["github", "9", "5", "300", "12"]
    assert "full, 4,900 requests left" in github


def test_a_plan_of_trackers_that_could_not_be_read_does_not_claim_that_all_is_well() -> None:
    shown = rendered(plan_text(report(plan=Plan())))
    assert "every ticket shows what it should" not in shown
    assert "Nothing to change where the tickets could be read; the rest nobody knows." in shown


def test_what_a_person_should_correct_is_said_by_every_plan_and_run() -> None:
    typo = Warned("checkout-1", "github has no milestone 'A B'.", "Did you mean 'AB'?")
    for shown in (rendered(plan_text(report(warnings=(typo,)))), rendered(run_text(report(warnings=(typo,))))):
        assert "checkout-1: github has no milestone 'A B'.\n  Did you mean 'AB'?" in shown


def test_a_failed_connection_tells_what_it_had_read_and_spent() -> None:
    jira = next(line for line in rendered(run_text(report())).splitlines() if line.startswith("jira"))
    assert "failed" in jira
    assert "failed full" not in jira


def test_a_long_line_goes_on_below_its_text_on_a_narrow_terminal() -> None:
    console = Console(file=io.StringIO(), width=40, highlight=False, markup=False)
    console.print(Group(line("  + note  ", ("because it is in the milestone of the one-page checkout", "dim"))))
    rows = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 2
    assert rows[0].startswith("  + note  because")
    assert rows[1].startswith("    ")
    assert all(len(row) <= 40 for row in rows)


def test_a_run_says_what_moved_and_because_of_what() -> None:
    shown = rendered(run_text(report()))
    assert "checkout-1  Ship it  30 % → 41 %  +11 pts" in shown
    assert "because SHOP-121 done, acme/shop#12 closed" in shown


def test_a_run_counts_each_way_a_write_can_end() -> None:
    shown = rendered(run_text(report(writes=writes())))
    assert "Wrote: 1 label added, 1 note written (1 found already so)" in shown
    assert "acme/shop#13 label okr:gone-1: the issue is locked" in shown
    assert "acme/shop#13 note: The tracker refused." in shown
    assert "Deferred: 1 change; the next sync goes on with them." in shown
    assert "Partial after 3.2 s." in shown


def test_a_run_names_what_failed_what_was_left_out_and_what_stands_still() -> None:
    shown = rendered(run_text(report()))
    assert "jira: The tracker did not answer." in shown
    assert "Try again later." in shown
    assert "left out SHOP-5: no status" in shown
    assert "not measured anew: checkout-2" in shown


def test_a_quiet_run_says_that_nothing_was_written() -> None:
    shown = rendered(run_text(quiet_report()))
    assert "Nothing to write." in shown
    assert "In sync after 3.2 s." in shown


def test_a_plan_that_was_not_carried_out_is_not_reported_as_written() -> None:
    shown = rendered(run_text(quiet_report(plan=plan())))
    assert "Not written back: 6 changes" in shown
    assert "Wrote" not in shown


def test_every_kind_of_run_ends_with_its_own_words() -> None:
    cleaned = rendered(run_text(quiet_report(kind="clean")))
    assert "Clean after 3.2 s. The next sync writes them again; write_back: false" in cleaned
    assert "In sync" not in cleaned
    held_back = rendered(run_text(quiet_report(plan=plan())))
    assert "Measured after 3.2 s." in held_back
    assert "In sync" not in held_back
    lost = [msgspec.structs.replace(one, error="The tracker did not answer.") for one in report().connections]
    assert "No connection succeeded after" in rendered(run_text(report(connections=tuple(lost), exit_code=4)))


def test_a_status_shows_bar_value_goal_week_and_age() -> None:
    shown = rendered(status_text([objective()], now=NOW))
    assert "Buying is effortless  41 %  2026-Q4 · aspirational · shop, ana" in shown
    cells = shown.splitlines()[2]
    for part in ("checkout-1", "█████░░░░░░░", "41 %", "0 % → 100 %", "+11 pts", "3 h"):
        assert part in cells


def test_a_status_marks_stale_data_missing_data_and_other_states() -> None:
    rows = [
        row(stale=True),
        row(key_result="checkout-2", sample=None, week_ago=None, pulled_at=None),
        row(key_result="checkout-3", state="postponed"),
        row(key_result="checkout-4", measure="maintain", sample=sample(1.0)),
    ]
    lines = rendered(status_text([objective(*rows)], now=NOW)).splitlines()
    assert lines[2].rstrip().endswith("stale")
    assert "no data" in lines[3]
    assert "never" in lines[3]
    assert "postponed" in lines[4]
    assert "met" in lines[5]


def test_what_people_tell_is_as_old_as_their_last_word() -> None:
    told = row(measure="manual", unit="%", pulled_at=None, sample=sample(0.3, at=NOW - timedelta(days=2)))
    assert "2 d" in rendered(status_text([objective(told)], now=NOW))


def test_an_explanation_lists_items_with_totals_that_add_up() -> None:
    shown = rendered(explain_text(explanation()))
    assert "Counted: 3 of 8, 38 %" in shown
    total = next(line for line in shown.splitlines() if "total" in line)
    assert total.split() == ["total", "3", "8"]
    assert "in milestone A" in shown


def test_an_explanation_gives_the_reason_for_everything_that_does_not_count() -> None:
    shown = rendered(explain_text(explanation()))
    left_out, _, rest = shown[shown.index("Left out: 1 item") :].partition("Unreachable: 1 item")
    assert "a#3" in left_out
    assert "cancelled" in left_out
    assert "deleted" in rest
    assert "Supports, not counted: 1 item" in rest
    assert "Mind: 1 item without an estimate" in shown


def test_a_reason_that_many_items_share_is_told_once_with_what_they_add() -> None:
    linked = [contribution(f"a#{n}", title=f"T{n}") for n in (1, 2, 3)]
    linked += [contribution(f"b#{n}", reasons=("under epic SHOP-1",)) for n in (1, 2, 3)]
    dropped = [contribution(f"c#{n}", left_out="cancelled", adds=0.0, of=0.0) for n in (1, 2, 3)]
    folded = explanation(contributions=(*linked, *dropped), unreachable=(), supports=())
    shown = rendered(explain_text(folded))
    rows = [" ".join(row.split()) for row in shown.splitlines()]
    assert shown.count("in milestone A") == shown.count("under epic SHOP-1") == shown.count("cancelled") == 1
    assert rows.index("9 9 3 items: in milestone A") + 1 == rows.index("a#1 closed 3 3 T1")
    assert rows.index("a#3 closed 3 3 T3") < rows.index("9 9 3 items: under epic SHOP-1")
    assert "Left out: 3 items, cancelled" in rows
    alone = rendered(explain_text(folded, fold=False))
    assert [alone.count(why) for why in ("in milestone A", "under epic SHOP-1", "cancelled")] == [3, 3, 3]


def test_several_reasons_to_leave_out_are_told_once_each() -> None:
    dropped = [contribution(f"c#{n}", left_out="cancelled" if n < 4 else "a parent") for n in range(1, 7)]
    shown = rendered(explain_text(explanation(contributions=tuple(dropped), unreachable=(), supports=())))
    assert "3 items: cancelled" in shown
    assert "3 items: a parent" in shown


def test_of_a_day_on_which_nobody_had_measured_the_past_is_offered_and_no_sync() -> None:
    then = explanation(rule="", contributions=(), unreachable=(), supports=(), status=row(sample=None), at=NOW)
    shown = rendered(explain_text(then))
    assert "Nobody had measured it by then: okrsync backfill rebuilds the days before." in shown
    assert "okrsync sync" not in shown


def test_a_key_result_that_was_never_measured_says_what_to_do() -> None:
    fresh = explanation(rule="", contributions=(), unreachable=(), supports=(), status=row(sample=None))
    shown = rendered(explain_text(fresh))
    assert "Not measured yet: run okrsync sync." in shown
    assert "Rule" not in shown
    assert "No ticket is linked" not in shown


def test_an_explanation_of_nothing_says_that_nothing_is_linked() -> None:
    nothing = explanation(contributions=(), unreachable=(), supports=(), status=row(sample=None))
    assert "No ticket is linked to it." in rendered(explain_text(nothing))


def test_a_narrow_status_keeps_its_columns_under_each_other_whatever_letters_titles_have() -> None:
    rows = [row(key_result="a-1", title="結果を出す 🎉" * 9), row(key_result="a-2", title="Ship")]
    shown = rendered(status_text([objective(*rows)], now=NOW, width=80))
    bars = [at for at in shown.splitlines() if at.lstrip().startswith(("█", "░"))]
    assert len(bars) == 2
    assert bars[0] == bars[1]


def test_who_cleans_is_told_of_no_lines_that_lead_nowhere() -> None:
    for kind, shown in (("plan", plan_text), ("clean", run_text), ("plan clean", plan_text)):
        told = "lead nowhere" in rendered(shown(report(kind=kind)))
        assert told == (kind == "plan")


def test_a_first_value_moved_by_no_points() -> None:
    first = Movement(key_result="a-1", title="A", before=sample(None), after=sample(0.4))
    assert "  a-1  A  no data → 40 %\n" in rendered(run_text(report(movements=(first,))))


def test_half_a_number_is_shown_as_cut_and_never_as_another_number() -> None:
    made = table("value", numbers=("value",))
    made.columns[0].no_wrap = True
    made.add_row("1,234,567" * 7)
    for width in (6, 60):
        console = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
        console.print(made, crop=False)
        assert "…" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_table_takes_sixty_columns_and_lets_a_smaller_terminal_fold_its_lines() -> None:
    made = table("day", "value", "noted")
    made.add_row("2026-10-31", "1,234,567", "the target was changed from 40 to 5")
    console = Console(file=io.StringIO(), width=30, highlight=False, markup=False)
    console.print(made, crop=False)
    assert "2026-10-31  1,234,567  the target was changed from 40 to 5" in console.file.getvalue()  # type: ignore[attr-defined]


def test_an_entry_that_is_too_long_goes_on_further_in() -> None:
    console = Console(file=io.StringIO(), width=30, highlight=False, markup=False)
    console.print(Group(entry(("! ", "yellow"), "the account can do more than is needed"), line("no entry " * 5)))
    assert console.file.getvalue().splitlines()[:4] == [  # type: ignore[attr-defined]
        "! the account can do more ",
        "  than is needed",
        "no entry no entry no entry no ",
        "entry no entry ",
    ]


def test_hostile_titles_reach_no_terminal() -> None:
    bad = Ref("github", "1", "x", HOSTILE)
    hostile_plan = Plan(changes=(AddLabel(bad, HOSTILE), PutLink(bad, HOSTILE, HOSTILE, HOSTILE)), cost={HOSTILE: 2})
    outputs = [
        rendered(plan_text(report(plan=hostile_plan))),
        rendered(run_text(report(plan=hostile_plan, writes=(Write(hostile_plan.changes[0], error=HOSTILE),)))),
        rendered(status_text([objective(row(title=HOSTILE, key_result=HOSTILE), title=HOSTILE)], now=NOW)),
        rendered(explain_text(explanation(contributions=(contribution(HOSTILE, title=HOSTILE, word=HOSTILE),)))),
    ]
    for shown in outputs:
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "\u202e" not in shown
        assert "[bold]<script>" in shown


def test_every_change_has_words_a_kind_and_a_place() -> None:
    ref = Ref("jira", "1", "2", "SHOP-2")
    more = (PutLink(ref, "a-1", "A", "https://x.test"), UndefineLabel("github", "1", "okr:x"))
    for change in (*changes(), *more):
        assert narrate.step(change).what
        assert " " in narrate.kind(change)
        assert narrate.ticket(change, {}).name


def test_receipts_of_links_are_counted_as_set() -> None:
    link = Write(PutLink(Ref("jira", "1", "2", "S-2"), "a-1", "A", "https://x.test"), Receipt(Done.APPLIED))
    assert narrate.counted(narrate.tally([link]).applied) == "1 link set"
    assert msgspec.json.encode(link)
