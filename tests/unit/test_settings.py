from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from configured import GITHUB, JIRA, SECRET, Load, github, loader, problems_of
from fake_plugins import fake_registry
from hypothesis import given
from hypothesis import strategies as st

from okrsync.connector import WriteBack
from okrsync.errors import ConfigError
from okrsync.marker import Namespace
from okrsync.settings import load_settings
from okrsync.settings.model import label_problem


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    return loader(tmp_path, monkeypatch)


def test_what_is_not_said_has_a_default(load: Load, tmp_path: Path) -> None:
    settings = load()
    assert settings.installation == "okrsync"
    assert settings.store == f"sqlite:///{tmp_path}/okrsync.db"
    assert settings.dashboard_url is None
    assert settings.schedule.every == timedelta(minutes=5)
    assert settings.schedule.census == timedelta(days=1)
    assert settings.base == tmp_path
    assert settings.write_back_for("jira") == WriteBack()


@pytest.mark.parametrize(
    ("written", "seconds"), [("30s", 30), ("5m", 300), ("1h", 3600), ("1d", 86400), ("36h", 129600)]
)
def test_durations_are_read(load: Load, written: str, seconds: int) -> None:
    assert load(schedule={"every": written}).schedule.every == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["0s", "5", 5, "5 m", "-5m", "1w", "9999999d", "", None])
def test_what_is_no_duration_is_refused(load: Load, written: object) -> None:
    [problem] = problems_of(load, schedule={"every": written})
    assert problem.endswith("schedule.every: must be a duration such as 30s, 5m, 1h or 1d")


def test_an_absolute_store_stays_where_it_is(load: Load, tmp_path: Path) -> None:
    assert load(store=f"sqlite:///{tmp_path}/elsewhere/okr.db").store == f"sqlite:///{tmp_path}/elsewhere/okr.db"


