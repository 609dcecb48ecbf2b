"""Answers that are kept: how many, how long, and who waits for whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from okrsync.web.answers import Answers, Basis

BEFORE, AFTER = Basis((1,), ("said",)), Basis((2,), ("said",))
OTHERWISE = Basis((1,), ("said more",))


def never() -> str:
    raise AssertionError("nobody should have asked")


def test_the_same_is_answered_once() -> None:
    answers = Answers()
    assert answers.get("what", BEFORE, lambda: "this") == "this"
    assert answers.get("what", BEFORE, never) == "this"
    assert answers.get("what", AFTER, lambda: "that") == "that"


def test_what_was_answered_before_a_run_is_lent_only_when_asked_for() -> None:
    answers = Answers()
    answers.get("what", BEFORE, lambda: "old")
    assert answers.get("what", AFTER, never, lend=True) == "old"
    assert answers.get("what", AFTER, lambda: "new") == "new"
    assert answers.get("what", AFTER, never, lend=True) == "new"


def test_nothing_is_lent_after_anything_else_has_changed() -> None:
    answers = Answers()
    answers.get("what", BEFORE, lambda: "old")
    assert answers.get("what", OTHERWISE, lambda: "new", lend=True) == "new"


def test_the_one_that_nobody_asked_for_the_longest_goes_first() -> None:
    answers = Answers(most=2)
    for name in ("a", "b", "a", "c"):
        answers.get(name, BEFORE, lambda: "answer")
    assert [name for name in "abc" if answers.knows(name, BEFORE)] == ["a", "c"]


def test_what_is_forgotten_is_not_lent() -> None:
    answers = Answers()
    answers.get("what", BEFORE, lambda: "old")
    answers.forget("what")
    assert answers.get("what", AFTER, lambda: "new", lend=True) == "new"


def test_whoever_asks_while_it_is_answered_waits_and_does_not_answer_it_again() -> None:
    answers, begun, go = Answers(), Event(), Event()

    def slowly() -> str:
        begun.set()
        assert go.wait(10)
        return "this"

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(answers.get, "what", BEFORE, slowly)
        assert begun.wait(10)
        other = pool.submit(answers.get, "what", BEFORE, never)
        go.set()
        assert (one.result(10), other.result(10)) == ("this", "this")


def test_whoever_is_lent_an_answer_does_not_wait() -> None:
    answers, begun, go = Answers(), Event(), Event()
    answers.get("what", BEFORE, lambda: "old")

    def slowly() -> str:
        begun.set()
        assert go.wait(10)
        return "new"

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(answers.get, "what", AFTER, slowly)
        assert begun.wait(10)
        assert answers.get("what", AFTER, never, lend=True) == "old"
        go.set()
        assert one.result(10) == "new"


def test_an_answer_that_fails_is_asked_for_again() -> None:
    answers = Answers()
    try:
        answers.get("what", BEFORE, never)
    except AssertionError:
        assert answers.get("what", BEFORE, lambda: "this") == "this"
