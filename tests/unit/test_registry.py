from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest
from fake_plugins import GITHUB, JIRA, FakeEntryPoint, fake_registry

from okrsync.errors import ConfigError
from okrsync.registry import GROUP, Registry


def test_only_the_connectors_that_are_asked_for_are_loaded() -> None:
    used, unused = FakeEntryPoint("github", GITHUB), FakeEntryPoint("jira", JIRA)
    registry = Registry([used, unused])

    assert registry.types() == ("github", "jira")
    assert registry.plugin("github") is GITHUB
    assert registry.plugin("github") is GITHUB
    assert (used.loads, unused.loads) == (1, 0)


def test_an_unknown_type_is_told_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no connector is called `gitlub`; did you mean `github`"):
        fake_registry().plugin("gitlub")


def test_an_unknown_type_that_is_near_nothing_is_told_what_there_is() -> None:
    with pytest.raises(ConfigError, match="no connector is called `trello`; there are `github` and `jira`"):
        fake_registry().plugin("trello")


def test_a_connector_that_cannot_be_imported_says_why() -> None:
    registry = Registry([FakeEntryPoint("broken", ImportError("No module named 'gone'"), "broken:plugin")])
    with pytest.raises(ConfigError, match=r"`broken` \(broken:plugin\) cannot be loaded: No module named 'gone'"):
        registry.plugin("broken")


def test_something_else_under_the_entry_point_is_refused() -> None:
    with pytest.raises(ConfigError, match="is no okrsync Plugin"):
        Registry([FakeEntryPoint("odd", object())]).plugin("odd")


def test_two_packages_that_offer_the_same_type_are_refused() -> None:
    registry = Registry([FakeEntryPoint("github", GITHUB, value) for value in ("one:plugin", "two:plugin")])
    with pytest.raises(ConfigError, match="two installed packages offer the connector `github`: one:plugin and two"):
        registry.types()


def test_one_package_seen_twice_is_fine() -> None:
    registry = Registry([FakeEntryPoint("github", GITHUB), FakeEntryPoint("github", GITHUB)])
    assert registry.types() == ("github",)


def test_the_shipped_connectors_are_found_by_entry_point() -> None:
    installed = {one.name for one in importlib.metadata.entry_points(group=GROUP)}
    assert {"github", "jira"} <= installed
    assert set(Registry().types()) == installed


def test_reading_a_configuration_imports_no_tracker_library() -> None:
    script = (
        "import sys; from okrsync.registry import Registry; r = Registry(); [r.plugin(t) for t in ('github', 'jira')];"
        "print(sorted({'github', 'jira', 'requests', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
