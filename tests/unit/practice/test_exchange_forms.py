"""What is written down comes back, whatever it is: JSON, CSV as a folder, CSV as a zip, and the YAML of OKR files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from okr_strategies import AWKWARD, contents, histories, text

from okrsync.errors import ConfigError
from okrsync.model.okr import KeyResult, Objective, OkrFile
from okrsync.practice.exchange import cells
from okrsync.practice.exchange.archive import Archive, OkrSource
from okrsync.practice.exchange.csvform import as_csv, from_csv, read_zip, zipped
from okrsync.practice.exchange.jsonform import as_json, from_json
from okrsync.practice.exchange.okrtables import columns, kind
from okrsync.practice.exchange.okrtext import okr_text
from okrsync.yamlfile import parse_yaml

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def _archive(okrs: dict[str, Any], history: dict[str, Any]) -> Archive:
    return Archive(NOW, tuple(OkrSource(file, content, "# a comment\n") for file, content in okrs.items()), history)


def _models(archive: Archive) -> dict[str, OkrFile]:
    return {one.file: OkrFile.model_validate(one.content) for one in archive.okrs}


@given(contents(), histories())
def test_json_loses_nothing(okrs: dict[str, Any], history: dict[str, Any]) -> None:
    archive = _archive(okrs, history)
    assert from_json(as_json(archive), "x.json") == archive


@given(contents(), histories())
def test_csv_loses_nothing(okrs: dict[str, Any], history: dict[str, Any]) -> None:
    archive = _archive(okrs, history)
    back = from_csv(as_csv(archive), "folder")
    assert _models(back) == _models(archive)
    assert back.history == archive.history
    assert back.exported_at == archive.exported_at
    assert [one.text for one in back.okrs] == [one.text for one in archive.okrs]


def test_a_table_that_somebody_edited_counts_more_than_the_text_beside_it() -> None:
    content = {
        "cycle": {"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"},
        "objectives": [{"id": "checkout", "title": "Buying is effortless", "key_results": []}],
    }
    tables = as_csv(Archive(NOW, (OkrSource("okrs/shop.yaml", content, "# the shop\r\n"),), {}))
    assert from_csv(tables, "folder").okrs[0].text == "# the shop\r\n"
    edited = tables | {"objectives.csv": tables["objectives.csv"].replace(b"effortless", b"a joy")}
    (back,) = from_csv(edited, "folder").okrs
    assert (back.text, back.content["objectives"][0]["title"]) == ("", "Buying is a joy")


def test_a_zip_holds_the_same_tables_and_is_the_same_file_each_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = as_csv(_archive({}, {}))
    file = tmp_path_factory.mktemp("zip") / "x.zip"
    file.write_bytes(zipped(tables))
    assert read_zip(file) == tables
    assert zipped(tables) == zipped(dict(tables))


@given(contents())
def test_an_okr_file_that_is_written_anew_says_the_same(okrs: dict[str, Any]) -> None:
    for content in okrs.values():
        model = OkrFile.model_validate(content)
        written = okr_text(model.model_dump(mode="json", exclude_unset=True), ["Head", "#"], {"x": "a\nb"})
        assert OkrFile.model_validate(parse_yaml(written, "x").data) == model


@pytest.mark.parametrize(
    "awkward", [*filter(None, AWKWARD), " a", "a ", "a: b", "- a", "# a", "{a}", "a # b", "\x85", "\ufeff", "é\u2028"]
)
def test_awkward_text_is_quoted_where_it_must_be(awkward: str) -> None:
    content = {"objectives": [{"id": "o", "title": awkward, "measure": {"unit": awkward}}]}
    data = parse_yaml(okr_text(content), "x").data
    assert data["objectives"][0] == {"id": "o", "title": awkward, "measure": {"unit": awkward}}


@given(text)
@example("=cmd|' /C calc'!A0")
def test_no_cell_of_text_begins_like_a_formula(value: str) -> None:
    cell = cells.guarded(value)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert cells.unguarded(cell) == value
    assert cell, "an empty cell means nothing, and not empty text"


@given(st.lists(st.lists(text.map(cells.guarded), min_size=2, max_size=2), max_size=4))
def test_tables_are_what_rfc_4180_says(rows: list[list[str]]) -> None:
    written = cells.written(("a", "b"), rows)
    assert list(cells.read(written)) == [{"a": one, "b": other} for one, other in rows]
    assert list(csv.reader(io.StringIO(written.decode(), newline=""), strict=True)) == [["a", "b"], *rows]
    assert written.startswith(b"a,b\r\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfea", "is not UTF-8 text"),
        (b'a,b\r\n"x', "is no CSV"),
        (b"a,b\r\nx\r\n", "row 2 has 1 cells, and the header 2"),
    ],
)
def test_what_is_no_table_says_why(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(cells.read(content))


def test_every_field_of_the_model_has_a_column_of_the_right_kind() -> None:
    """A list or object is JSON, numbers and flags are theirs; a new field of the model must be placed."""
    definitions = OkrFile.model_json_schema()["$defs"]
    for table, model, apart in (("objectives", Objective, "key_results"), ("key_results", KeyResult, "measure")):
        for name, field in definitions[model.__name__]["properties"].items():
            if name != apart:
                assert name in columns()[table]
                assert kind(name) == _kind(field, definitions), f"{table}.{name}"


def _kind(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    given = next((one for one in field.get("anyOf", [field]) if one.get("type") != "null"), field)
    given = definitions[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
    return {"array": "json", "object": "json", "number": "float", "boolean": "bool"}.get(given["type"], "text")


def _refused(archive: bytes) -> str:
    with pytest.raises(ConfigError) as error:
        from_json(archive, "x.json")
    [problem] = error.value.problems
    return str(problem)


def test_what_is_no_export_says_so() -> None:
    assert _refused(b"{").startswith("x.json: is no JSON")
    assert _refused(b"[]").startswith("x.json: ")
    assert "is not `okrsync`" in _refused(b"{}")
    assert "version: is 2; this okrsync reads up to 1" in _refused(b'{"format": "okrsync", "version": 2}')
    assert "exported_at" in _refused(b'{"format": "okrsync", "version": 1}')


def test_an_unknown_table_is_refused() -> None:
    strange = as_json(Archive(NOW, (), {"tokens": []}))
    assert "history.tokens: is no table of an archive" in _refused(strange)


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("samples", "1.5", "much", "samples.csv, row 2, column value: `much` must be a number"),
        ("samples", "weight", "wait", "samples.csv, row 2, column wait: is no column of this table"),
        ("objectives", "true", "perhaps", "objectives.csv, row 2, column top: `perhaps` must be true or false"),
        ("key_results", "checkout,", "chekcout,", "key_results.csv, row 2, column objective: `chekcout` is in no row"),
        ("export", "okrsync", "other", "format: is not `okrsync`"),
    ],
)
def test_a_bad_cell_is_named_by_table_row_and_column(table: str, old: str, new: str, said: str) -> None:
    result = {"id": "c1", "title": "T", "measure": {"type": "boolean"}}
    content = {
        "cycle": {"id": "Q", "start": "2026-10-01", "end": "2026-12-31"},
        "objectives": [{"id": "checkout", "title": "T", "top": True, "key_results": [result]}],
    }
    tables = as_csv(_archive({"a.yaml": content}, {"samples": [{"id": 1, "key_result": "c1", "value": 1.5}]}))
    tables[f"{table}.csv"] = tables[f"{table}.csv"].replace(old.encode(), new.encode(), 1)
    with pytest.raises(ConfigError) as error:
        from_csv(tables, "tables")
    assert said in str(error.value.problems[0])


def test_a_folder_without_its_head_is_no_export() -> None:
    with pytest.raises(ConfigError) as error:
        from_csv({"samples.csv": b"id\r\n"}, "tables")
    assert "export.csv: is missing" in str(error.value.problems[0])
