"""`okrsync token`: a secret to hand over, and lines for the configuration that mean the person who was named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from typer.testing import Result

Call = Callable[..., Result]


def written(result: Result) -> object:
    """What the lines for the configuration say to YAML."""
    return yaml.safe_load(result.stderr[result.stderr.index("  users:") :])


@pytest.mark.parametrize("name", ["ana", "Ana Lopez", "a: b", "''", "yes", "42", "? x", "Zoë # 1", '"'])
def test_the_lines_for_the_configuration_name_the_person_whatever_the_name(okrsync: Call, name: str) -> None:
    made = okrsync("token", name, "--role", "owner")
    assert made.exit_code == 0
    (users,) = written(made).values()  # type: ignore[attr-defined]
    assert list(users) == [name]
    assert users[name]["role"] == "owner"
    assert made.stdout.strip() not in made.stderr


@pytest.mark.parametrize("name", ["", " ", "x\ny"])
def test_nobody_has_such_a_name(okrsync: Call, name: str) -> None:
    refused = okrsync("token", name)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"{name!r} is no name." in refused.stderr
    assert "Name somebody as the OKR files do" in refused.stderr
