"""The fence around connectors: bugs of theirs become failures of their connection, and nothing else changes."""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from datetime import timedelta
from typing import Any

import pytest
from fake_connector import FakeTracker
from okr_builders import item

from okrsync import redact
from okrsync.connector import Connector
from okrsync.errors import BadAnswer, Broken, Interrupted
from okrsync.events import Silence, logger
from okrsync.fence import Fence, Fenced
from okrsync.model.change import AddLabel
from okrsync.model.work import Page, Scope

SHOP = Scope("100", "SHOP")
ITEM = item("1")
VERBS: dict[str, tuple[Any, ...]] = {
    "check": (),
    "scopes": ((),),
    "asks": (SHOP,),
    "pull": (SHOP, None),
    "reread": (SHOP, (ITEM.ref,)),
    "select": ((SHOP,), "type = Bug"),
    "probe": ((SHOP,), "type = Bug"),
    "observe": ((ITEM.ref,),),
    "cost": (AddLabel(ITEM.ref, "okr:a"),),
    "apply": (AddLabel(ITEM.ref, "okr:a"),),
    "census": (SHOP,),
    "confirm": ((ITEM.ref,),),
    "histories": ((SHOP,), (ITEM,)),
    "history_cost": ((SHOP,), (ITEM,)),
}


class Failing:
    """A connector of which every verb raises the same, at once or, as an iterator, after one answer."""

    overlap = timedelta(0)

    def __init__(self, error: BaseException, *, late: bool = False) -> None:
        self._error, self._late = error, late

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        def answers(*arguments: object) -> Iterator[str]:
            yield "one"
            raise self._error

        def fail(*arguments: object) -> Any:
            if self._late:
                return answers()
            raise self._error

        return fail


def fenced(error: BaseException, *, late: bool = False, log: Any = None) -> Fenced:
    return Fenced(Fence("jira", log or Silence()), lambda: Failing(error, late=late))  # type: ignore[arg-type,return-value]


def ask(connector: Fenced, verb: str) -> Any:
    answer = getattr(connector, verb)(*VERBS[verb])
    return list(answer) if inspect.isgenerator(answer) else answer


def test_every_verb_of_the_boundary_is_fenced() -> None:
    verbs = {name for name in vars(Connector) if not name.startswith("_")} - {"close"}
    assert verbs == VERBS.keys()
    assert verbs <= set(vars(Fenced))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("error", [RecursionError("deep"), OverflowError("inf"), TypeError(), KeyError("id")], ids=repr)
def test_what_a_connector_did_not_foresee_fails_its_connection(verb: str, error: Exception) -> None:
    with pytest.raises(Broken) as caught:
        ask(fenced(error), verb)
    assert f"The connector of jira broke ({verb}: {type(error).__name__})." in caught.value.message
    assert "bug in the connector" in caught.value.hint


@pytest.mark.parametrize("verb", ["check", "pull", "reread", "observe", "census", "histories"])
def test_what_came_before_the_failure_is_kept(verb: str) -> None:
    answers = getattr(fenced(RuntimeError(), late=True), verb)(*VERBS[verb])
    assert next(answers) == "one"
    with pytest.raises(Broken):
        next(answers)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("error", [BadAnswer("No."), Interrupted("Stop."), KeyboardInterrupt()], ids=repr)
def test_our_own_errors_and_the_wish_to_stop_pass(verb: str, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        ask(fenced(error), verb)
    assert caught.value is error


def test_a_mistake_of_the_engine_while_it_works_on_an_answer_surfaces() -> None:
    connector = Fenced(Fence("jira", Silence()), FakeTracker(pages={"100": [Page(items=(ITEM,))]}).connect)
    with pytest.raises(ZeroDivisionError):
        [len(page.items) / 0 for page in connector.pull(SHOP, None)]


def test_a_connector_that_cannot_be_made_or_lacks_a_verb_is_broken_too() -> None:
    def refuse() -> Any:
        raise ImportError("no such module")

    with pytest.raises(Broken, match="connect: ImportError"):
        Fenced(Fence("jira", Silence()), refuse)
    with pytest.raises(Broken, match="overlap: AttributeError"):
        Fenced(Fence("jira", Silence()), lambda: object())  # type: ignore[arg-type,return-value]


def test_closing_never_fails() -> None:
    fenced(RuntimeError("socket")).close()


def test_the_log_has_the_traceback_without_secrets_and_the_error_has_neither() -> None:
    redact.learn("s3cret-token-abcdef")
    with redirect_stderr(io.StringIO()) as err:
        connector = fenced(ValueError("bad header: s3cret-token-abcdef"), log=logger(log_json=True, level="debug"))
        with pytest.raises(Broken) as caught:
            ask(connector, "select")
    (line,) = map(json.loads, err.getvalue().splitlines())
    assert (line["event"], line["level"], line["connection"], line["verb"]) == (
        "connector broke",
        "debug",
        "jira",
        "select",
    )
    assert "test_fence.py" in line["exception"]
    assert "ValueError: bad header: ***" in line["exception"]
    assert "s3cret" not in err.getvalue() + str(caught.value)
    assert "header" not in str(caught.value)
