"""After any history one clean sync makes tickets, store and numbers what a full sync from nothing makes.

The machine drives two worlds (``two_worlds``): people do the same in both, okrsync works in one of them while its
process dies, the trackers fail and people get in its way. At any time, what people put on tickets is the same in both.
At the end, after a day without trouble:

- one sync, in which a census is due, completes; a second one plans nothing and writes nothing;
- a new installation that reads everything into an empty store finds nothing to write (but remote links, which it
  cannot know and whose repetition changes nothing), and its store says the same (``equal``);
- ``clean`` leaves the tickets of both worlds the same; okrsync in the twin then shows on open tickets what it showed in
  the first.

What tickets show may depend on history in three ways: a shown tenth stays while progress is near it; a closed, locked
or archived ticket keeps what it showed; a note that a person deleted comes back when what it says changes, or with a
full sync. Nor does an incremental pull see what changed just before a Jira project left search for a while. Where one
of the latter two happened, the first sync at the end is a full one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from equal import difference, knowledge, learned
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from okr_folder import CONFIG, LINKS, OkrFolder
from people import ACTS, FOREIGN, People
from small_team import without_waiting_for_the_disk
from two_worlds import ATTIC, ELSEWHERE, PREFIX, TwoWorlds, installation_in, links_of, notes_on, visible

from okrsync.app import RunRequest
from okrsync.errors import UnsafePlan
from okrsync.model.change import PutLink
from okrsync.model.run import RunReport

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 403, "method": "POST|PUT|PATCH|DELETE"},
    {"kind": "status", "status": 404},
    {"kind": "status", "status": 422},
    {"kind": "status", "status": 401},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "truncated"},
    {"kind": "reset"},
    {"kind": "committed-then-reset"},
    {"kind": "committed-then-status", "status": 502},
    {"kind": "secondary-limit"},
    {"kind": "rate-limit", "retry_after": 5},
    {"kind": "rate-limit", "retry_after": 4000},
)
QUERIES = {"type = Bug AND priority = Highest"}

SOAKING = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
SOAKED = 500
FEW = settings(
    max_examples=8,
    stateful_step_count=8,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
"""The same histories every time, and no minutes spent on making a failing one shorter; ``make soak`` does that."""

numbers = st.integers(0, 29)
acts = st.tuples(st.sampled_from(sorted(ACTS)), numbers, numbers)
faults = st.tuples(st.sampled_from(FAULTS), st.integers(0, 12), st.sampled_from((1, 3, 9)))
kinds = st.sampled_from(("sync", "sync", "sync", "plan", "clean", "plan_clean"))
requests = st.sampled_from(
    (
        RunRequest(),
        RunRequest(full=True),
        RunRequest(census=True),
        RunRequest(connections=("github",)),
        RunRequest(connections=("jira",)),
        RunRequest(write_back=False),
        RunRequest(force=True),
    )
)


class Killed(BaseException):
    """The process is gone; no ``except Exception`` may see it."""


class AnyHistory(RuleBasedStateMachine):
    """Rules are what happens; ``teardown`` is the judgement."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="history-"))
        self.open = ExitStack()
        self.open.callback(shutil.rmtree, self.folder)
        self.open.enter_context(without_waiting_for_the_disk())
        self.worlds = self.open.enter_context(TwoWorlds().running())
        self.okrs = OkrFolder()
        self.people = People(self.worlds, self.okrs)
        self.acme = installation_in(self.folder / "acme", self.worlds.main, CONFIG, self.okrs.text())

    # What happens

    @initialize()
    def the_first_sync(self) -> None:
        self.run("sync", RunRequest())

    @rule(done=st.lists(acts, min_size=1, max_size=4))
    def people_work(self, done: list[tuple[str, int, int]]) -> None:
        for act in done:
            self.people.act(*act)
        self.acme.okrs.write_text(self.okrs.text())

    @rule(kind=kinds, request=requests)
    def okrsync_runs(self, kind: str, request: RunRequest) -> None:
        self.attempt(kind, request)

    @rule(trouble=st.lists(faults, min_size=1, max_size=3), kind=kinds)
    def okrsync_runs_in_bad_weather(self, trouble: list[tuple[dict[str, Any], int, int]], kind: str) -> None:
        for fault, skip, times in trouble:
            self.worlds.unrest.add(**fault, skip=skip, times=times)
        self.attempt(kind, RunRequest())

    @rule(instant=st.integers(1, 60), kind=kinds)
    def okrsync_dies(self, instant: int, kind: str) -> None:
        left = instant

        def now() -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return self.worlds.main.clock.now()

        with suppress(Killed):
            self.attempt(kind, RunRequest(), now=now)

    @rule(act=acts.filter(lambda act: not act[0].endswith(("key_result", "cycle"))), nth=st.integers(1, 40), kind=kinds)
    def people_get_in_the_way(self, act: tuple[str, int, int], nth: int, kind: str) -> None:
        self.worlds.unrest.at_request(nth, lambda: self.people.act(*act))
        self.attempt(kind, RunRequest())

    @rule(by=st.sampled_from((timedelta(seconds=1), timedelta(minutes=20), timedelta(hours=30))))
    def time_passes(self, by: timedelta) -> None:
        self.worlds.pass_time(by)

    def attempt(self, kind: str, request: RunRequest, **given: Any) -> None:
        """A run that nobody watches: when too much would be removed at once, it writes nothing."""
        try:
            self.run(kind, request, **given)
        except UnsafePlan:
            assert not self.worlds.main.log.writes()

    def run(self, kind: str, request: RunRequest, **given: Any) -> RunReport:
        """One run; the weather is fine afterwards. A ``plan`` writes nothing."""
        self.worlds.main.log.clear()
        try:
            with self.acme.open(**given) as app:
                act: Callable[[RunRequest], RunReport] = getattr(app, kind)
                report = act(request)
        finally:
            self.worlds.unrest.calm()
        assert not kind.startswith("plan") or not self.worlds.main.log.writes()
        return report

    # What always holds

    @invariant()
    def people_find_what_they_left(self) -> None:
        main, twin = self.worlds.of_people(FOREIGN)
        apart = difference(main, twin)
        assert apart == {}, f"what people put on tickets differs: {apart}"

    @invariant()
    def no_ticket_has_two_notes(self) -> None:
        assert {key: count for key, one in visible(self.worlds.main).items() if (count := notes_on(one)) > 1} == {}

    # The judgement

    def teardown(self) -> None:
        try:
            self.judge()
        finally:
            self.open.close()

    def judge(self) -> None:
        self.settled(full=self.people.unseen)
        fresh = installation_in(self.folder / "fresh", self.worlds.main, CONFIG, self.okrs.text())
        written = [one for one in fresh.run().plan.changes if not isinstance(one, PutLink)]
        assert written == [], f"a new installation finds something to write: {written}"
        new = self.known(fresh)
        apart = difference(learned(self.known(self.acme), new), new)
        assert apart == {}, f"the store differs from one that read all at once: {apart}"
        self.people.everything_can_be_written()
        self.settled()
        shown = visible(self.worlds.main)
        self.cleaned()
        self.twin_shows(shown)

    def settled(self, *, full: bool = False) -> None:
        self.people.everything_can_be_read()
        self.worlds.pass_time(timedelta(hours=25))
        report = self.run("sync", RunRequest(full=full, force=True))
        assert report.exit_code == 0, (report.connections, [one for one in report.writes if one.error])
        again = self.run("sync", RunRequest())
        assert (again.plan.changes, self.worlds.main.log.writes(), again.exit_code) == ((), [], 0)

    def known(self, acme: Any) -> Any:
        live = set() if self.okrs.cycle == "closed" else set(self.okrs.measures)
        return knowledge(acme, live, QUERIES if "bugs-1" in live else set())

    def cleaned(self) -> None:
        assert self.run("clean", RunRequest()).exit_code == 0
        left, wanted = visible(self.worlds.main), visible(self.worlds.twin)
        for key, ticket in left.items():
            if not key.startswith((f"{ATTIC}#", f"{ELSEWHERE}-")):
                assert sorted(ticket["labels"]) == sorted(wanted[key]["labels"]), key
                assert notes_on(ticket) == 0, key
        reached = {key: links for key, links in links_of(self.worlds.main).items() if not key.startswith(ELSEWHERE)}
        assert reached == {}
        self.people_find_what_they_left()

    def twin_shows(self, shown: dict[str, Any]) -> None:
        twin = installation_in(self.folder / "twin", self.worlds.twin, CONFIG, self.okrs.text())
        assert twin.run().exit_code == 0
        closed = {key for key, ticket in visible(self.worlds.twin).items() if not _open(ticket)}
        for key, ticket in visible(self.worlds.twin).items():
            if key not in closed and not key.startswith((f"{ATTIC}#", f"{ELSEWHERE}-")):
                assert _ours(shown[key]) == _ours(ticket), key


def _open(ticket: dict[str, Any]) -> bool:
    return ticket["state"] in ("open", "To Do", "In Progress", "In Review")


def _ours(ticket: dict[str, Any]) -> tuple[list[str], int]:
    labels = sorted(label for label in ticket["labels"] if label.startswith(PREFIX))
    return labels, notes_on(ticket)


assert all(f"{PREFIX}{name}" not in FOREIGN for name in LINKS)


class SomeHistory(AnyHistory):
    """Half of the histories, so that two processes share them."""


class AnotherHistory(AnyHistory):
    """The other half, which hypothesis draws from another seed: it takes one from what a class says."""


TestSomeHistory = SomeHistory.TestCase
TestAnotherHistory = AnotherHistory.TestCase
TestSomeHistory.settings = TestAnotherHistory.settings = settings(max_examples=SOAKED // 2) if SOAKING else FEW
