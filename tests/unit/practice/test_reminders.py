"""Reminders that Apprise really sends, to a server on this machine: to whom, when, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from letterbox import CUT, Letterbox, letterbox
from practising import BEGIN, FRIDAY, Practice, practise
from pydantic import SecretStr

from okrsync.errors import Busy
from okrsync.model.message import Delivery, Message, Outcome, Sent
from okrsync.model.roles import PracticeRole
from okrsync.practice import post
from okrsync.practice.reminders import dispatch, remind
from okrsync.store.reminders import Reminders

OWNER, COACH, CHAMPION = PracticeRole


@pytest.fixture
def box() -> Iterator[Letterbox]:
    with letterbox() as opened:
        yield opened


@pytest.fixture
def shop(tmp_path: Path, box: Letterbox) -> Practice:
    """Measured since the cycle began; it is the first Friday, at ten in Berlin."""
    made = practise(tmp_path / "shop")
    made.know()
    made.environ["OKRSYNC_NOTIFY"] = box.address("team")
    made.now = FRIDAY
    return made


def tick(shop: Practice, sender: post.Post = post.send) -> list[Sent]:
    with shop.desk() as desk:
        return list(remind(desk, sender))


def outcomes(sent: list[Sent]) -> list[tuple[str, str, str]]:
    return [(one.role.value, one.who, one.delivery.outcome.value) for one in sent]


def owners(shop: Practice) -> list[tuple[str, str, str]]:
    return [one for one in outcomes(tick(shop)) if one[0] == "owner"]


def test_one_message_tells_the_team_who_owes_what(shop: Practice, box: Letterbox) -> None:
    assert owners(shop) == [("owner", "everybody", "sent")]
    assert box.letters[0][0] == "/team"
    assert box.letters[0][1]["title"] == "3 check-ins to give"
    text = box.letters[0][1]["message"]
    assert text.startswith("ana\n- checkout-1 Ship the one-page checkout: due today; no word yet; ")
    assert "\n\nben\n- api-1 The on-call rota is in force: due today; no word yet" in text
    assert text.endswith("`okrsync checkin` asks about each.")


def test_the_address_that_everybody_reads_hears_nothing_of_a_private_objective(shop: Practice, box: Letterbox) -> None:
    shop.okrs.write_text(shop.okrs.read_text().replace("    owner: ben\n", "    owner: ben\n    visibility: team\n"))
    assert {role for role, _, _ in outcomes(tick(shop))} == {"owner", "coach"}
    common = "\n".join(f"{sent['title']} {sent['message']}" for _, sent in box.letters)
    assert "checkout-1" in common
    assert "api" not in common
    assert "Answers come at once" not in common


def test_its_owner_hears_of_a_private_objective_at_an_own_address(shop: Practice, box: Letterbox) -> None:
    shop.okrs.write_text(shop.okrs.read_text().replace("    owner: ben\n", "    owner: ben\n    visibility: team\n"))
    shop.environ["BENS_ADDRESS"] = box.address("ben")
    shop.config.write_text(shop.config.read_text() + "people: {ben: BENS_ADDRESS}\n")
    tick(shop)
    assert [("api-1" in sent["message"]) for path, sent in box.letters if path == "/ben"] == [True]
    assert not any("api-1" in sent["message"] for path, sent in box.letters if path == "/team")


def test_the_day_has_one_message_however_often_the_daemon_looks(shop: Practice, box: Letterbox) -> None:
    tick(shop)
    seen = len(box.letters)
    for _ in range(5):
        shop.later(hours=2)
        assert tick(shop) == []
    assert len(box.letters) == seen


@pytest.mark.parametrize(
    ("when", "rings"),
    [
        (FRIDAY - timedelta(hours=1, seconds=1), False),
        (FRIDAY - timedelta(hours=1), True),
        (datetime(2026, 10, 9, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 10, 9, 22, 0, tzinfo=UTC), False),
        (FRIDAY - timedelta(days=1), False),
        (FRIDAY - timedelta(days=7), False),
        (datetime(2026, 10, 30, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 30, 8, 0, tzinfo=UTC), True),
    ],
)
def test_it_is_the_day_and_the_hour_of_the_cycles_time_zone(shop: Practice, when: datetime, rings: bool) -> None:
    shop.now = when
    assert bool(owners(shop)) is rings


def test_another_day_and_hour_can_be_configured(shop: Practice) -> None:
    shop.configure("checkins: {weekday: tuesday, hour: 15}")
    assert owners(shop) == []
    shop.now = datetime(2026, 10, 13, 13, tzinfo=UTC)
    assert owners(shop) == [("owner", "everybody", "sent")]


def test_who_spoke_lately_is_not_reminded(shop: Practice, box: Letterbox) -> None:
    shop.say("checkout-1", at=FRIDAY - timedelta(days=3))
    shop.say("api-1", at=FRIDAY - timedelta(days=3))
    tick(shop)
    assert box.titles()[0] == "1 check-in to give"
    assert "checkout-3" in box.letters[0][1]["message"]
    assert "checkout-1" not in box.letters[0][1]["message"]
    assert "ben" not in box.letters[0][1]["message"]


def test_where_everybody_spoke_nobody_hears_anything(shop: Practice, box: Letterbox) -> None:
    for key_result in shop.key_results:
        shop.say(key_result, at=FRIDAY - timedelta(days=1))
    assert owners(shop) == []
    assert "3 check-ins" not in box.text()


def test_the_next_week_is_another_week(shop: Practice) -> None:
    assert owners(shop) == [("owner", "everybody", "sent")]
    shop.later(days=7)
    assert owners(shop) == [("owner", "everybody", "sent")]


def test_people_with_an_address_of_their_own_are_told_there(shop: Practice, box: Letterbox) -> None:
    shop.configure("people: {Ana: ANA_HEARS_AT, ben: BEN_HEARS_AT, kim: OKRSYNC_NOTIFY_KIM}")
    shop.environ |= {"ANA_HEARS_AT": box.address("ana"), "OKRSYNC_NOTIFY_KIM": box.address("kim")}
    assert owners(shop) == [("owner", "ana", "sent"), ("owner", "everybody", "sent")]
    assert box.titles("ana") == ["Check-ins of ana"]
    assert box.titles("team") == ["1 check-in to give"]
    assert len(box.titles("kim")) == 1


def test_without_a_common_address_only_those_with_their_own_hear(shop: Practice, box: Letterbox) -> None:
    shop.configure("people: {ben: BEN_HEARS_AT}")
    shop.environ = {"BEN_HEARS_AT": box.address("ben")}
    assert outcomes(tick(shop)) == [("owner", "ben", "sent")]


def test_without_any_address_nothing_happens(shop: Practice) -> None:
    shop.environ.clear()
    assert tick(shop) == []


def test_what_surely_did_not_arrive_is_tried_again_on_the_same_day(shop: Practice, box: Letterbox) -> None:
    shop.rewrite("roles: {coach: kim, champion: lea}", "roles: {}")
    box.answers += [401, 503]
    assert outcomes(tick(shop)) == [("owner", "everybody", "failed")]
    assert outcomes(tick(shop)) == [("owner", "everybody", "failed")]
    assert box.letters == []
    assert outcomes(tick(shop)) == [("owner", "everybody", "sent")]
    assert tick(shop) == []
    assert len(box.letters) == 1


def test_nothing_is_made_up_on_the_next_day(shop: Practice, box: Letterbox) -> None:
    box.answers += [401] * 9
    tick(shop)
    box.answers.clear()
    shop.later(days=1)
    assert tick(shop) == []
    assert box.letters == []


@pytest.mark.parametrize("answer", [CUT, 500, 502, 408])
def test_what_may_have_arrived_is_never_repeated(shop: Practice, box: Letterbox, answer: int) -> None:
    shop.rewrite("roles: {coach: kim, champion: lea}", "roles: {}")
    box.answers.append(answer)
    assert outcomes(tick(shop)) == [("owner", "everybody", "unknown")]
    assert tick(shop) == []


def test_a_connection_that_is_never_made_has_surely_failed(shop: Practice) -> None:
    shop.environ["OKRSYNC_NOTIFY"] = "json://127.0.0.1:1/"
    assert owners(shop) == [("owner", "everybody", "failed")]


def test_a_process_that_dies_while_it_sends_does_not_send_twice(shop: Practice) -> None:
    class Killed(BaseException):
        pass

    def dies(address: SecretStr, message: Message) -> Delivery:
        raise Killed

    with pytest.raises(Killed):
        tick(shop, dies)
    assert owners(shop) == []


def test_the_intent_is_kept_before_anything_is_sent(shop: Practice) -> None:
    seen = []

    def looks(address: SecretStr, message: Message) -> Delivery:
        with shop.desk() as desk:
            seen.append(desk.store.reminders.outcome("owner", "2026-10-09 Europe/Berlin", "everybody"))
        return Delivery(Outcome.SENT)

    with shop.desk() as desk:
        assert next(remind(desk, looks)).delivery.outcome is Outcome.SENT
        assert desk.store.reminders.outcome("owner", "2026-10-09 Europe/Berlin", "everybody") is Outcome.SENT
    assert seen == [Outcome.UNKNOWN]


def test_two_at_once_send_one_message(shop: Practice) -> None:
    """The second asks while the first is sending."""
    second: list[Sent] = []

    def slow(address: SecretStr, message: Message) -> Delivery:
        second.extend(tick(shop, lambda address, message: pytest.fail("sent twice")))
        return Delivery(Outcome.SENT)

    shop.rewrite("roles: {coach: kim, champion: lea}", "roles: {}")
    assert outcomes(tick(shop, slow)) == [("owner", "everybody", "sent")]
    assert second == []


def test_the_end_that_could_not_be_kept_counts_as_unknown(shop: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Busy("somebody else writes")

    with monkeypatch.context() as patch:
        patch.setattr(Reminders, "end", refuse)
        with pytest.raises(Busy):
            tick(shop)
    assert owners(shop) == []


def test_cron_sends_on_any_day_and_not_what_the_daemon_sent(shop: Practice, box: Letterbox) -> None:
    shop.later(days=5)
    with shop.desk() as desk:
        first = dispatch(desk, post.send, (OWNER,))
        assert outcomes(list(first)) == [("owner", "everybody", "sent")]
        assert dispatch(desk, post.send, (OWNER,)) == ()
    shop.later(days=2)
    assert owners(shop) == [("owner", "everybody", "sent")]
    with shop.desk() as desk:
        assert dispatch(desk, post.send, (OWNER,)) == ()


def test_two_time_zones_each_have_their_own_morning(shop: Practice, box: Letterbox) -> None:
    other = shop.okrs.read_text().replace("2026-Q4", "2026-Q4-us").replace("Europe/Berlin", "America/New_York")
    for name in ("checkout", "api", "ana", "ben"):
        other = other.replace(name, f"{name}-us")
    (shop.folder / "okrs" / "us.yaml").write_text(other.replace("acme/shop, labels: [checkout-us]", "acme/shop"))
    shop.know(at=BEGIN, progress=0.3)
    assert owners(shop) == [("owner", "everybody", "sent")]
    assert "ana-us" not in box.letters[0][1]["message"]
    shop.now = datetime(2026, 10, 9, 13, tzinfo=UTC)
    assert owners(shop) == [("owner", "everybody", "sent")]
    assert "ana-us" in box.text()


def test_a_title_calls_nobody_in_the_chat(shop: Practice, box: Letterbox) -> None:
    shop.rewrite("Ship the one-page checkout", '"Ship it @channel <!here> <@U123> \\e[31mred"')
    tick(shop)
    text = box.letters[0][1]["message"]
    assert "Ship it @\u200bchannel <\u200b!here> <\u200b@" in text
    for call in ("@channel", "<!here", "<@", "@U123", "\x1b"):
        assert call not in text


def test_the_champion_hears_how_the_cycle_ended(shop: Practice, box: Letterbox) -> None:
    shop.now = datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert outcomes(tick(shop)) == [("champion", "lea", "sent")]
    assert box.titles() == ["What stands still, for lea"]
    assert "2026-Q4 ended on Thu 31 Dec, not closed yet: okrsync cycle close 2026-Q4" in box.text()
    assert "- checkout Buying is effortless: 0.25 of 1 expected (committed)" in box.text()


def test_several_services_take_part(shop: Practice, box: Letterbox) -> None:
    shop.environ["OKRSYNC_NOTIFY"] = f"{box.address('one')}, {box.address('two')}"
    shop.rewrite("roles: {coach: kim, champion: lea}", "roles: {}")
    assert outcomes(tick(shop)) == [("owner", "everybody", "sent")]
    assert [path for path, _ in box.letters] == ["/one", "/two"]


def test_a_part_of_the_services_is_not_tried_again_for_the_rest(shop: Practice, box: Letterbox) -> None:
    shop.environ["OKRSYNC_NOTIFY"] = f"{box.address('one')} {box.address('two')}"
    shop.rewrite("roles: {coach: kim, champion: lea}", "roles: {}")
    box.answers += [200, 401]
    (sent,) = tick(shop)
    assert sent.delivery.outcome is Outcome.UNKNOWN
    assert "Only a part" in sent.delivery.why
    assert tick(shop) == []


def test_an_address_that_apprise_does_not_know_is_said(shop: Practice) -> None:
    shop.environ["OKRSYNC_NOTIFY"] = "pigeon://roof/left"
    (sent, *_) = tick(shop)
    assert sent.delivery == Delivery(Outcome.FAILED, "Apprise does not know this kind of address.")
