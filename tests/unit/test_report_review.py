"""The report of a cycle: one page that needs nothing else, and the same in Markdown."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser

import msgspec
import pytest
from hostile import TEXTS
from markupsafe import escape
from reviews import AT, burn_up, key_result, moved, objective, review

from okrsync.method.review import Review, Reviewed, ReviewedObjective
from okrsync.model.attribution import Cause
from okrsync.model.burnup import Turn
from okrsync.model.closing import ClosedKeyResult
from okrsync.model.sample import Sample
from okrsync.report.charts import burn_up_svg
from okrsync.report.review import review_html
from okrsync.report.review_markdown import review_markdown
from okrsync.report.reviewed import moved_words, turn_words
from okrsync.report.safe import plain

VOID = {"meta", "br", "link", "img", "input", "hr"}
FORBIDDEN = {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "foreignobject", "use", "a"}
"""Elements that run, load or leave, of which the page has none."""


class Reader(HTMLParser):
    """Every element with its attributes; complains about tags that do not match."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def words(page: str) -> str:
    return " ".join(" ".join(read(page).words).split())


@pytest.mark.parametrize("closed", [True, False])
def test_the_page_is_whole_and_its_tags_match(closed: bool) -> None:
    page = review_html(review(closed=closed))
    assert page.startswith("<!doctype html>")
    tags = [tag for tag, _ in read(page).elements]
    assert tags.count("svg") > 2
    assert tags.count("h1") == 1


@pytest.mark.parametrize("closed", [True, False])
def test_the_page_asks_for_nothing(closed: bool) -> None:
    page = review_html(review(closed=closed))
    for tag, attributes in read(page).elements:
        assert tag not in FORBIDDEN
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "href", "xlink:href", "style", "action", "data", "background")
            if "http" in (value or ""):
                assert name == "xmlns", "the name of a vocabulary is no address"
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    assert not re.search(r"url\(|@import|expression", style[1])


def test_the_page_forbids_itself_to_load_anything_and_its_style_is_the_one_it_names() -> None:
    import base64
    import hashlib

    page = review_html(review())
    policies = [given["content"] or "" for tag, given in read(page).elements if given.get("http-equiv")]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("long", "long word", "composed")])
def test_hostile_text_stays_text(name: str) -> None:
    text = TEXTS[name]
    page = review_html(review(text))
    calm = review_html(review("calm"))
    assert [tag for tag, _ in read(page).elements if tag != "code"] == [
        tag for tag, _ in read(calm).elements if tag != "code"
    ], "not an element more"
    assert str(escape(plain(text))) in page
    assert page.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066]", page)


