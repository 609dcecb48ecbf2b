"""``okrsync cycle``: closing with and without questions, carrying over, and the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from closing_time import LAST_DAY, MIDWAY, OKRS, at_the_end
from practising import Practice
from terminal import Terminal

NEXT = ("--to", "2027-Q1", "--start", "2027-01-01", "--end", "2027-03-31")


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Practice:
    made = at_the_end(tmp_path / "acme")
    monkeypatch.chdir(made.folder)
    return made


def finals(acme: Practice) -> dict[str, float]:
    with acme.desk() as desk:
        return {name: round(score.final, 2) for name, score in desk.store.closings.scores("2026-Q4").items()}


def test_what_is_suggested_is_accepted_with_yes(acme: Practice) -> None:
    result = acme.call("cycle", "close", "2026-Q4", "--yes")
    assert result.exit_code == 0, result.stderr
    assert "2026-Q4 is closed." in result.stdout
    assert finals(acme) == {"checkout-1": 0.92, "checkout-2": 0.8, "checkout-3": 0.36, "api-1": 1.0}
    assert f"Set state: closed in the cycle of {acme.okrs}, or let --write do it" in result.stderr


def test_scores_and_words_come_from_flags(acme: Practice) -> None:
    result = acme.call(
        "cycle", "close", "2026-Q4", "--yes", "--score", "checkout-3=0.5", "--note", "checkout-3=good trend = good",
        "--moved", "checkout-3=the button", "--change", "checkout-3=measure earlier", "--decide", "checkout-3=continue",
        "--who", "ana", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    closing = json.loads(result.stdout)
    (found,) = (one["score"] for of in closing["objectives"] for one in of["key_results"] if one["id"] == "checkout-3")
    assert found["final"] == 0.5
    assert found["suggested"] == pytest.approx(0.3555555)
    assert found["note"] == "good trend = good"
    assert found["retrospective"] == {"moved": "the button", "change": "measure earlier", "decision": "continue"}
    assert closing["who"] == "ana"
    assert {one["team"] for one in closing["figures"]} == {"shop", "platform"}


def test_flags_go_over_the_file(acme: Practice) -> None:
    Path("review.yaml").write_text("checkout-1: 0.8\ncheckout-2: {score: 0.6, decision: retire}\n")
    result = acme.call("cycle", "close", "2026-Q4", "--scores", "review.yaml", "--score", "checkout-1=0.7", "--yes")
    assert result.exit_code == 0, result.stderr
    assert finals(acme) == {"checkout-1": 0.7, "checkout-2": 0.6, "checkout-3": 0.36, "api-1": 1.0}


@pytest.mark.parametrize(
    ("name", "text"),
    [("s.yaml", "checkout-1: 0.8\nchekout-2: 0.6\nzz: 1\n"), ("s.csv", "key_result,score\nchekout-2,0.6\nzz,1\n")],
)
def test_what_the_cycle_does_not_have_is_told_with_its_line(acme: Practice, name: str, text: str) -> None:
    Path(name).write_text(text)
    result = acme.call("cycle", "close", "2026-Q4", "--scores", name, "--yes")
    assert (result.exit_code, finals(acme)) == (2, {})
    assert f"2 problems in {name}." in result.stderr
    assert f"{name}:2: `chekout-2` is no key result of the cycle 2026-Q4; did you mean `checkout-2`?" in result.stderr
    assert f"{name}:3: `zz` is no key result of the cycle 2026-Q4" in result.stderr


def test_some_scores_without_yes_are_not_enough(acme: Practice) -> None:
    result = acme.call("cycle", "close", "2026-Q4", "--score", "checkout-1=0.7")
    assert result.exit_code == 2
    assert "3 key results without a score: checkout-2, checkout-3, api-1." in result.stderr
    assert finals(acme) == {}


def test_without_scores_it_asks_about_each_key_result(acme: Practice) -> None:
    answers = [
        *("", "", "the forms", "", "continue"),
        *("0.75", "two came back", "", "", "ret"),
        *("high", "0.5", "", "", "", "maybe", "c"),
        *("", "", "", "", ""),
        "y",
    ]
    result = acme.call("cycle", "close", "2026-Q4", typed="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.stderr
    assert finals(acme) == {"checkout-1": 0.92, "checkout-2": 0.75, "checkout-3": 0.5, "api-1": 1.0}
    with acme.desk() as desk:
        scores = desk.store.closings.scores("2026-Q4")
    assert scores["checkout-1"].final == 0.923076923, "Enter takes what is suggested, unrounded"
    assert scores["checkout-1"].retrospective.moved == "the forms"
    assert [one.retrospective.decision for one in scores.values()] == ["continue", "retire", "continue", None]
    assert "A number from 0 to 1" in result.stderr
    assert "One of the three words" in result.stderr


@pytest.mark.parametrize("typed", ["\n" * 20 + "n\n", "0.5\n", ""])
def test_nothing_is_kept_before_the_last_answer(acme: Practice, typed: str) -> None:
    result = acme.call("cycle", "close", "2026-Q4", typed=typed)
    assert result.exit_code == 1
    assert finals(acme) == {}


def test_a_closed_cycle_is_closed_again_only_on_purpose(acme: Practice) -> None:
    acme.call("cycle", "close", "2026-Q4", "--yes", "--who", "ana")
    again = acme.call("cycle", "close", "2026-Q4", "--yes")
    assert again.exit_code == 2
    assert "was closed on 2026-12-31 by ana" in again.stderr
    reopened = acme.call("cycle", "close", "2026-Q4", "--reopen", "--score", "checkout-1=0.1")
    assert reopened.exit_code == 0, reopened.stderr
    assert "2026-Q4 is closed, for the 2nd time." in reopened.stdout
    assert finals(acme)["checkout-1"] == 0.1


def test_the_state_is_written_into_the_file_and_nothing_else(acme: Practice) -> None:
    result = acme.call("cycle", "close", "2026-Q4", "--yes", "--write")
    assert f"Set state: closed in {acme.okrs}." in result.stderr
    assert acme.okrs.read_text() == OKRS.replace("{id: 2026-Q4, start", "{id: 2026-Q4, state: closed, start")
    again = acme.call("cycle", "close", "2026-Q4", "--yes", "--reopen", "--write")
    assert "The OKR files say so already." in again.stderr


@pytest.mark.parametrize("given", [(), ("--yes",)])
def test_the_state_of_a_cycle_that_is_closed_already_is_written_without_closing_it_again(
    acme: Practice, given: tuple[str, ...]
) -> None:
    acme.call("cycle", "close", "2026-Q4", "--yes", "--score", "checkout-1=0.5", "--who", "ana")
    result = acme.call("cycle", "close", "2026-Q4", "--write", *given)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == f"Set state: closed in {acme.okrs}.\n"
    assert "2026-Q4 is closed.\n" in result.stdout
    assert finals(acme)["checkout-1"] == 0.5


def test_a_score_for_a_cycle_that_is_closed_already_is_refused_and_no_state_written(acme: Practice) -> None:
    acme.call("cycle", "close", "2026-Q4", "--yes")
    result = acme.call("cycle", "close", "2026-Q4", "--write", "--score", "checkout-1=0.1")
    assert result.exit_code == 2
    assert "--reopen closes it once more" in result.stderr
    assert acme.okrs.read_text() == OKRS


def test_what_scores_nothing_for_want_of_a_value_is_named_before_and_after(acme: Practice) -> None:
    acme.rewrite("id: checkout-3", "id: checkout-9")
    result = acme.call("cycle", "close", "2026-Q4", "--yes")
    before = "Nothing was measured and nobody gave a score, so it scores 0: checkout-9."
    assert before in result.stderr
    assert "Scored 0 for want of a value: checkout-9. " in result.stdout
    assert "--reopen --yes" in result.stdout


def test_what_scores_nothing_for_want_of_a_value_is_named_for_programs(acme: Practice) -> None:
    acme.rewrite("id: checkout-3", "id: checkout-9")
    result = acme.call("cycle", "close", "2026-Q4", "--yes", "--json")
    assert json.loads(result.stdout)["without_value"] == ["checkout-9"]


def test_what_nobody_measured_is_named_before_the_last_question(acme: Practice) -> None:
    acme.rewrite("id: checkout-3", "id: checkout-9")
    result = acme.call("cycle", "close", "2026-Q4", typed="\n" * 20 + "y\n")
    assert "so it scores 0: checkout-9.\nClose 2026-Q4 with these scores?" in result.stderr
    assert "Scored 0 for want of a value: checkout-9." in result.stdout


def test_who_said_that_it_is_nothing_hears_nothing_of_it(acme: Practice) -> None:
    acme.rewrite("id: checkout-3", "id: checkout-9")
    result = acme.call("cycle", "close", "2026-Q4", "--yes", "--score", "checkout-9=0")
    assert "for want of a value" not in result.stdout
    assert "nobody gave a score" not in result.stderr


@pytest.mark.parametrize(("day", "warned"), [(17, True), (18, False)])
def test_closing_weeks_before_the_end_is_remarked_on(acme: Practice, day: int, warned: bool) -> None:
    acme.now = LAST_DAY.replace(day=day)
    result = acme.call("cycle", "close", "2026-Q4", "--yes")
    assert result.exit_code == 0, result.stderr
    assert ("2026-Q4 still runs for 14 days, until 2026-12-31." in result.stderr) is warned


@pytest.mark.real_time
def test_in_a_terminal_closing_early_is_asked_about_first(acme: Practice) -> None:
    acme.rewrite("end: 2026-12-31", "end: 2999-12-31")
    acme.rewrite("start: 2026-10-01", "start: 2020-10-01")
    with Terminal("cycle", "close", "2026-Q4", environ={}) as terminal:
        terminal.until("Close 2026-Q4 now all the same? [y/N]:")
    assert finals(acme) == {}


@pytest.mark.real_time
@pytest.mark.parametrize("given", [("--yes",), ("--yes", "--json"), ("--scores", "review.yaml")])
def test_whoever_gave_the_answers_beforehand_is_asked_nothing(acme: Practice, given: tuple[str, ...]) -> None:
    Path("review.yaml").write_text("{checkout-1: 0.8, checkout-2: 0.6, checkout-3: 0.5, api-1: 1}\n")
    with Terminal("cycle", "close", "2026-Q4", *given, environ={}) as terminal:
        assert terminal.ended() == 0, terminal.printed
    assert "or let --write do it" in terminal.printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--score", "checkout-1"), "--score 'checkout-1' is not of the form KR=…"),
        (("--score", "checkout-1=much"), "'much' is no number for checkout-1"),
        (("--score", "checkout-1=2"), "2 is no score for checkout-1"),
        (("--decide", "checkout-1=perhaps"), "'perhaps' is no decision"),
        (("--scores", "nowhere.yaml"), "does not exist"),
    ],
)
def test_what_makes_no_sense_is_told(acme: Practice, arguments: tuple[str, ...], message: str) -> None:
    result = acme.call("cycle", "close", "2026-Q4", "--yes", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "→" in result.stderr


def test_what_goes_on_is_written_and_shown(acme: Practice) -> None:
    acme.call("cycle", "close", "2026-Q4", "--yes", "--decide", "checkout-3=continue", "--write")
    result = acme.call("cycle", "carry-over", "2026-Q4", *NEXT)
    assert result.exit_code == 0, result.stderr
    assert "  checkout-3  checkout-3-2027-q1       2.42\n" in result.stdout
    assert "nobody decided" in result.stdout
    assert "2027-Q1 is a draft." in result.stderr
    assert acme.call("check", "--offline").exit_code == 0


def test_a_second_carry_over_says_what_it_added_and_what_stood_there(acme: Practice) -> None:
    acme.call("cycle", "carry-over", "2026-Q4", *NEXT, "--kr", "checkout-1")
    result = acme.call("cycle", "carry-over", "2026-Q4", *NEXT, "--kr", "checkout-3")
    assert result.exit_code == 0, result.stderr
    new = acme.okrs.parent / "shop-2027-q1.yaml"
    assert "  checkout-3  checkout-3-2027-q1       2.42\n" in result.stdout
    assert "\ngoes on already  as                  in " in result.stdout
    assert "\n  checkout-1     checkout-1-2027-q1  " in result.stdout
    assert f"Added to {new}, and left the rest of it as it was." in result.stdout
    third = acme.call("cycle", "carry-over", "2026-Q4", *NEXT, "--kr", "checkout-3")
    assert (third.exit_code, "Nothing to add." in third.stdout, third.stderr) == (0, True, "")
    made = json.loads(acme.call("cycle", "carry-over", "2026-Q4", *NEXT, "--kr", "checkout-3", "--json").stdout)
    assert [one["after"] for one in made["stood"]] == ["checkout-1-2027-q1", "checkout-3-2027-q1"]


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", "four"])
def test_a_target_that_is_no_number_is_refused_as_one(acme: Practice, number: str) -> None:
    result = acme.call("cycle", "carry-over", "2026-Q4", *NEXT, "--target", f"api-1={number}")
    assert result.exit_code == 2
    assert f"'{number}' is no number for api-1" in result.stderr


def test_carrying_over_tells_programs_what_it_wrote(acme: Practice) -> None:
    result = acme.call("cycle", "carry-over", "2026-Q4", *NEXT, "--kr", "checkout-1", "--target", "api-1=150", "--json")
    made = json.loads(result.stdout)
    assert [Path(one).name for one in made["files"]] == ["shop-2027-q1.yaml"]
    assert [one["after"] for one in made["carried"]] == ["checkout-1-2027-q1", "api-1-2027-q1"]


def test_the_report_is_one_file(acme: Practice) -> None:
    acme.call("cycle", "close", "2026-Q4", "--yes")
    result = acme.call("cycle", "report", "2026-Q4")
    assert result.exit_code == 0, result.stderr
    assert (result.stdout, "Wrote okrs-2026-Q4.html." in result.stderr) == ("", True)
    assert "closed on 31 December 2026" in Path("okrs-2026-Q4.html").read_text()


@pytest.mark.parametrize("arguments", [("--format", "md"), ("--format", "md", "--output", "-")])
def test_markdown_goes_to_stdout(acme: Practice, arguments: tuple[str, ...]) -> None:
    result = acme.call("cycle", "report", "2026-Q4", *arguments)
    assert result.stdout.startswith(
        "# 2026-Q4: objectives and key results\n\n1 October 2026 to 31 December 2026, as it stands on 31 December 2026"
    )


def test_a_name_that_ends_in_md_is_markdown(acme: Practice) -> None:
    acme.call("cycle", "report", "2026-Q4", "--output", "q4.md")
    assert Path("q4.md").read_text().startswith("# 2026-Q4")


def test_the_report_is_there_for_programs(acme: Practice) -> None:
    found = json.loads(acme.call("cycle", "report", "2026-Q4", "--json").stdout)
    assert [one["ended"]["id"] for one in found["objectives"]] == ["growth", "checkout", "api"]


def test_what_only_a_team_sees_is_left_out_unless_asked_for(acme: Practice) -> None:
    acme.rewrite("    team: platform\n", "    team: platform\n    visibility: team\n")
    acme.call("cycle", "close", "2026-Q4", "--yes")
    result = acme.call("cycle", "report", "2026-Q4", "--format", "md", "--output", "q4.md")
    assert "1 objective that only its team sees is left out" in result.stderr
    assert "P95 from 300" not in Path("q4.md").read_text()
    assert "api-1" not in Path("q4.md").read_text()
    acme.call("cycle", "report", "2026-Q4", "--output", "q4.md", "--confidential")
    assert "P95 from 300" in Path("q4.md").read_text()


def test_a_folder_that_is_not_there_is_an_error(acme: Practice) -> None:
    result = acme.call("cycle", "report", "2026-Q4", "--output", "nowhere/q4.html")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_an_unknown_cycle_is_told_the_nearest(acme: Practice) -> None:
    for command in (("close",), ("report",), ("carry-over", *NEXT)):
        result = acme.call("cycle", command[0], "2026-Q5", *command[1:])
        assert (result.exit_code, "Did you mean 2026-Q4?" in result.stderr) == (2, True)


def test_a_running_cycle_is_reported_as_it_stands(acme: Practice) -> None:
    acme.now = MIDWAY
    result = acme.call("cycle", "report", "2026-Q4", "--format", "md")
    assert "as it stands on 16 November 2026; not closed yet" in result.stdout
