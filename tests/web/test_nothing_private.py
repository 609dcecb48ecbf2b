"""Whatever objectives are private, and whoever asked before: nobody is told what is kept from them, at any address."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from fastapi.testclient import TestClient
from hypothesis import example, given, settings
from hypothesis import strategies as st
from practising import CONFIG, Practice, practise

from okrsync.practice.closing import close, ending
from okrsync.web.access import token_hash
from okrsync.web.room import Room
from okrsync.web.server import create

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CYCLES = {
    "2026": {"id": "2026", "start": "2026-01-01", "end": "2026-12-31"},
    "2026-Q3": {"id": "2026-Q3", "start": "2026-07-01", "end": "2026-09-30"},
    "2026-Q4": {"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"},
}
TEAMS = ("shop", "quorum", "vault")
USERS = {"ana": ("owner", "shop"), "zoe": ("owner", "quorum"), "max": ("admin", ""), "eve": ("viewer", "")}
TOKENS = {name: f"a token that is of {name} alone" for name in USERS}
CONFIGURED = {
    name: {"role": role, "teams": [team] if team else [], "token": token_hash(TOKENS[name])}
    for name, (role, team) in USERS.items()
}
ASKED = 40
"""Questions of each kind of page between those for reviews."""


@dataclass(frozen=True)
class Aim:
    """An objective with two key results."""

    number: int
    cycle: str
    team: str
    private: bool
    owner: str = "kim"
    parent: int | None = None
    said: bool = False

    @property
    def id(self) -> str:
        return f"aim{self.number}x"

    @property
    def words(self) -> tuple[str, ...]:
        return self.id, *(f"{word}{self.number}x" for word in ("title", "result", "said"))

    def is_kept_from(self, name: str) -> bool:
        role, team = USERS[name]
        return self.private and role != "admin" and team != self.team and name != self.owner

    def written(self) -> dict[str, object]:
        _, title, result, _ = self.words
        measures = [{"type": "manual", "start": 0, "target": target} for target in (1, 2)]
        return {
            "id": self.id,
            "title": title,
            "team": self.team,
            "owner": self.owner,
            "visibility": "team" if self.private else "all",
            "rollup": "both",
            "key_results": [
                {"id": f"{self.id}-{number}", "title": result, "measure": measure}
                for number, measure in enumerate(measures, 1)
            ],
            **({} if self.parent is None else {"parent": f"aim{self.parent}x"}),
        }


@st.composite
def aims(draw: st.DrawFn) -> list[Aim]:
    return [
        Aim(
            number,
            cycle=draw(st.sampled_from(sorted(CYCLES))),
            team=draw(st.sampled_from(TEAMS)),
            private=draw(st.booleans()),
            owner=draw(st.sampled_from(["ana", "zoe", "kim"])),
            parent=draw(st.sampled_from([None, *range(number)])),
            said=draw(st.booleans()),
        )
        for number in range(draw(st.integers(2, 6)))
    ]


@contextmanager
def at_work(every: Sequence[Aim], closed: set[str]) -> Iterator[Practice]:
    """An installation of these objectives, in which some cycles were closed."""
    with TemporaryDirectory() as folder:
        acme = practise(Path(folder) / "acme")
        acme.okrs.unlink()
        acme.now = NOW
        acme.config.write_text(CONFIG + yaml.safe_dump({"serve": {"users": CONFIGURED}}))
        write(acme, every)
        for one in every:
            if one.said:
                acme.say(f"{one.id}-1", who=one.owner, value=0.5, note=one.words[-1], blocker=one.words[-1])
        for cycle in sorted(closed & {one.cycle for one in every}):
            with acme.desk() as desk:
                close(desk, ending(desk, cycle), {}, who="kim", accept=True, reopen=False)
        yield acme


def write(acme: Practice, every: Sequence[Aim]) -> None:
    """One file for each cycle."""
    for name, cycle in CYCLES.items():
        if theirs := [one.written() for one in every if one.cycle == name]:
            acme.okrs.with_name(f"{name}.yaml").write_text(yaml.safe_dump({"cycle": cycle, "objectives": theirs}))


def reviews() -> Iterator[str]:
    for cycle in CYCLES:
        yield from (f"/review/{cycle}", f"/api/v1/cycles/{cycle}/review")


def others(every: Sequence[Aim]) -> Iterator[str]:
    yield from ("/", "/coach", "/orphans", "/figures", "/review", "/operations", "/stale", "/feed.ics", "/metrics")
    yield from (
        f"/api/v1/{one}" for one in ("cycles", "objectives", "key-results", "coach", "figures", "orphans", "runs")
    )
    for period in ("4w", "cycle", "2026-09-01..2026-10-31", *CYCLES):
        yield from (f"/figures?period={period}", f"/api/v1/figures?period={period}")
    for one in every:
        name = f"{one.id}-1"
        yield from (
            f"/key-results/{name}",
            f"/api/v1/key-results/{name}",
            f"/api/v1/key-results/{name.upper()}/samples",
        )
        yield from (f"/badge/{name}.svg", f"/charts/{name}.json", f"/review/{one.cycle}/1/{name}.svg")


@given(aims(), st.sets(st.sampled_from(sorted(CYCLES))), st.randoms(use_true_random=False))
@example([Aim(0, "2026", "vault", True), Aim(1, "2026-Q4", "vault", False, parent=0)], set(), random.Random(1))
@example([Aim(0, "2026", "vault", True), Aim(1, "2026-Q4", "vault", False, parent=0)], {"2026-Q4"}, random.Random(2))
@example([Aim(0, "2026-Q4", "vault", True), Aim(1, "2026-Q4", "shop", False)], {"2026-Q4"}, random.Random(3))
@settings(max_examples=4, deadline=None)
def test_nobody_is_told_what_is_kept_from_them_before_and_after_files_change(
    every: list[Aim], closed: set[str], chance: random.Random
) -> None:
    with at_work(every, closed) as acme:
        room = Room(acme.open, acme.config, lambda: acme.now)
        client = TestClient(create(room, session_key="a key for tests"), "http://localhost")
        everybody_asks(client, every, chance)
        changed = [replace(one, private=chance.random() < 0.5) for one in every]
        write(acme, changed)
        everybody_asks(client, changed, chance)
        room.close()


def test_what_became_private_under_another_name_after_the_closing_is_told_in_no_review() -> None:
    with at_work([Aim(0, "2026-Q3", "vault", False), Aim(1, "2026-Q3", "shop", False)], {"2026-Q3"}) as acme:
        file = acme.okrs.with_name("2026-Q3.yaml")
        renamed = file.read_text().replace("- id: aim0x\n", "- id: veiled\n")
        file.write_text(renamed.replace("  visibility: all\n", "  visibility: team\n", 1))
        room = Room(acme.open, acme.config, lambda: acme.now)
        client = TestClient(create(room, session_key="a key for tests"), "http://localhost")
        told = {
            name: client.get("/review/2026-Q3", headers={"Authorization": f"Bearer {TOKENS[name]}"}).text
            for name in ("eve", "max")
        }
        room.close()
    assert "title1x" in told["eve"]
    assert [word for word in ("aim0x", "title0x", "result0x") if word in told["eve"]] == []
    assert "result0x" in told["max"]


def everybody_asks(client: TestClient, every: Sequence[Aim], chance: random.Random) -> None:
    """In any order, so that each is answered from what was made for others."""
    rest = [(name, address) for address in others(every) for name in USERS]
    asked = [(name, address) for address in reviews() for name in USERS] + chance.sample(rest, ASKED)
    chance.shuffle(asked)
    for name, address in asked:
        answer = client.get(address, headers={"Authorization": f"Bearer {TOKENS[name]}"})
        assert answer.status_code < 500, (address, answer.text)
        told = f"{answer.text} {answer.headers}".casefold()
        assert [word for word in kept_from(name, every) if word in told and word not in address.casefold()] == [], (
            name,
            address,
        )


def kept_from(name: str, every: Sequence[Aim]) -> Iterator[str]:
    """All words of hidden objectives, and the names of teams that have no other."""
    for one in every:
        if one.is_kept_from(name):
            yield from one.words
    yield from {one.team for one in every} - {one.team for one in every if not one.is_kept_from(name)}
