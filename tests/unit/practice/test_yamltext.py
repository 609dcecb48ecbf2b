"""Edits of YAML leave every other character alone."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from okrsync.practice.yamltext import YamlText, scalar
from okrsync.yamlfile import parse_yaml

BLOCK = """\
# the team's file
cycle:
  id: 2026-Q4   # the last quarter
  end: '2026-12-31'

list:

  # about one
  - id: one
    due: 2026-12-01  # soon
    plan:
      - {date: 2026-11-01, value: 2}
      # in the middle
      - {date: 2026-12-01, value: 3}

    # about the measure
    measure: {type: manual, start: 2.1,   target: 3}

  # about two
  - id: two
"""


def edited(text: str, *edits: tuple[str, tuple[str | int, ...], object]) -> str:
    made = YamlText(text)
    for kind, place, value in edits:
        if kind == "set":
            made.set(place, value)  # type: ignore[arg-type]
        else:
            made.drop(place)
    return made.text()


def test_a_value_is_replaced_and_its_comment_stays() -> None:
    assert edited(BLOCK, ("set", ("cycle", "id"), "2027-Q1")) == BLOCK.replace("2026-Q4 ", "2027-Q1 ")


def test_a_new_field_goes_below_the_first_of_its_mapping() -> None:
    found = edited(BLOCK, ("set", ("cycle", "state"), "closed"))
    assert found == BLOCK.replace("last quarter\n", "last quarter\n  state: closed\n")


def test_a_new_field_may_say_why_it_is_there() -> None:
    made = YamlText(BLOCK)
    made.set(("cycle", "state"), "draft", "until it is agreed on")
    assert "  state: draft  # until it is agreed on\n" in made.text()


def test_in_braces_a_new_field_goes_between_the_others() -> None:
    found = edited("m: {type: manual, target: 3}\n", ("set", ("m", "start"), 2.42))
    assert found == "m: {type: manual, start: 2.42, target: 3}\n"


def test_several_edits_do_not_disturb_each_other() -> None:
    found = edited(
        BLOCK,
        ("set", ("list", 0, "id"), "one-2027"),
        ("set", ("list", 0, "from"), "one"),
        ("drop", ("list", 0, "due"), None),
        ("set", ("list", 0, "measure", "start"), 2.42),
    )
    data = parse_yaml(found, "x").data["list"][0]
    assert (data["id"], data["from"], data["measure"]["start"], "due" in data) == ("one-2027", "one", 2.42, False)
    assert "start: 2.42,   target" in found


def test_a_dropped_field_takes_its_lines_and_no_others() -> None:
    found = edited(BLOCK, ("drop", ("list", 0, "plan"), None))
    gone = BLOCK[BLOCK.index("    plan:") : BLOCK.index("\n    # about the measure")]
    assert found == BLOCK.replace(gone, "")


def test_a_dropped_entry_takes_the_comment_right_above_it() -> None:
    found = edited(BLOCK, ("drop", ("list", 0), None))
    assert "about one" not in found
    assert "about the measure" not in found
    assert found.endswith("  # about two\n  - id: two\n")
    assert parse_yaml(found, "x").data["list"] == [{"id": "two"}]


def test_the_last_entry_goes_without_touching_the_one_before() -> None:
    found = edited(BLOCK, ("drop", ("list", 1), None))
    assert found == BLOCK.replace("\n  # about two\n  - id: two\n", "")


@pytest.mark.parametrize(
    ("number", "left"), [(0, "l: [{id: b}, {id: c}]\n"), (1, "l: [{id: a}, {id: c}]\n"), (2, "l: [{id: a}, {id: b}]\n")]
)
def test_entries_between_brackets_go_with_their_comma(number: int, left: str) -> None:
    assert edited("l: [{id: a}, {id: b}, {id: c}]\n", ("drop", ("l", number), None)) == left


def test_the_only_entry_leaves_an_empty_list() -> None:
    assert edited("l: [{id: a}]\n", ("drop", ("l", 0), None)) == "l: []\n"


def test_a_field_without_a_mapping_is_an_error() -> None:
    with pytest.raises(KeyError):
        YamlText("a: 1\n").set(("b", "c"), "x")


@pytest.mark.parametrize(
    "value",
    ["2027-Q1", "closed", "2027-01-01", "007", "1e5", "true", "No", "null", "0x1f", "1_000", "a b: c # d", 'q"q', ""],
)
def test_text_stays_text(value: str) -> None:
    assert parse_yaml(f"a: {scalar(value)}\n", "x").data == {"a": value}


@pytest.mark.parametrize("value", [0.923077, 2.42, 3.0, -0.5, 120000.0, 2e12, 1e-7, 0.0])
def test_numbers_stay_numbers(value: float) -> None:
    assert parse_yaml(f"a: {scalar(value)}\n", "x").data == {"a": value}


def test_plain_words_are_not_quoted() -> None:
    assert [scalar(one) for one in ("2027-Q1", "checkout-1-2027-q1", "2027-01-01")] == [
        "2027-Q1",
        "checkout-1-2027-q1",
        "2027-01-01",
    ]


def test_what_looks_like_a_comment_inside_the_text_above_is_kept() -> None:
    made = YamlText("list:\n- due: 'first\n\n    # no comment'\n- due: gone\nend: 1\n")
    made.drop(("list", 1))
    assert yaml.safe_load(made.text()) == {"list": [{"due": "first\n# no comment"}], "end": 1}


ENTRIES = st.lists(
    st.dictionaries(
        st.sampled_from(["due", "plan", "note"]),
        st.one_of(st.text("ab:#'\"- {}[],\n", max_size=8), st.integers(), st.lists(st.integers(), max_size=3)),
    ),
    min_size=1,
    max_size=5,
)


@given(ENTRIES, st.booleans() | st.none(), st.data())
def test_whatever_is_dropped_the_rest_says_the_same(
    entries: list[dict[str, object]], flow: bool | None, data: st.DataObject
) -> None:
    listed = [{"id": f"n{number}", **one} for number, one in enumerate(entries)]
    text = yaml.safe_dump({"list": listed, "end": 1}, default_flow_style=flow, sort_keys=False, allow_unicode=True)
    gone = data.draw(st.sets(st.integers(0, len(listed) - 1)))
    made = YamlText(text)
    for number in gone:
        made.drop(("list", number))
    left = [one for number, one in enumerate(listed) if number not in gone]
    found = yaml.safe_load(made.text())
    assert (found["list"] or []) == left
    assert found["end"] == 1


def test_a_comment_that_is_indented_like_the_entry_above_stays_with_it() -> None:
    made = YamlText("list:\n  - id: a\n    # about a\n  # about b\n  - id: b\nend: 1\n")
    made.drop(("list", 1))
    assert made.text() == "list:\n  - id: a\n    # about a\nend: 1\n"


def test_a_new_line_ends_as_the_lines_of_the_document_do() -> None:
    made = YamlText("cycle:\r\n  id: a\r\n  end: 1\r\n")
    made.set(("cycle", "state"), "closed")
    assert made.text() == "cycle:\r\n  id: a\r\n  state: closed\r\n  end: 1\r\n"


def test_of_the_empty_lines_around_what_is_dropped_only_those_below_stay() -> None:
    text = "list:\n\n  # a\n  - a\n\n  # b\n  - b\n\n  # c\n  - c\n"
    assert edited(text, ("drop", ("list", 1), None)) == "list:\n\n  # a\n  - a\n\n  # c\n  - c\n"
    assert edited(text, ("drop", ("list", 2), None)) == "list:\n\n  # a\n  - a\n\n  # b\n  - b\n"
    assert edited(text, ("drop", ("list", 1), None), ("drop", ("list", 2), None)) == "list:\n\n  # a\n  - a\n"


def appended(text: str, place: tuple[str | int, ...], source: str, of: tuple[str | int, ...]) -> str:
    made = YamlText(text)
    made.append(place, [YamlText(source).entry(of)])
    return made.text()


def test_an_entry_is_appended_with_its_comments_in_the_column_of_its_new_list() -> None:
    source = "list:\n\n    # one\n    - id: 1\n\n    # two\n    - id: 2  # said\n      # below two\n    # of nobody\n"
    found = appended(BLOCK, ("list",), source, ("list", 1))
    assert found == BLOCK + "\n  # two\n  - id: 2  # said\n    # below two\n"
    assert appended("list:\n- id: 0", ("list",), source, ("list", 0)) == "list:\n- id: 0\n\n# one\n- id: 1"


def test_an_entry_is_appended_to_the_lists_inside_of_others() -> None:
    source = "list: \n- {date: 2026-12-24, value: 4}\n"
    found = appended(BLOCK, ("list", 0, "plan"), source, ("list", 0))
    assert found == BLOCK.replace("value: 3}\n", "value: 3}\n      - {date: 2026-12-24, value: 4}\n")


def test_between_braces_an_entry_is_appended_between_braces() -> None:
    assert appended("l: [{a: 1}]  # all\n", ("l",), "l: [{b: 2}, {c: 3}]", ("l", 1)) == "l: [{a: 1}, {c: 3}]  # all\n"


def test_a_list_that_is_not_there_yet_begins_with_the_entry() -> None:
    found = appended(BLOCK, ("list", 1, "parts"), "l:\n- id: 1\n  # deep\n", ("l", 0))
    assert found == BLOCK.rstrip("\n") + "\n    parts:\n      - id: 1\n        # deep\n"


def test_what_is_appended_stays_in_order_also_to_the_list_around() -> None:
    made, source = YamlText("l:\n- of:\n  - 1\n"), YamlText("l:\n- 2\n- 3\n- 4\n")
    made.append(("l", 0, "of"), [source.entry(("l", 0)), source.entry(("l", 1))])
    made.append(("l",), [source.entry(("l", 2))])
    assert made.text() == "l:\n- of:\n  - 1\n  - 2\n  - 3\n- 4\n"


def test_line_ends_of_an_appended_entry_are_those_of_its_new_file() -> None:
    found = appended("l:\r\n- 1\r\n# end\r\n", ("l",), "l:\n- 2\n- a: 3\n  b: 4\n", ("l", 1))
    assert found == "l:\r\n- 1\r\n- a: 3\r\n  b: 4\r\n# end\r\n"


@pytest.mark.parametrize(
    ("text", "source"), [("l: [{a: 1}]", "l:\n- a: 2\n"), ("l:\n- a: 1\n", "l: [{a: 2}]"), ("l: 1", "l:\n- 1")]
)
def test_forms_that_do_not_go_together_are_refused(text: str, source: str) -> None:
    with pytest.raises(KeyError):
        appended(text, ("l",), source, ("l", 0))


@given(st.lists(st.integers(0, 99), min_size=1, max_size=5), st.integers(0, 6), st.integers(0, 6), st.integers(0, 4))
def test_whatever_is_appended_reads_as_the_list_and_the_entry(
    numbers: list[int], here: int, there: int, at: int
) -> None:
    def written(indent: int) -> str:
        return "l:\n" + "".join(f"\n{' ' * indent}# {one}\n{' ' * indent}- id: {one}\n" for one in numbers)

    at = min(at, len(numbers) - 1)
    found = appended(written(here), ("l",), written(there), ("l", at))
    assert [one["id"] for one in parse_yaml(found, "x").data["l"]] == [*numbers, numbers[at]]
    assert found.startswith(written(here))
