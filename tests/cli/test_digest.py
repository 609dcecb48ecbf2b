"""Digests at the command line: what each role hears, and sending it for cron."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from letterbox import Letterbox, letterbox
from practising import FRIDAY, Practice, practise

from okrsync.practice import digest
from okrsync.practice.standing import verdict_of


@pytest.fixture
def box() -> Iterator[Letterbox]:
    with letterbox() as opened:
        yield opened


@pytest.fixture
def shop(tmp_path: Path) -> Practice:
    """The third Saturday: ana spoke once, ben never did."""
    made = practise(tmp_path / "shop")
    made.know()
    made.say("checkout-1", at=FRIDAY, confidence=9)
    made.now = datetime(2026, 10, 24, 8, tzinfo=UTC)
    return made


def section(shown: str, title: str) -> str:
    """A section up to the next empty line; titles are unique."""
    return shown[shown.index(title) :].split("\n\n")[0]


def test_an_owner_hears_what_they_owe(shop: Practice) -> None:
    shown = shop.call("digest", "--role", "owner", "--who", "ana").stdout
    waiting = section(shown, "Waiting for a word")
    assert "checkout-1" in waiting
    assert "missed 1 due day, late since Fri 23 Oct; last word on Fri 9 Oct" in waiting
    assert "api-1" not in shown


def test_a_narrow_terminal_has_room_for_what_is_said_and_none_for_titles(shop: Practice) -> None:
    wide, narrow = (shop.call("digest", "--role", "owner", "--who", "ana", width=width).stdout for width in (120, 80))
    assert "Ship the one-page checkout" in section(wide, "Waiting for a word")
    assert "Ship the one-page checkout" not in narrow
    assert "checkout-1" in section(narrow, "Waiting for a word")


def test_every_owner_has_a_digest_and_so_has_nobody(shop: Practice) -> None:
    shop.rewrite("    owner: ben\n", "")
    shown = shop.call("digest", "--role", "owner").stdout
    assert "Check-ins of ana" in shown
    assert "api-1" in shown[shown.index("Check-ins that nobody owns") :]


def test_the_coach_hears_silence_movement_and_findings(shop: Practice) -> None:
    with shop.desk() as desk, desk.store.transaction():
        sample = desk.store.history.sample("checkout-1")
        assert sample is not None
        moved = msgspec.structs.replace(sample, at=shop.now - timedelta(days=2), value=0.4, raw=0.4)
        desk.store.history.add_sample(moved)
    shown = shop.call("digest", "--role", "coach").stdout
    assert shown.startswith("The coach's week, for kim")
    assert "ben: missed 2 in a row, late since Fri 23 Oct; no word yet" in section(shown, "Nobody spoke")
    assert "25 % to 40 % (+15 pts)" in section(shown, "Moved this week")
    assert "PARENT" in section(shown, "Worth a talk")
    assert "STALE" not in shown


def test_words_and_numbers_that_disagree_are_told_to_the_coach(shop: Practice) -> None:
    def sure(desk: object, placed: object, **_: object) -> object:
        return verdict_of(desk, placed, probability=0.1)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digest, "verdict_of", sure)
        shown = shop.call("digest", "--role", "coach").stdout
    assert "checkout-1" in section(shown, "Words and numbers disagree")


def test_the_champion_hears_of_three_weeks_of_silence_only(shop: Practice) -> None:
    assert "checkout-1" not in shop.call("digest", "--role", "champion").stdout
    shop.now = FRIDAY + timedelta(days=21)
    shown = section(shop.call("digest", "--role", "champion").stdout, "Silent for three weeks")
    assert "ana: no word for 21 days" in shown
    assert "ben: no word for 29 days" in shown


def test_all_roles_are_told_unless_one_is_named(shop: Practice) -> None:
    shown = shop.call("digest").stdout
    for title in ("Check-ins of ana", "Check-ins of ben", "The coach's week, for kim", "What stands still, for lea"):
        assert title in shown


def test_one_person_in_all_their_roles(shop: Practice) -> None:
    shop.rewrite("coach: kim", "coach: ana")
    shown = shop.call("digest", "--who", "ANA").stdout
    assert "Check-ins of ana" in shown
    assert "The coach's week, for ana" in shown
    assert "lea" not in shown


def test_a_coach_that_no_file_names_coaches_everything(shop: Practice) -> None:
    shop.rewrite("roles: {coach: kim, champion: lea}\n", "")
    assert "api-1" in shop.call("digest", "--role", "coach").stdout


def test_somebody_without_a_role_is_told_who_has_it(shop: Practice) -> None:
    result = shop.call("digest", "--role", "coach", "--who", "ana")
    assert result.exit_code == 2
    assert "There is coach: kim." in result.stderr


def test_a_digest_as_json_tells_what_is_owed_and_why(shop: Practice) -> None:
    (digest,) = json.loads(shop.call("digest", "--role", "owner", "--who", "ben", "--json").stdout)
    assert (digest["role"], digest["who"]) == ("owner", "ben")
    assert digest["silent"][0]["owed"]["duty"]["missed"] == 2
    assert digest["silent"][0]["verdict"]["because"]


def test_the_end_of_a_cycle_is_summed_up_until_it_is_closed_and_a_month_after(shop: Practice) -> None:
    shop.now = datetime(2027, 2, 20, 8, tzinfo=UTC)
    assert "2026-Q4 ended on Thu 31 Dec, not closed yet" in shop.call("digest", "--role", "champion").stdout
    shop.rewrite("timezone: Europe/Berlin", "timezone: Europe/Berlin, state: closed")
    assert "2026-Q4 ended" not in shop.call("digest", "--role", "champion").stdout
    shop.now = datetime(2027, 1, 20, 8, tzinfo=UTC)
    assert "2026-Q4 ended on Thu 31 Dec, closed" in shop.call("digest", "--role", "champion").stdout


@pytest.mark.parametrize("width", [80, 120])
def test_a_digest_fits_the_terminal(shop: Practice, width: int) -> None:
    shown = shop.call("digest", "--role", "owner", width=width).stdout
    assert "late since Fri 23 Oct" in " ".join(shown.split())


def test_cron_sends_with_one_line(shop: Practice, box: Letterbox) -> None:
    shop.environ["OKRSYNC_NOTIFY"] = box.address()
    result = shop.call("digest", "--send")
    assert result.exit_code == 0
    assert "owner digest to everybody: sent" in result.stdout
    assert "coach digest to kim: sent" in result.stdout
    assert box.titles() == ["3 check-ins to give", "The coach's week, for kim", "What stands still, for lea"]
    again = shop.call("digest", "--send")
    assert (again.exit_code, again.stdout[:16]) == (0, "Nothing to send:")


def test_what_did_not_arrive_is_partial_and_says_why(shop: Practice, box: Letterbox) -> None:
    shop.environ["OKRSYNC_NOTIFY"] = box.address()
    box.answers.append(401)
    result = shop.call("digest", "--send", "--role", "owner")
    assert result.exit_code == 4
    assert "not sent; it can be tried again" in result.stdout
    assert "error=401" in result.stdout


def test_without_an_address_it_says_how_to_name_one(shop: Practice) -> None:
    result = shop.call("digest", "--send")
    assert result.exit_code == 2
    assert "Set OKRSYNC_NOTIFY" in result.stderr
