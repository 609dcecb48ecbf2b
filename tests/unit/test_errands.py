"""Errands: what takes long stays out while the others go on, and nobody else gets at the store meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from filelock import BaseFileLock, FileLock, Timeout

from okrsync.errands import COMPANY, LONG, Doing, Errand, Errands
from okrsync.errors import Interrupted, UnsafePlan


@dataclass
class Sent:
    """Errands whose time passes by a second with each look at them."""

    lock: BaseFileLock
    now: float = 0.0
    looks: int = 0
    others: bool = False
    step: float = LONG
    at: dict[int, Callable[[], object]] = field(default_factory=dict)
    napped: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    gives_way: bool = False
    signs: list[Callable[[], None]] = field(default_factory=list)

    def give_way(self) -> bool:
        """What is asked in the place of a pulse."""
        self._pulse()
        return self.gives_way

    def __post_init__(self) -> None:
        self.errands = Errands(lambda: self.now, self._pulse, lambda: self.others, sleep=self._nap)
        self.errands.lock = self.lock

    def _pulse(self) -> None:
        self.looks += 1
        self.now += self.step
        self.at.pop(self.looks, lambda: None)()
        for sign in self.signs:
            sign()

    def _nap(self, _: float) -> None:
        self.napped.set()
        self.go.wait(10)


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Sent]:
    made = Sent(FileLock(tmp_path / "lock", thread_local=False))
    yield made
    made.errands.drop(writers=True)


class Slow:
    """A task that ends when somebody lets it."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = 0

    def __call__(self, errand: Errand) -> str:
        self.begun += 1
        while not self.go.wait(0.01):
            if errand.dropped():
                raise Interrupted("dropped")
        return "slow"


def quick(_: Errand) -> str:
    return "quick"


def wrong(_: Errand) -> str:
    raise UnsafePlan("half of it is gone")


def taken(sent: Sent) -> bool:
    other = FileLock(sent.lock.lock_file)
    try:
        other.acquire(timeout=0)
    except Timeout:
        return True
    other.release()
    return False


def test_all_are_waited_for_and_brought_in_together(sent: Sent) -> None:
    slow = Slow()
    sent.at[3] = slow.go.set
    assert sent.errands.bring({"github": quick}) == {"github": "quick"}
    assert sent.errands.bring({"jira": slow}) == {"jira": "slow"}
    assert sent.errands.out == frozenset()


def test_one_that_takes_long_stays_out_while_another_is_back(sent: Sent) -> None:
    slow = Slow()
    assert sent.errands.bring({"github": quick, "jira": slow}) == {"github": "quick"}
    assert (sent.now, sent.errands.out) == (COMPANY, {"jira"})
    slow.go.set()
    assert sent.errands.bring({"jira": slow}) == {"jira": "slow"}
    assert slow.begun == 1, "the one that was out was brought in, and no other was sent"


def test_one_that_takes_long_stays_out_when_others_have_something_to_do(sent: Sent) -> None:
    slow = Slow()
    sent.at[5] = lambda: setattr(sent, "others", True)
    assert sent.errands.bring({"jira": slow}) == {}
    assert (sent.looks, sent.errands.out) == (5, {"jira"})


def test_one_that_has_only_begun_is_waited_for_though_others_have_something_to_do(sent: Sent) -> None:
    slow = Slow()
    sent.others = True
    assert sent.errands.bring({"jira": slow}) == {}
    assert sent.now == LONG


def test_when_somebody_has_something_to_do_those_that_are_back_wait_no_longer(sent: Sent) -> None:
    sent.at[2] = lambda: setattr(sent, "others", True)
    assert sent.errands.bring({"github": quick, "jira": Slow()}) == {"github": "quick"}
    assert sent.now == 2 * LONG


def test_the_store_stays_ours_until_the_last_is_back(sent: Sent) -> None:
    slow = Slow()
    with sent.lock:
        sent.errands.bring({"github": quick, "jira": slow})
    assert taken(sent)
    slow.go.set()
    with sent.lock:
        sent.errands.bring({"jira": slow})
    assert not taken(sent)


