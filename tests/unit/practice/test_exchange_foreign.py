"""A table of somebody else's becomes an OKR file, or says which cell is in the way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.errors import ConfigError
from okrsync.model.okr import Cycle, OkrFile
from okrsync.practice.exchange.foreign import Made, make, slug
from okrsync.practice.exchange.table import read_table

CYCLE = Cycle(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31))


def _made(text: str, mapping: dict[str, str] | None = None, **known: Any) -> Made:
    return make(read_table(text.encode(), "goals.csv", mapping or {}).rows, CYCLE, "goals.csv", **known)


def _objectives(text: str, **given: Any) -> list[dict[str, Any]]:
    made = _made(text, **given)
    OkrFile.model_validate(made.content)
    objectives: list[dict[str, Any]] = made.content["objectives"]
    return objectives


def _problems(text: str, mapping: dict[str, str] | None = None, **known: Any) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        _made(text, mapping, **known)
    assert "Nothing was written." in refused.value.hint
    return [str(problem) for problem in refused.value.problems]


def test_columns_called_like_fields_need_no_mapping() -> None:
    [one] = _objectives("Objective,Title,Start,Target,Unit\nGrow,Visits,10,20,a day\n")
    assert one == {
        "id": "grow",
        "title": "Grow",
        "key_results": [
            {
                "id": "grow-1",
                "title": "Visits",
                "unit": "a day",
                "measure": {"type": "manual", "start": 10.0, "target": 20.0},
            }
        ],
    }


def test_an_empty_objective_is_the_one_above() -> None:
    one, other = _objectives("objective,title,target\nGrow,A,1\n,B,2\nRest,C,3\nGrow,D,4\n")
    assert [result["title"] for result in one["key_results"]] == ["A", "B", "D"]
    assert [result["id"] for result in other["key_results"]] == ["rest-1"]


def test_a_row_without_a_target_is_a_yes_or_no_and_says_so() -> None:
    made = _made("objective,title,target\nGrow,A,\n")
    assert made.content["objectives"][0]["key_results"][0]["measure"] == {"type": "boolean"}
    assert made.remarks == {"grow-1": "from goals.csv, row 2; no target was given, so it is a yes or no"}


def test_a_missing_start_is_said() -> None:
    assert "no start was given, so it counts from 0" in _made("objective,title,target\nGrow,A,5\n").remarks["grow-1"]


@pytest.mark.parametrize("text", ["objective;title;target\nGrow;A, b;2\n", "objective\ttitle\ttarget\nGrow\tA, b\t2\n"])
def test_semicolons_and_tabs_divide_as_well(text: str) -> None:
    assert _objectives(text)[0]["key_results"][0]["title"] == "A, b"


def test_the_mark_of_excel_before_the_first_cell_is_no_part_of_it() -> None:
    assert _objectives("\ufeffobjective,title,target\nGrow,A,1\n")


def test_shares_bring_their_unit() -> None:
    [result] = _objectives("objective,title,start,target\nGrow,A,2.1%,3 %\n")[0]["key_results"]
    assert (result["unit"], result["measure"]["target"]) == ("%", 3.0)


def test_empty_rows_and_columns_that_nobody_mapped_are_passed_over() -> None:
    table = read_table(b"objective,title,target,Mood\n,,,\nGrow,A,1,fine\n", "goals.csv", {})
    assert (len(table.rows), table.passed_over) == (1, ("Mood",))


def test_ids_are_made_free_of_those_there_are() -> None:
    known = {"objectives": ["grow"], "key_results": ["grow-2-1"]}
    [one] = _objectives("objective,title,target\nGrow,A,1\n", **known)
    assert (one["id"], one["key_results"][0]["id"]) == ("grow-2", "grow-2-2")


def test_several_bad_cells_are_told_at_once_each_with_row_and_column() -> None:
    text = 'Goal,Result,To,By,Weight\nGrow,A,"1,5",2026-12-01,1\n,B,3,31.12.2026,-1\n,,4,2027-01-01,1\n'
    mapping = {"objective": "Goal", "title": "Result", "target": "To", "due": "By"}
    assert _problems(text, mapping) == [
        "goals.csv: row 2, column To: `1,5` is no number; write it as 1200 or 2.5",
        "goals.csv: row 3, column By: `31.12.2026` is no day; write it as 2026-12-15",
        "goals.csv: row 3, column Weight: `-1` must be at least 0",
        "goals.csv: row 4, column Result: is empty; every row is a key result",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("objective,title,target\n,A,1\n", "row 2, column objective: is empty, and there is no objective above it"),
        ("objective,title,start,target\nG,A,3,3\n", "row 2, column target: is the same as the start"),
        ("objective,title,target\nG,A,0\n", "row 2, column target: is 0, and there is no start"),
        ("objective,title,due\nG,A,2027-01-01\n", "row 2, column due: 2027-01-01 is outside the cycle 2026-Q4"),
        ("objective,title,kind\nG,A,wild\n", "row 2, column kind: `wild` must be committed or aspirational"),
        ("objective,title,id\nG,A,a b\n", "row 2, column id: `a b` cannot be an id"),
        ("objective,title,id\nG,A,x\n,B,X\n", "row 3, column id: `X` exists already, in goals.csv, row 2"),
        ("objective,title,parent\nG,A,gone\n", "row 2, column parent: no objective is called `gone`"),
        (f"objective,title\nG,{'x' * 301}\n", "row 2, column title: is 301 characters long; at most 300 fit"),
        ("objective,title\n", "has no row with a key result"),
        ("objective,title,title\nG,A,B\n", "row 1: the column `title` is there twice"),
        ("goal,result\nG,A\n", "row 1: no column is mapped to `objective`"),
    ],
)
def test_what_cannot_be_right_is_named(text: str, said: str) -> None:
    assert any(said in problem for problem in _problems(text))


def test_an_id_of_the_okr_files_is_taken() -> None:
    [problem] = _problems("objective,title,id\nG,A,kr-1\n", key_results=["KR-1"])
    assert problem.endswith("`kr-1` exists already, in the OKR files")


def test_a_mistyped_mapping_is_answered_with_the_nearest() -> None:
    problems = _problems("Goal,Result\nG,A\n", {"objectiv": "Goal", "title": "Resutl"})
    assert "--map: objectiv: is no field; did you mean `objective`?" in problems
    assert "goals.csv: row 1: there is no column `Resutl`; did you mean `Result`?" in problems


def test_bytes_of_another_encoding_are_named_by_row() -> None:
    with pytest.raises(ConfigError) as refused:
        read_table("objective,title\nGrün,A\n".encode("latin-1"), "goals.csv", {})
    assert str(refused.value.problems[0]) == "goals.csv: row 2: is not UTF-8 text"
    assert "CSV UTF-8" in refused.value.hint


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("Buying is effortless", "buying-is-effortless"),
        ("Größe zählt", "groe-zahlt"),
        ("目标", "objective"),
        ("x" * 50, "x" * 32),
        ("A very long title that goes on and on and on", "a-very-long-title-that-goes-on"),
    ],
)
def test_titles_become_ids(title: str, id: str) -> None:
    assert slug(title) == id


@given(st.lists(st.tuples(st.text(max_size=12), st.text(min_size=1, max_size=12)), min_size=1, max_size=6))
def test_whatever_the_titles_the_file_is_right_or_nothing_is_made(rows: list[tuple[str, str]]) -> None:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text).writerows([("objective", "title"), *rows])
    try:
        made = _made(text.getvalue())
    except (ConfigError, UnicodeEncodeError):
        return
    content = OkrFile.model_validate(made.content)
    ids = [one.id for objective in content.objectives for one in objective.key_results]
    assert len({name.casefold() for name in ids}) == len(ids)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("objective,title,start,target\nA,B,1\n", "row 2: has 3 cells, and the header has 4"),
        ("objective,title,start,target\nA,B,1,5,9\n", "row 2: has 5 cells, and the header has 4"),
        ("objective,title,start,target\nA,B,1,\n", "row 2, column target: is empty, and there is a start"),
        ("objective;title;target\nA;B;1.200\n", "row 2, column target: `1.200` may be 1200 or a fraction"),
        ("objective,title,kind\nA,B,committed\n,C,Commited\n", "row 3, column kind: `Commited` differs"),
        ("objective,title,team\nA,B,\nA,C,shop\n", "row 3, column team: `shop` differs from the first row"),
    ],
)
def test_what_would_be_read_otherwise_than_it_was_meant_is_refused(text: str, said: str) -> None:
    (problem,) = _problems(text)
    assert said in problem


def test_fractions_are_read_where_they_can_only_be_that() -> None:
    (objective,) = _objectives("objective;title;start;target\nA;B;0.125;2.5\n")
    assert objective["key_results"][0]["measure"] == {"type": "manual", "start": 0.125, "target": 2.5}


def test_empty_cells_beyond_the_header_are_passed_over() -> None:
    assert len(_objectives("objective,title\nA,B,,\n")) == 1
