"""Answers: what many ask is answered once, until something changes that the answer was made from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar, cast
from weakref import WeakValueDictionary

from okrsync.practice.desk import Desk

T = TypeVar("T")
Answered = TypeVar("Answered", covariant=True)


@dataclass(frozen=True)
class Question(Generic[Answered]):
    """What everybody asks: one answer for all, out of which each visitor gets what they may see."""

    name: str
    answer: Callable[[Desk], Answered]


class Basis(NamedTuple):
    """What an answer was made from: what runs read, and everything else (the files, the day, what people said)."""

    runs: tuple[object, ...]
    rest: tuple[object, ...]


class Kept(NamedTuple):
    """An answer and what it was made from."""

    basis: Basis
    answer: Any


@dataclass
class Answers:
    """At most ``most`` answers, of which those go that nobody asked for the longest; used by any number of threads."""

    most: int = 512
    _kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    _turns: WeakValueDictionary[str, threading.Lock] = field(default_factory=WeakValueDictionary)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, name: str, basis: Basis, make: Callable[[], T], *, lend: bool = False) -> T:
        """The answer to ``name``, made anew unless its basis is the same; whoever asks meanwhile waits for it.

        ``lend`` is for when somebody makes it anew already: then one is good enough whose basis lacks only what runs
        read lately.
        """
        return cast("T", self.kept(name, basis, make, lend=lend).answer)

    def kept(self, name: str, basis: Basis, make: Callable[[], object], *, lend: bool = False) -> Kept:
        """The same with what it was made from."""
        held = self._held(name)
        if held is None or not _good(held.basis, basis, lend=lend):
            with self._turn(name):
                held = self._held(name)
                if held is None or held.basis != basis:
                    held = self._keep(name, Kept(basis, make()))
        return held

    def knows(self, name: str, basis: Basis) -> bool:
        """Whether there is an answer that was made from this."""
        held = self._held(name)
        return held is not None and held.basis == basis

    def forget(self, name: str) -> None:
        """The next one to ask gets a new answer."""
        with self._lock:
            self._kept.pop(name, None)

    def _held(self, name: str) -> Kept | None:
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def _keep(self, name: str, one: Kept) -> Kept:
        with self._lock:
            self._kept[name] = one
            self._kept.move_to_end(name)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return one

    def _turn(self, name: str) -> threading.Lock:
        with self._lock:
            return self._turns.setdefault(name, threading.Lock())


def _good(held: Basis, wanted: Basis, *, lend: bool) -> bool:
    return held == wanted or (lend and held.rest == wanted.rest)