def test_what_breaks_is_raised_and_the_others_are_brought_in_by_the_next(sent: Sent) -> None:
    with pytest.raises(UnsafePlan):
        sent.errands.bring({"github": quick, "jira": wrong})
    assert sent.errands.out == {"github"}
    assert sent.errands.bring({"github": wrong}) == {"github": "quick"}


def test_a_wait_ends_when_somebody_wants_it(sent: Sent) -> None:
    def stop() -> None:
        raise Interrupted("Stopped.")

    sent.at[2] = stop
    with pytest.raises(Interrupted):
        sent.errands.bring({"jira": Slow()})
    assert sent.errands.out == {"jira"}


def test_one_that_is_back_is_told_before_anybody_asks_for_it(sent: Sent) -> None:
    slow = Slow()
    sent.errands.bring({"github": quick, "jira": slow})
    assert sent.errands.back == frozenset()
    slow.go.set()
    while not sent.errands.back:
        sent.errands.told.wait(0.01)
    assert sent.errands.back == {"jira"}


def test_one_that_was_dropped_never_writes_again_and_gives_the_store_free(sent: Sent) -> None:
    ended: list[str] = []

    def stubborn(errand: Errand) -> str:
        slow = Slow()
        with pytest.raises(Interrupted, match="dropped"):
            slow(errand)
        with pytest.raises(Interrupted, match="Nobody waits"), errand.writing():
            ended.append("written")
        ended.append("refused")
        return "late"

    sent.errands.bring({"github": quick, "jira": stubborn})
    sent.errands.drop()
    assert ended == ["refused"]
    assert sent.errands.out == frozenset()
    assert not taken(sent)


def test_one_that_takes_long_writes_after_a_run_and_a_younger_errand_and_yet_gets_on(sent: Sent) -> None:
    written: list[str] = []

    def writes(name: str, when: threading.Event) -> Callable[[Errand], str]:
        def task(errand: Errand) -> str:
            when.wait(10)
            with errand.writing():
                written.append(name)
            return name

        return task

    now, sent.others = threading.Event(), True
    sent.errands.bring({"jira": writes("long", now)})
    sent.step = 0.0
    sent.at[sent.looks + 1] = now.set
    sent.errands.bring({"github": writes("young", sent.napped)})
    written.append("run")
    sent.go.set()
    while not sent.errands.back:
        sent.errands.told.wait(0.01)
    assert written == ["young", "run", "long"]


def test_only_one_writes_at_a_time(sent: Sent) -> None:
    inside, most = [0], [0]

    def write(errand: Errand) -> str:
        for _ in range(200):
            with errand.writing():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1
        return "written"

    with sent.errands.writing():
        thread = threading.Thread(target=lambda: sent.errands.bring({"a": write, "b": write, "c": write}))
        thread.start()
    thread.join(30)
    assert most == [1]


