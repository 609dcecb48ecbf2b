"""The page about history: every command on it prints what it says, after ten scripted days."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs_examples import Page, said
from scripted_fortnight import BEGAN, Fortnight, fortnight

PAGE = Page("history.md", Path(), BEGAN)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortnight]:
    with fortnight(tmp_path_factory.mktemp("fortnight")) as made:
        yield made


@pytest.mark.parametrize(("command", "printed"), list(PAGE.runs()))
def test_a_command_prints_what_the_page_says(told: Fortnight, command: str, printed: str) -> None:
    found = told.call(*shlex.split(command)[1:], width=100)
    shown = "\n".join(line.rstrip() for line in printed.splitlines()).rstrip()
    assert said(found) == shown
