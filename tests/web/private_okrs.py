"""A small team with objectives that only the board may know of, which tickets showed once by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installation import Installation
from small_team import small_team

from okrsync.practice.closing import close, ending
from okrsync.web.access import token_hash

OKRS = """\
cycle: {{id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}}
objectives:
  - id: shady
    title: Buy our rival
    team: board
    owner: zoe
    visibility: {seen}
    key_results:
      - id: hush-1
        title: Sign the contract
        owner: zoe
        measure: {{type: manual, start: 0, target: 1}}
      - id: hush-2
        title: Merge both shops
        measure: {{type: completion}}
        links:
          - {{connection: github, repository: acme/shop, milestone: One page}}
          - {{connection: jira, epic: SHOP-1}}
  - id: checkout
    title: Buying is effortless
    team: shop
    parent: shady
    rollup: both
    key_results:
      - id: checkout-1
        title: Ship the one-page checkout
        owner: ana
        measure: {{type: completion}}
        links: [{{connection: github, repository: acme/shop, milestone: One page}}]
  - id: whisper
    title: Close the old shop
    team: board
    parent: checkout
    visibility: {seen}
    key_results:
      - id: hush-3
        title: Give notice
        measure: {{type: manual, start: 10, target: 0}}
"""

SECRETS = ("shady", "whisper", "hush-", "Buy our rival", "Close the old shop", "Sign the contract", "Give notice")
TOKENS = {name: f"the token of {name}" for name in ("ana", "zoe", "cem", "max")}
_ROLES = {"ana": ("owner", "shop"), "zoe": ("owner", "sales"), "cem": ("viewer", "board"), "max": ("admin", "")}
RULES = "serve:\n  users:\n" + "".join(
    f"    {name}: {{role: {role}, teams: [{team}], token: {token_hash(TOKENS[name])}}}\n"
    for name, (role, team) in _ROLES.items()
)


@contextmanager
def secretive_team(folder: Path, *, more: str = "", closed: bool = False) -> Iterator[Installation]:
    """``ana`` is of another team, ``zoe`` owns what is private, ``cem`` is of the board, ``max`` is an admin.

    The first run, when everything was public, put labels and notes on tickets; the second took them away. ``closed``
    says that the cycle was closed between the two.
    """
    with small_team(folder) as acme:
        acme.okrs.write_text(OKRS.format(seen="all"))
        acme.config.write_text(acme.config.read_text() + RULES + more)
        acme.run()
        if closed:
            with acme.open() as app:
                desk = app.desk()
                close(desk, ending(desk, "2026-Q4"), {}, who="ana", accept=True, reopen=False)
        acme.okrs.write_text(OKRS.format(seen="team"))
        acme.run()
        yield acme