def test_those_that_hang_are_bidden_goodbye_together(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okrsync.errands.GOODBYE", 0.1)
    go = threading.Event()
    sent.errands.bring({"github": quick} | {f"jira-{number}": lambda _: str(go.wait(30)) for number in range(20)})
    began = time.monotonic()
    sent.errands.drop()
    go.set()
    assert time.monotonic() - began < 1


class Writing:
    """A task that writes until it is called back, and gives a sign with each look at it, unless it hangs."""

    def __init__(self, sent: Sent, *, hangs: bool = False) -> None:
        self.go = threading.Event()
        self.kept: list[str] = []
        self._sent = sent
        self._hangs = hangs

    def __call__(self, errand: Errand) -> str:
        if not self._hangs:
            self._sent.signs.append(errand.sign)
        while not errand.called_back or (self._hangs and not self.go.is_set()):
            self.go.wait(0.005)
        with errand.writing():
            self.kept.append("receipt")
        return "written"


def write(sent: Sent, tasks: dict[str, Callable[[Errand], str]]) -> dict[str, str]:
    return sent.errands.bring(tasks, Doing.WRITES, sent.give_way)


def test_one_that_gets_on_is_waited_for_though_others_have_something_to_do(sent: Sent) -> None:
    task, sent.others, sent.step = Writing(sent), True, 0.0
    sent.at[20] = lambda: setattr(sent, "step", LONG)
    sent.at[25] = lambda: setattr(sent, "gives_way", True)
    assert write(sent, {"jira": task}) == {"jira": "written"}
    assert sent.now >= 5 * LONG


def test_one_that_writes_ends_with_what_it_has_in_hand_when_it_is_called_back(sent: Sent) -> None:
    sent.step, sent.gives_way = 0.0, True
    task = Writing(sent)
    assert write(sent, {"jira": task}) == {"jira": "written"}
    assert task.kept == ["receipt"]


def test_one_that_hangs_is_left_out_and_goes_home_by_itself(sent: Sent) -> None:
    task = Writing(sent, hangs=True)
    sent.others = True
    assert write(sent, {"jira": task}) == {}
    assert (sent.now, sent.errands.out, sent.errands.reading) == (LONG, {"jira"}, frozenset())
    sent.others = False
    task.go.set()
    assert sent.errands.bring({"jira": quick}) == {"jira": "written"}
    assert sent.errands.bring({"jira": quick}) == {"jira": "quick"}


def test_one_that_writes_is_not_dropped_for_what_was_asked_otherwise(sent: Sent) -> None:
    writes, reads = Writing(sent, hangs=True), Slow()
    sent.others = True
    write(sent, {"jira": writes})
    sent.errands.bring({"github": reads})
    assert sent.errands.reading == {"github"}
    sent.errands.drop()
    assert sent.errands.out == {"jira"}
    assert taken(sent)
    sent.others = False
    writes.go.set()
    assert sent.errands.bring({"jira": quick}) == {"jira": "written"}
    assert not taken(sent)


def test_what_a_write_came_to_is_kept_when_everything_ends(sent: Sent) -> None:
    task = Writing(sent, hangs=True)
    sent.others = True
    write(sent, {"jira": task})
    threading.Timer(0.2, task.go.set).start()
    sent.errands.drop(writers=True)
    assert task.kept == ["receipt"]
    assert not taken(sent)


def test_a_write_that_hangs_beyond_the_end_is_not_kept(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okrsync.errands.GOODBYE", 0.1)
    task = Writing(sent, hangs=True)
    sent.others = True
    write(sent, {"jira": task})
    (errand,) = [one for one in threading.enumerate() if one.name == "okrsync writes to jira"]
    sent.errands.drop(writers=True)
    task.go.set()
    errand.join(10)
    assert task.kept == []
    assert sent.errands.out == frozenset()


def test_one_that_nobody_asks_for_any_more_lets_go_of_the_store(sent: Sent) -> None:
    task = Writing(sent, hangs=True)
    sent.others = True
    write(sent, {"jira": task})
    sent.errands.forget(["github"])
    assert sent.errands.out == {"jira"}, "it is not back"
    task.go.set()
    while not sent.errands.back:
        sent.errands.told.wait(0.01)
    sent.errands.forget(["github", "jira"])
    assert sent.errands.out == {"jira"}
    sent.errands.forget(["github"])
    assert sent.errands.out == frozenset()
    assert not taken(sent)


def test_the_lock_that_an_errand_keeps_stays_the_lock_of_its_store(sent: Sent, tmp_path: Path) -> None:
    sent.others = True
    task = Writing(sent, hangs=True)
    write(sent, {"jira": task})
    sent.errands.share(FileLock(sent.lock.lock_file, thread_local=False))
    assert sent.errands.lock is sent.lock
    other = FileLock(tmp_path / "other", thread_local=False)
    sent.errands.share(other)
    assert sent.errands.lock is other
    assert taken(sent), "it was sent out under the one of before"
    task.go.set()


def test_a_store_that_runs_come_back_to_is_still_held_by_the_errand_that_stayed_there(
    sent: Sent, tmp_path: Path
) -> None:
    sent.others = True
    task = Writing(sent, hangs=True)
    write(sent, {"jira": task})
    sent.errands.share(FileLock(tmp_path / "other", thread_local=False))
    sent.errands.share(FileLock(sent.lock.lock_file, thread_local=False))
    assert sent.errands.lock is sent.lock, "another lock of the same file would keep this process out"
    task.go.set()
