"""How the dashboard calls a team."""

from __future__ import annotations

from installation import Installation
from visiting import Visit


def test_a_team_that_nobody_names_goes_by_the_bare_name_of_its_file(acme: Installation, visit: Visit) -> None:
    page = visit().get("/figures").text
    assert f">{acme.okrs.stem}</h2>" in page
    assert str(acme.okrs) not in page