def test_ids_of_several_charts_do_not_meet() -> None:
    one, two = (burn_up_svg(burn_up(key_result=name)) for name in ("a.1", "a_2"))
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (one, two)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg, known in zip((one, two), ids, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= known


def test_the_page_says_what_was_decided_and_why() -> None:
    told = words(review_html(review()))
    for said in (
        "closed on 30 December 2026 by Ship it, for the 2nd time",
        "0.60",
        "86 % of expected",
        "behind 2.55 % on the way 2.1 % → 3 %",
        "Suggested 0.50",
        "Next continue",
        "finished +70.0: Ship it#0, Ship it#1, Ship it#2, Ship it#3, Ship it#4 and 2 more",
        "added −20.0: Ship it#0",
        "30 Dec, confidence 6 of 10: Ship it",
        "work linked to key results 3 / 4 75 %",
        "owners who checked in – / 1 – one owner; no figure is about one person",
        "finished a week 46 / 13.0 weeks 3.54",
        "cycle time P50 40 of 46 items 3.2 days",
        "on track − off track 1 − 2 −1",
        "STALE Ship it: checkout-1 is silent.",
        "2026-12-30 12:00 by Ship it: checkout-1 0.50",
    ):
        assert said in told, said


def test_a_postponed_key_result_has_no_score() -> None:
    assert "– postponed" in words(review_html(review()))


def test_a_cycle_that_goes_on_shows_progress_and_its_forecast() -> None:
    told = words(review_html(review(closed=False)))
    assert "as it stands on 30 December 2026; not closed yet" in told
    assert "Forecast: 30-70 % that it is there on 31 December. Needed 2 Ship it a week, made 1.5." in told
    assert "0.50 progress" in told
    assert "% of expected" not in told
    assert "% of expected" not in review_markdown(review(closed=False))


def test_an_aspiration_that_was_met_in_full_is_remarked_on() -> None:
    assert "too easy? it is aspirational and was reached in full" in words(review_html(review(final=1.0)))
    assert "too easy" not in words(review_html(review(final=0.99)))


def test_what_only_a_team_sees_is_counted_and_not_shown() -> None:
    assert "2 of the cycle's objectives are seen by their teams only" in words(review_html(review(confidential=2)))


def test_thirty_burn_ups_are_drawn_in_a_few_seconds() -> None:
    charts = [burn_up(key_result=f"kr-{number}") for number in range(30)]
    burn_up_svg(charts[0])
    begin = time.process_time()
    for chart in charts:
        burn_up_svg(chart)
    assert time.process_time() - begin < 12


def test_markdown_says_the_same() -> None:
    told = review_markdown(review())
    for said in (
        "# 2026-Q4",
        "| Ship it | aspirational | Ship it | 0.60 | 0.7 | 86 % |",
        "# 2026-Q4: objectives and key results",
        "aspirational · Ship it · Ship it · score 0.60 of 0.7 expected",
        "`checkout-1` · Ship it **0.60** (86 % of expected): 2.55 % on the way 2.1 % → 3 %.",
        "`▁▁▂▃▃▃▄▅` 0 → 21 of 42 Ship it, 1 October 2026 to 19 November 2026",
        "- **Since the beginning**: +50.0 points: 7 Ship it and 1 item added.\n  - finished +70.0: ",
        "- **Last check-in**: 30 Dec, confidence 6 of 10: Ship it",
        "- **Suggested**: 0.50",
        "- **Next**: continue",
        "| **Alignment** | work linked to key results | 3 / 4 | 75 % |  |",
        "- `STALE` Ship it: `checkout-1` is silent. Ship it",
        "`okrsync explain KEY-RESULT --at 2026-12-30`",
        "`okrsync why KEY-RESULT --since 2026-10-01 --until 2026-12-30`",
    ):
        assert said in told, said


@pytest.mark.parametrize("name", ["html", "mentions", "markdown", "table", "right to left", "workflow commands"])
def test_hostile_text_is_harmless_in_markdown(name: str) -> None:
    text = TEXTS[name]
    told = review_markdown(review(text))
    calm = review_markdown(review("calm"))
    assert len(told.splitlines()) == len(calm.splitlines())
    assert "<script" not in told
    assert not re.search(r"(?<![\w`])@(?=\w)", told.replace("@\u200b", ""))


def test_the_parts_of_what_moved_add_up_and_a_moved_target_is_one_of_them() -> None:
    found = moved()
    causes = (*found.causes, Cause("target 5 -> 15", -0.05, False), Cause("check-in", 0.05, False))
    told = moved_words(msgspec.structs.replace(found, causes=causes))
    assert "target 5 -> 15 −5.0" in told
    amounts = [float(re.search(r"[+−][\d.]+", line)[0].replace("−", "-")) for line in told[1:]]  # type: ignore[index]
    assert sum(amounts) == pytest.approx(found.change * 100)


def test_a_value_that_people_gave_is_told_once() -> None:
    found = msgspec.structs.replace(moved(), causes=(Cause("check-in", 0.5, False),))
    assert moved_words(found) == [found.said]


def test_a_turn_is_told_with_the_progress_before_and_after() -> None:
    at = datetime(2026, 11, 10, tzinfo=UTC)
    assert turn_words(Turn(at, "target 5 -> 15", 0.667, 0.222)) == "target 5 -> 15: 67 % before, 22 % after"
    assert turn_words(Turn(at, "links changed")) == "links changed"


@pytest.mark.parametrize(("measure", "told"), [("maintain", "met (should hold)."), ("boolean", "met (yes or no).")])
def test_a_bound_is_told_as_what_it_is(measure: str, told: str) -> None:
    bound = key_result(measure=measure, sample=Sample("checkout-1", AT, 1.0, 1.0))
    assert told in review_markdown(msgspec.structs.replace(review(), objectives=(alone(bound),)))


def test_what_is_hidden_is_said_in_markdown_too() -> None:
    assert "1 of the cycle's objectives is seen by its team only and left out." in review_markdown(
        review(confidential=1)
    )


def alone(ended: ClosedKeyResult) -> ReviewedObjective:
    return ReviewedObjective(objective(ended), (Reviewed(ended),))


@pytest.mark.parametrize("made", [review_html, review_markdown])
def test_after_the_last_day_it_is_said_that_the_coach_speaks_of_that_day(made: Callable[[Review], str]) -> None:
    late = review(closed=False)
    assert "What the coach noticed by" not in made(late)
    assert "What the coach noticed by 31 December 2026" in made(msgspec.structs.replace(late, at=AT.replace(year=2027)))


@pytest.mark.parametrize(
    ("work", "measure", "told"),
    [
        (True, "completion", "21 of 42 calls"),
        (False, "count", "21, goal 42 calls"),
        (False, "maintain", "21, limit 42 calls"),
    ],
)
def test_a_course_says_what_its_end_is(work: bool, measure: str, told: str) -> None:
    made = review(closed=False)
    chart = msgspec.structs.replace(burn_up("calls"), work=work)
    [first, *_] = made.objectives[0].key_results
    row = msgspec.structs.replace(first, burn_up=chart, ended=msgspec.structs.replace(first.ended, measure=measure))
    objective = msgspec.structs.replace(made.objectives[0], key_results=(row,))
    assert f"0 → {told}, 1 October" in review_markdown(msgspec.structs.replace(made, objectives=(objective,)))
