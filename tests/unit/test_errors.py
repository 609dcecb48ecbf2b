"""The errors, which whoever writes a connector looks up in one table."""

from __future__ import annotations

import re

from okrsync import errors


def test_the_table_says_of_every_error_when_to_raise_it_and_how_it_ends() -> None:
    table = dict(re.findall(r"^([A-Z]\w+) .* (\d+)$", errors.__doc__ or "", re.MULTILINE))
    found = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    raised = {
        name: str(kind.exit_code)
        for name, kind in found.items()
        if issubclass(kind, errors.OkrsyncError) and kind is not errors.OkrsyncError
    }
    assert table == raised
