"""The four figures over a store: whose work, whose check-ins, and as of when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from closing_time import MIDWAY, OKRS, measured
from okr_builders import item
from practising import Practice, practise

from okrsync.errors import ConfigError
from okrsync.model.figures import TeamFigures
from okrsync.model.sample import Linked
from okrsync.model.work import Item, Kind, State
from okrsync.practice.figures import figures, figures_over
from okrsync.practice.figures_behind import behind

CREATED = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    made = practise(tmp_path / "acme", okrs=OKRS)
    made.now = MIDWAY
    return made


def day(number: float) -> datetime:
    return datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=number)


def have(acme: Practice, *items: Item, to: str = "") -> None:
    """Tickets of the tracker, linked to a key result where one is named."""
    with acme.desk() as desk, desk.store.transaction():
        desk.store.items.keep(items, lambda label: False)
        links = [Linked(to, one.connection, one.id, 1.0, False, ("x",)) for one in items if to]
        if to:
            desk.store.links.replace("github", [one.id for one in items], links)


def ticket(name: str, **changed: object) -> Item:
    facts: dict[str, object] = {"connection": "github", "scope": "10", "created": CREATED, "updated": CREATED}
    return item(name, **{**facts, **changed})


def doing(name: str, **changed: object) -> Item:
    return ticket(name, **{"state": State.DOING, "started": day(2), **changed})


def done(name: str, closed: float, **changed: object) -> Item:
    return ticket(name, **{"done": True, "started": day(1), "closed": day(closed), **changed})


def of(acme: Practice, team: str = "shop", period: str = "cycle") -> TeamFigures:
    with acme.desk() as desk:
        (found,) = figures(desk, team, period)
    return found


def test_teams_come_in_the_order_of_the_files_without_those_that_pursue_nothing(acme: Practice) -> None:
    with acme.desk() as desk:
        assert [one.team for one in figures(desk)] == ["shop", "platform"]


def test_a_team_that_nobody_names_goes_by_its_file(acme: Practice) -> None:
    acme.okrs.write_text(OKRS.replace("    team: platform\n", ""))
    with acme.desk() as desk:
        assert [Path(one.team).name for one in figures(desk)] == ["shop", "shop.yaml"]


def test_a_team_that_nobody_names_is_found_by_the_bare_name_of_its_file(acme: Practice) -> None:
    acme.okrs.write_text(OKRS.replace("    team: platform\n", "").replace("    team: shop\n", "    team: sales\n"))
    assert Path(of(acme, "Shop").team).name == "shop.yaml"
    with pytest.raises(ConfigError) as error:
        of(acme, "shap")
    assert error.value.hint == "Did you mean --team shop?"


def test_several_periods_are_what_each_of_them_is(acme: Practice) -> None:
    have(acme, done("1", 3), doing("2", started=day(20)), to="checkout-1")
    periods = ["2026-10-01..2026-10-15", "4w", "8w", "cycle", "2026-Q4", "2026-10-10..2026-12-01"]
    with acme.desk() as desk:
        assert figures_over(desk, periods) == [figures(desk, period=one) for one in periods]


def test_work_in_progress_of_the_teams_repositories_is_aligned_or_not(acme: Practice) -> None:
    have(acme, doing("1"), to="checkout-1")
    have(acme, doing("2"), to="api-1")
    have(
        acme,
        doing("3"),
        ticket("4"),
        doing("5", scope="99"),
        doing("6", subtask=True),
        doing("7", kind=Kind.PULL_REQUEST),
        doing("8", labels=("okr:ignore",)),
        done("9", 3),
    )
    found = of(acme).alignment.work
    assert (found.numerator, found.denominator) == (2, 3), "3 serves nothing; 2 serves another team's aim"


def test_a_parent_is_no_leaf(acme: Practice) -> None:
    have(acme, doing("1"), to="checkout-1")
    have(acme, doing("2"), doing("3", parent="2"))
    assert of(acme).alignment.work.denominator == 2


def test_alignment_is_as_of_the_end_of_the_period(acme: Practice) -> None:
    have(acme, doing("1", started=day(20)), to="checkout-1")
    have(acme, done("2", 25, started=day(3)))
    found = of(acme, period="2026-10-01..2026-10-15").alignment.work
    assert (found.numerator, found.denominator) == (0, 1), "1 was not begun, and 2 was in progress"
    found = of(acme).alignment.work
    assert (found.numerator, found.denominator) == (1, 1)


def test_objectives_with_a_parent_are_those_of_the_team(acme: Practice) -> None:
    assert of(acme).alignment.parents.value == 1
    assert of(acme, "platform").alignment.parents.value == 0


def test_check_ins_are_counted_since_a_key_result_is_known(acme: Practice) -> None:
    measured(acme, day(11))
    acme.say("checkout-1", day(20.5), who="ana")
    acme.say("checkout-3", day(36), who="ben")
    found = of(acme).engagement
    assert found.on_time.denominator == 3 * 4, "three key results, and the Fridays from 23 October to 13 November"
    assert found.on_time.numerator == 2
    assert (found.owners.numerator, found.owners.denominator) == (1, 2), "ben is no owner here, and chloe was silent"


def test_check_ins_outside_of_the_period_do_not_count(acme: Practice) -> None:
    measured(acme, day(1))
    acme.say("checkout-1", day(3), who="ana")
    found = of(acme, period="2w").engagement
    assert (found.on_time.numerator, found.owners.numerator) == (0, 0)


def test_what_a_team_finishes_for_its_key_results_is_its_throughput(acme: Practice) -> None:
    have(acme, done("1", 10), done("2", 40), to="checkout-1")
    have(acme, done("3", 12), to="api-1")
    assert of(acme).productivity.throughput.numerator == 2
    assert of(acme, "platform").productivity.throughput.numerator == 1
    assert of(acme, period="2w").productivity.throughput.numerator == 1


def test_performance_is_progress_while_the_cycle_goes_on(acme: Practice) -> None:
    measured(acme, day(5), {"checkout-1": (0.2, 0.2)})
    measured(acme, day(30), {"checkout-1": (0.9, 0.9), "checkout-2": (33, 0.2)})
    found = of(acme).performance
    assert found.score.numerator == pytest.approx(1.1)
    assert (found.score.denominator, found.without_value) == (3, ("checkout-3",))
    assert (found.on_track, found.off_track, found.neither) == (1, 1, 1)
    assert of(acme, period="2026-10-01..2026-10-10").performance.score.numerator == 0.2


def test_no_figure_names_anybody(acme: Practice) -> None:
    measured(acme, day(1))
    for who in ("ana", "chloe", "ben"):
        acme.say("checkout-3", day(3), who=who)
    with acme.desk() as desk:
        written = msgspec.json.encode(figures(desk)).decode()
    assert not any(f'"{who}"' in written for who in ("ana", "chloe", "ben", "kim", "lee"))


def test_an_unknown_team_is_told_the_nearest(acme: Practice) -> None:
    with acme.desk() as desk, pytest.raises(ConfigError) as refused:
        figures(desk, "shp")
    assert refused.value.hint == "Did you mean --team shop?"


def counted(acme: Practice, team: str = "shop", period: str = "cycle") -> dict[str, tuple[str, ...]]:
    with acme.desk() as desk:
        (found,) = behind(desk, team, period)
    return {row.what: row.keys for row in found.rows}


def test_each_number_can_be_traced_to_the_tickets_and_key_results_it_counts(acme: Practice) -> None:
    measured(acme, day(30))
    have(acme, doing("2"), doing("10"), done("3", 20), to="checkout-1")
    have(acme, doing("4"))
    found, numbers = counted(acme), of(acme)
    assert found["in progress and linked"] == ("SHOP-2", "SHOP-10")
    assert found["in progress and linked to nothing"] == ("SHOP-4",)
    assert found["finished"] == ("SHOP-3",)
    assert found["objectives with a parent"] == ("checkout",)
    work, made = numbers.alignment.work, numbers.performance
    aligned = len(found["in progress and linked"])
    assert (work.numerator, work.denominator) == (aligned, aligned + len(found["in progress and linked to nothing"]))
    assert numbers.productivity.throughput.numerator == len(found["finished"])
    assert numbers.productivity.in_progress == len(found["in progress and linked, pull requests too"])
    assert made.score.denominator == len(found["scores"])
    assert (made.on_track, made.off_track) == (len(found["on track"]), len(found["off track"]))


def test_no_person_is_named_behind_the_figures(acme: Practice) -> None:
    measured(acme, day(30))
    acme.say("checkout-1", day(31), who="ana")
    shown = acme.call("figures", "--tickets").stdout + acme.call("figures", "--tickets", "--json").stdout
    assert "checkout-1" in shown
    for person in ("ana", "chloe", "ben"):
        assert not re.search(rf"\b{person}\b", shown)
