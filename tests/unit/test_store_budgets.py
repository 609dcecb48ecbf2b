"""What trackers said last of their limits outlives the process."""

from __future__ import annotations

from former_stores import bring_back
from okr_builders import NOON

from okrsync.model.budget import UNTOLD, Budget
from okrsync.store import Store

TOLD = Budget(41, 5000, NOON)


def test_the_last_word_of_each_tracker_is_kept(store: Store) -> None:
    with store.transaction():
        store.budgets.keep("github", Budget(42, 5000, NOON))
        store.budgets.keep("github", TOLD)
        store.budgets.keep("jira", Budget(remaining=7))
    assert store.budgets.known() == {"github": TOLD, "jira": Budget(remaining=7)}


def test_silence_forgets_nothing(store: Store) -> None:
    with store.transaction():
        store.budgets.keep("github", TOLD)
        store.budgets.keep("github", UNTOLD)
        store.budgets.keep("jira", UNTOLD)
    assert store.budgets.known() == {"github": TOLD}


def test_a_store_of_before_learns_to_remember(store: Store) -> None:
    store.close()
    bring_back(store.url, "0003")
    with Store(store.url) as opened:
        with opened.transaction():
            opened.budgets.keep("github", TOLD)
        assert opened.budgets.known() == {"github": TOLD}