def test_paths_of_the_file_are_relative_to_it(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(connections={"github": {**GITHUB, "private_key_file": "app.pem"}})
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    settings = load_settings(Path("../okrsync.yaml"), {}, fake_registry())

    assert github(settings).private_key_file == Path("../okrsync.yaml").parent.absolute() / "app.pem"
    assert settings.okr_files == (Path("../okrs/shop.yaml"),)


def test_okr_files_come_sorted_once_and_without_the_configuration(load: Load, tmp_path: Path) -> None:
    (tmp_path / "okrs" / "deep").mkdir()
    (tmp_path / "okrs" / "deep" / "api.yaml").write_text("")
    settings = load(okrs=["okrs/*.yaml", "**/*.yaml"])
    assert settings.okr_files == (Path("okrs/deep/api.yaml"), Path("okrs/shop.yaml"))


def test_everything_that_is_wrong_is_said_at_once(load: Load) -> None:
    problems = problems_of(
        load,
        {"OKRSYNC_STOR": "x"},
        okrs=["nowhere/*.yaml"],
        instalation="acme",
        connections={"github": {**GITHUB, "tokn": 1}, "jira": {**JIRA, "token": SECRET, "projects": []}},
        write_back={"label": "okr"},
    )
    assert len(problems) == 8
    assert sum("did you mean" in problem for problem in problems) == 3


def test_what_stands_under_a_misspelt_name_is_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("okrs.yaml").touch()
    Path("okrsync.yaml").write_text(
        "okr: [okrs.yaml]\nconections:\n  github: {type: github, repositores: acme/shop}\nwrite_bak: {on: opened}\n"
    )
    with pytest.raises(ConfigError) as refused:
        load_settings(Path("okrsync.yaml"), {}, fake_registry())
    assert [str(problem).removeprefix("okrsync.yaml:") for problem in refused.value.problems] == [
        "1: okr: is not a field here; did you mean `okrs`?",
        "2: conections: is not a field here; did you mean `connections`?",
        "3: connections.github.repositores: is not a field here; did you mean `repositories`?",
        "3: connections.github.repositories: must be a list",
        "4: write_back.on: `opened` is not possible; did you mean `open`?",
        "4: write_bak: is not a field here; did you mean `write_back`?",
    ]


def test_a_folder_of_okr_files_that_may_not_be_read_is_told_as_that(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_ours(place: Path, mode: int) -> bool:
        return str(place) != "okrs" and mode == os.R_OK | os.X_OK

    Path("okrs/shop.yaml").unlink()
    monkeypatch.setattr(os, "access", is_ours)
    (told,) = problems_of(load)
    assert told.endswith("okrs[0]: `okrs/*.yaml` matches nothing, since okrs may not be read")


def test_a_link_that_leads_to_no_okr_file_is_not_passed_over(load: Load, tmp_path: Path) -> None:
    (tmp_path / "okrs" / "gone.yaml").symlink_to("nowhere.yaml")
    assert [file.name for file in load().okr_files] == ["gone.yaml", "shop.yaml"]


def test_a_field_that_is_given_twice_hides_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("okrsync.yaml").write_text(
        "okrs: [none/*.yaml]\nstore: sqlite:///one.db\nstore: sqlite:///two.db\nconnections:\n"
        "  github: {type: github, repositores: [acme/shop]}\n  jira: {type: jira, url: !env URL, projects: []}\n"
    )
    with pytest.raises(ConfigError) as refused:
        load_settings(Path("okrsync.yaml"), {"OKRSYNC_STOR": "x"}, fake_registry())
    assert [str(problem).removeprefix("okrsync.yaml:") for problem in refused.value.problems] == [
        "1: okrs[0]: `none/*.yaml` matches no file; it is relative to okrsync.yaml",
        "3: `store` is given twice; the first is on line 2",
        "5: connections.github.repositores: is not a field here; did you mean `repositories`?",
        "6: the tag `!env` is not supported; write a plain value",
        "6: connections.jira.projects: must have at least 1 entry",
        "the environment: OKRSYNC_STOR: sets nothing; did you mean `OKRSYNC_STORE`?",
    ]


def test_every_error_ends_with_what_to_do_next(load: Load) -> None:
    with pytest.raises(ConfigError) as refused:
        load(okrs=[])
    assert refused.value.hint == "Correct this, then run okrsync check --offline."


@pytest.mark.parametrize("value", [SECRET, [SECRET], {"a": SECRET}])
def test_a_secret_in_the_file_is_refused_and_not_repeated(load: Load, value: object) -> None:
    problems = problems_of(load, connections={"jira": {**JIRA, "token": value, "url": 5, "parallel": "x"}})
    assert any("is a secret and must not be in a file" in problem for problem in problems)
    assert SECRET not in "".join(problems)


def test_settings_do_not_show_their_secrets(load: Load) -> None:
    settings = load({"GITHUB_TOKEN": SECRET, "OKRSYNC_CONNECTIONS__JIRA__TOKEN": SECRET})
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()}"


def test_a_connection_overrides_only_what_it_names(load: Load) -> None:
    settings = load(
        write_back={"label": "goal/{key_result}", "on": "all"},
        connections={"github": {**GITHUB, "write_back": {"note": False}}, "jira": {**JIRA, "write_back": False}},
    )
    assert settings.write_back_for("github") == WriteBack(label="goal/{key_result}", note=False, on="all")
    assert settings.write_back_for("jira") is None
    assert settings.namespace_for("github") == Namespace("goal/{key_result}")


def test_a_connection_can_write_where_the_others_do_not(load: Load) -> None:
    settings = load(write_back=False, connections={"github": {**GITHUB, "write_back": {"label": False}}, "jira": JIRA})
    assert settings.write_back_for("github") == WriteBack(label=False)
    assert settings.write_back_for("jira") is None
    assert settings.namespace_for("jira") == Namespace()


@given(st.text(st.sampled_from("okr:/-{}key_result, \t"), max_size=12), st.text(max_size=5))
def test_an_accepted_label_is_safe_to_own(before: str, after: str) -> None:
    template = f"{before}{{key_result}}{after}"
    if label_problem(template) is None:
        namespace = Namespace(template)
        assert namespace.prefix
        assert not namespace.prefix[-1].isalnum()
        assert namespace.owns(namespace.label("checkout-1"))
        assert len(namespace.label("k")) <= 50
        assert not any(character.isspace() for character in namespace.label("checkout-1"))


def test_a_label_leaves_room_for_an_id() -> None:
    assert label_problem(f"{'x' * 48}:{{key_result}}") is None
    assert "leaves no room" in str(label_problem(f"{'x' * 49}:{{key_result}}"))


def test_a_configuration_that_does_not_exist_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"okrsync\.yaml: does not exist"):
        load_settings(tmp_path / "okrsync.yaml", {}, fake_registry())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("github"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["okrs", "connections", "github", "type", "write_back", "schedule", "every", "token"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_written_is_loaded_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    config = tmp_path_factory.getbasetemp() / "okrsync.yaml"
    config.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(config, {}, fake_registry())
    assert refused.value.problems


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{typ: github, repos: [acme/shop]}", ("typ: is not a field here; did you mean `type`?", "repos: is not")),
        ("{repos: [acme/shop]}", ("type: is missing; did you mean `github`?", "repos: is not")),
        ("{type: githb, repos: [acme/shop]}", ("type: no connector is called `githb`", "repos: is not")),
    ],
)
def test_a_mistyped_type_hides_nothing_that_is_wrong_beside_it(
    tmp_path: Path, written: str, told: tuple[str, ...]
) -> None:
    (tmp_path / "okrs").mkdir()
    (tmp_path / "okrs" / "shop.yaml").touch()
    config = tmp_path / "okrsync.yaml"
    config.write_text(f"okrs: [okrs/*.yaml]\nconnections:\n  github: {written}\n")
    with pytest.raises(ConfigError) as refused:
        load_settings(config, {}, fake_registry())
    problems = [str(problem).partition("connections.github.")[2] for problem in refused.value.problems]
    assert len(problems) == len(told), problems
    for problem, expected in zip(sorted(problems), sorted(told), strict=True):
        assert problem.startswith(expected)
