from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from okrsync.errors import ConfigError, Problem
from okrsync.yamlfile import LARGEST_FILE, MOST_BY_ALIAS, dotted, parse_yaml, read_yaml, survey_yaml

names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
numbers = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
looks_like_a_number = st.from_regex(r"[-+.0-9eE_xob:]{1,6}", fullmatch=True)
values = st.recursive(
    st.none() | st.booleans() | numbers | names | looks_like_a_number,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=15,
)


def _refusal(text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        parse_yaml(text, "file.yaml")
    return str(refused.value)


def _quoted_where_yaml_1_1_would(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)


@given(values)
def test_what_was_written_is_what_is_read(value: Any) -> None:
    assert parse_yaml(_quoted_where_yaml_1_1_would(value), "file.yaml").data == value


@given(st.text(st.sampled_from("ab01:-[]{}&*!|>'\"%@`#,?<~ \n\t\x00\u2028é"), max_size=60))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        parse_yaml(text, "file.yaml")
    except ConfigError as error:
        problems = error.problems or (Problem("file.yaml", None, "", "no problem was named"),)
    assert all(1 <= (problem.line or 0) <= text.count("\n") + text.count("\u2028") + 2 for problem in problems)


@pytest.mark.parametrize("text", ["on", "yes", "No", "010", "12:30", "1_000", "0x1F", "2026-10-01", "1.2.3", ".", "="])
def test_what_looks_like_text_stays_text(text: str) -> None:
    assert parse_yaml(f"[{text}]", "file.yaml").data == [text]


def test_a_field_called_on_is_no_truth_value() -> None:
    assert parse_yaml("write_back: {on: open}", "file.yaml").data == {"write_back": {"on": "open"}}


def test_every_value_knows_its_line() -> None:
    document = parse_yaml("a: 1\nb:\n  - x\n  - c: 2\n\n    d: 3\n", "file.yaml")
    lines = {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1, "c"): 4, ("b", 1, "d"): 6}
    assert {place: document.line(place) for place in lines} == lines


def test_what_is_missing_is_placed_where_it_is_missing() -> None:
    assert parse_yaml("a: 1\nb:\n  c: 2\n", "file.yaml").line(("b", "d", "e")) == 2


def test_a_place_reads_like_a_path() -> None:
    assert dotted(("objectives", 0, "key_results", 12, "due")) == "objectives[0].key_results[12].due"


def test_an_alias_stands_for_the_value_and_keeps_its_own_line() -> None:
    document = parse_yaml("a: &links [x, y]\nb: *links\n", "file.yaml")
    assert document.data == {"a": ["x", "y"], "b": ["x", "y"]}
    assert document.line(("b",)) == 2


def test_all_repeated_fields_are_named_at_once() -> None:
    text = _refusal("a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert text.startswith("2 problems in file.yaml.")
    assert "file.yaml:2: `a` is given twice; the first is on line 1" in text
    assert "file.yaml:3: `c` is given twice; the first is on line 3" in text


def test_what_else_stands_in_a_file_is_read_on_and_what_cannot_be_trusted_is_marked(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text("a: 1\na: 2\nb: {<<: x, c: 1}\nd: [!odd x, *nobody]\ne: 3\n", "utf-8")
    document = survey_yaml(tmp_path / "file.yaml", "file.yaml")
    assert len(document.problems) == 4
    assert document.doubtful == {("b",), ("d", 0), ("d", 1)}
    assert document.data == {"a": 1, "b": {"c": 1}, "d": ["x", None], "e": 3}
    assert [document.doubts(place) for place in [("a",), ("b", "c"), ("d",), ("e",)]] == [False, True, True, False]


def test_aliases_that_multiply_are_refused_before_they_cost_anything() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert f"aliases stand for more than {MOST_BY_ALIAS:,} values" in _refusal("\n".join(lines))


def test_an_alias_of_itself_is_refused() -> None:
    assert "has no complete `&a` before it" in _refusal("a: &a [*a]")


def test_bottomless_nesting_is_refused() -> None:
    assert "is nested more than 40 levels deep" in _refusal("[" * 100_000)


def test_a_file_of_more_than_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(ConfigError, match=r"large\.yaml: is larger than 10 MB"):
        read_yaml(large, "large.yaml")


def test_a_missing_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"okrsync\.yaml: does not exist"):
        read_yaml(tmp_path / "okrsync.yaml", "okrsync.yaml")


def test_a_folder_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_yaml(tmp_path, "folder")


def test_text_that_is_not_utf_8_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: é\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.yaml:2: is not UTF-8 text"):
        read_yaml(tmp_path / "latin.yaml", "latin.yaml")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_yaml(tmp_path / "bom.yaml", "bom.yaml").data == {"a": 1, "b": 2}
