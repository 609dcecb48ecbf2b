"""Scores from files: both forms, and every mistake told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from okrsync.errors import ConfigError
from okrsync.model.closing import Decision
from okrsync.practice.scorefile import read_score_file
from okrsync.practice.scoring import Word

YAML = """\
checkout-1: 0.8
checkout-2: {score: 0.7, note: two bugs came late, moved: pairing, change: fewer at once, decision: continue}
checkout-3:
  decision: retire
"""
CSV = """\
key_result,score,note,moved,change,decision
checkout-1,0.8,,,,
checkout-2,0.7,two bugs came late,pairing,fewer at once,continue
checkout-3,,,,,retire
"""
WORDS = {
    "checkout-1": Word(0.8),
    "checkout-2": Word(0.7, "two bugs came late", "pairing", "fewer at once", Decision.CONTINUE),
    "checkout-3": Word(decision=Decision.RETIRE),
}


@pytest.mark.parametrize(("name", "text"), [("s.yaml", YAML), ("s.csv", CSV), ("s.csv", "\ufeff" + CSV)])
def test_both_forms_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert read_score_file(tmp_path / name).words == WORDS


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("s.yaml", "a: 1.5\n", "s.yaml:1: a: must be at most 1"),
        ("s.yaml", "a: 0.5\nb: {scor: 0.5}\n", "s.yaml:2: b.scor: is not a field here; did you mean `score`?"),
        ("s.yaml", "a: {decision: go on}\n", "decision: `go on` is not possible"),
        ("s.yaml", "- a\n", "must be key results with their scores"),
        ("s.csv", "key_result,score\na,0.5\nb,high\n", "s.csv:3: score: must be a number"),
        ("s.csv", "key_result,scores\na,0.5\n", "has a column `scores`; did you mean `score`?"),
        ("s.csv", "id,score\na,0.5\n", "needs a column `key_result`"),
        ("s.csv", "", "needs a column `key_result`"),
        ("s.csv", "key_result,score\na,0.5\n,0.5\n", "s.csv:3: names no key result in the column `key_result`"),
        ("s.csv", "key_result,score\na,0.5\nb,1\na,0.6\n", "s.csv:4: `a` stands on line 2 already"),
        ("s.csv", "key_result,note\na,late, again\n", "s.csv:2: has more cells than the first row; put text"),
        ("s.csv", 'key_result,note,score\na,"two\nlines",1\nb,,2\n', "s.csv:4: score: must be at most 1"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, name: str, text: str, problem: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_score_file(tmp_path / name)
    assert problem in str(refused.value)
    assert "then close again" in refused.value.hint


@pytest.mark.parametrize("name", ["s.yaml", "s.csv"])
def test_a_file_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        read_score_file(tmp_path / name)
