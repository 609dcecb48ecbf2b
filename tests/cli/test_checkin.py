"""The check-in at the command line: options, questions, and the list of who owes one."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from practising import FRIDAY, Practice, practise

from okrsync.model.verdict import Status


@pytest.fixture
def shop(tmp_path: Path) -> Practice:
    made = practise(tmp_path / "shop")
    made.know()
    made.now = FRIDAY
    return made


def confidences(shop: Practice) -> dict[str, list[int | None]]:
    with shop.desk() as desk:
        return {name: [one.confidence for one in said] for name, said in desk.store.checkins.all().items()}


def test_a_check_in_carries_everything_that_options_say(shop: Practice) -> None:
    result = shop.call(
        "checkin", "checkout-3", "--confidence", "3", "--note", "live", "--value", "2.4", "--blocker", "legal",
        "--next", "call them", "--status", "at-risk", "--reason", "bankrupt", "--until", "2026-10-20", "--who", "ana",
    )  # fmt: skip
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "It reads at risk until Tue 20 Oct; then the computed status is back." in result.stderr
    with shop.desk() as desk:
        (said,) = desk.store.checkins.of("checkout-3")
    assert (said.who, said.confidence, said.note, said.value) == ("ana", 3, "live", 2.4)
    assert (said.blocker, said.next, said.status, said.reason) == ("legal", "call them", Status.AT_RISK, "bankrupt")


def test_a_check_in_answers_programs_with_what_was_kept(shop: Practice) -> None:
    result = shop.call("checkin", "checkout-3", "--value", "2.4", "--note", "live", "--who", "ana", "--json")
    assert result.exit_code == 0
    kept = json.loads(result.stdout)
    assert (kept["key_result"], kept["value"], kept["note"], kept["who"]) == ("checkout-3", 2.4, "live", "ana")
    assert kept["at"].startswith("2026-10-09")
    refused = shop.call("checkin", "checkout-9", "--value", "2.4", "--json")
    assert json.loads(refused.stdout)["exit_code"] == refused.exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("checkout-3",), "says something"),
        (("--note", "x"), "Of which key result?"),
        (("checkout-3", "--list"), "are about many"),
        (("checkout-3", "--confidence", "12"), "12 is no confidence"),
        (("checkout-3", "--status", "behind"), "needs a reason"),
        (("chekout-3", "--note", "x"), "Did you mean checkout-3?"),
        (("checkout-3", "--confidence", "six"), "--confidence"),
        (("checkout-3", "--status", "closed", "--reason", "x"), "closed"),
        (("--owner", "bem"), "Did you mean --owner ben?"),
        (("checkout-3", "--status", "behind", "--reason", "x", "--until", "9999-12-31"), "too far away"),
    ],
)
def test_nonsense_is_a_usage_error(shop: Practice, arguments: tuple[str, ...], complaint: str) -> None:
    result = shop.call("checkin", *arguments)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert confidences(shop) == {}


def test_bare_it_walks_through_what_is_due(shop: Practice) -> None:
    typed = "7\nthe button is live\n\nmeasure it\n" + "2.4\n6\n\n\n\n"
    result = shop.call("checkin", "--owner", "ana", "--who", "dana", typed=typed)
    assert result.exit_code == 0
    assert "2 key results of ana" in result.stderr
    assert "1/2  checkout-1  Ship the one-page checkout" in result.stderr
    assert "Kept: checkout-1, checkout-3." in result.stderr
    with shop.desk() as desk:
        (first,), (second,) = desk.store.checkins.of("checkout-1"), desk.store.checkins.of("checkout-3")
    assert (first.who, first.confidence, first.note, first.next) == ("dana", 7, "the button is live", "measure it")
    assert (second.value, second.confidence, second.note) == (2.4, 6, "")


def test_it_shows_where_a_key_result_stands_before_it_asks(shop: Practice) -> None:
    shop.say("checkout-1", at=FRIDAY - timedelta(days=8), confidence=9, note="all is well", blocker="legal")
    shop.later(days=7)
    shown = shop.call("checkin", "--owner", "ana", typed="\n" * 20).stderr
    assert "25 %" in shown
    assert "preset viva" in shown
    assert "15 d ago by ana, confidence 9 of 10: all is well; blocked: legal" in shown
    assert "late since Fri 9 Oct" in shown


def test_an_answer_that_makes_no_sense_is_asked_again(shop: Practice) -> None:
    typed = "eleven\n11\n-1\n6/10\n\n\n\n" + "2,4\nnan\n2.4\n\n\n\n\n"
    result = shop.call("checkin", "--owner", "ana", typed=typed)
    assert result.exit_code == 0
    assert result.stderr.count("A whole number from 0") == 3
    assert result.stderr.count("A number with a point") == 2
    assert confidences(shop) == {"checkout-1": [6], "checkout-3": [None]}


def test_yes_and_no_are_values(shop: Practice) -> None:
    assert shop.call("checkin", "--owner", "ben", typed="yes\n\n\n\n\n").exit_code == 0
    with shop.desk() as desk:
        assert desk.store.checkins.value("api-1") == 1


def test_a_value_that_is_no_yes_or_no_is_told_and_the_walk_goes_on(shop: Practice) -> None:
    shop.rewrite("owner: ben", "owner: ana")
    typed = "5\n\n\n\n" + "2.4\n\n\n\n\n" + "0.5\n\n\n\n\n"
    result = shop.call("checkin", "--owner", "ana", typed=typed)
    assert "a yes or a no" in result.stderr
    assert "Kept: checkout-1, checkout-3." in result.stderr


def test_nothing_said_is_nothing_kept(shop: Practice) -> None:
    result = shop.call("checkin", "--owner", "ana", typed="\n" * 9)
    assert result.exit_code == 0
    assert "Nothing was kept." in result.stderr
    assert confidences(shop) == {}


@pytest.mark.parametrize("end", ["", "x\n"])
def test_what_was_answered_before_the_input_ends_is_kept(shop: Practice, end: str) -> None:
    result = shop.call("checkin", "--owner", "ana", typed="7\n\n\n\n" + end)
    assert result.exit_code == 130
    assert "Stopped. Kept: checkout-1. The next sync shows it." in result.stderr
    assert confidences(shop) == {"checkout-1": [7]}


def test_ctrl_c_keeps_what_is_complete_and_nothing_half(shop: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["7", "", "", "", "2.4", "9", KeyboardInterrupt()])

    def prompt(*_: object, **__: object) -> str:
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(typer, "prompt", prompt)
    assert shop.call("checkin", "--owner", "ana").exit_code == 130
    assert confidences(shop) == {"checkout-1": [7]}


def test_where_nothing_is_due_it_says_when_something_is(shop: Practice) -> None:
    shop.later(days=-3)
    result = shop.call("checkin", "--owner", "ben")
    assert result.exit_code == 0
    assert "Nothing is due for ben. The next is due on Fri 9 Oct. --all asks nevertheless." in result.stderr
    assert shop.call("checkin", "--owner", "ben", "--all", typed="yes\n8\n\n\n\n").exit_code == 0
    assert confidences(shop) == {"api-1": [8]}


def test_the_list_tells_who_owes_and_counts_them(shop: Practice) -> None:
    shop.say("api-1", at=FRIDAY - timedelta(days=1), who="ben", confidence=8)
    shop.later(days=8)
    shown = shop.call("checkin", "--list").stdout
    rows = [row for row in shown.splitlines() if row.startswith(("checkout", "api"))]
    assert rows[0].startswith("checkout-1  Ship the one-page checkout")
    assert "missed 1 due day, late since Fri 16 Oct  stale" in rows[0]
    assert "late since Fri 16 Oct" in rows[2]
    assert "9 d ago, ben  8/10" in rows[2]
    assert "3 key results: 2 missed, 1 late, 2 stale" in shown


def test_the_list_fits_a_narrow_terminal(shop: Practice) -> None:
    shown = shop.call("checkin", "--list", width=80).stdout
    assert max(len(row.rstrip()) for row in shown.splitlines()) <= 80
    assert "due today" in shown


def test_due_leaves_out_who_owes_nothing(shop: Practice) -> None:
    shop.say("api-1")
    assert "api-1" not in shop.call("checkin", "--due").stdout
    for name in ("checkout-1", "checkout-3"):
        shop.say(name)
    assert shop.call("checkin", "--due").stdout == "Nothing is owed.\n"


def test_the_list_as_json_has_state_words_and_the_last_check_in(shop: Practice) -> None:
    shop.say("checkout-3", confidence=4)
    rows = {row["key_result"]: row for row in json.loads(shop.call("checkin", "--list", "--json").stdout)}
    assert rows["api-1"]["duty"]["state"] == "due"
    assert rows["api-1"]["duty"]["words"] == "due today; no word yet"
    assert rows["checkout-3"]["last"]["confidence"] == 4
    assert rows["checkout-3"]["duty"]["day"] == "2026-10-16"
