from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_plugins import FakeGitHubOptions, FakeJiraOptions, fake_registry
from hypothesis import given
from hypothesis import strategies as st

from okrsync.connector import WriteBack
from okrsync.errors import ConfigError
from okrsync.marker import Namespace
from okrsync.settings import Settings, load_settings
from okrsync.settings.model import label_problem

GITHUB = {"type": "github", "repositories": ["acme/shop"]}
JIRA = {"type": "jira", "url": "https://acme.atlassian.net", "projects": ["SHOP"]}
SECRET = "s3cr3t-value"

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write a configuration with both trackers, changed as told, and load it with these variables."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "okrs").mkdir()
    (tmp_path / "okrs" / "shop.yaml").write_text("")

    def loaded(environ: Mapping[str, str] | None = None, **changed: Any) -> Settings:
        content = {"okrs": ["okrs/*.yaml"], "connections": {"github": GITHUB, "jira": JIRA}, **changed}
        Path("okrsync.yaml").write_text(yaml.safe_dump(content))
        return load_settings(Path("okrsync.yaml"), environ or {}, fake_registry())

    return loaded


def _problems(load: Load, environ: Mapping[str, str] | None = None, **changed: Any) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(environ, **changed)
    return [str(problem) for problem in refused.value.problems]


def _github(settings: Settings, name: str = "github") -> FakeGitHubOptions:
    options = settings.connections[name]
    assert isinstance(options, FakeGitHubOptions)
    return options


def _jira(settings: Settings) -> FakeJiraOptions:
    options = settings.connections["jira"]
    assert isinstance(options, FakeJiraOptions)
    return options


def _token(settings: Settings, name: str = "github") -> str | None:
    token = _github(settings, name).token
    return token.get_secret_value() if token else None


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
    [problem] = _problems(load, schedule={"every": written})
    assert problem.endswith("schedule.every: must be a duration such as 30s, 5m, 1h or 1d")


def test_an_absolute_store_stays_where_it_is(load: Load, tmp_path: Path) -> None:
    assert load(store=f"sqlite:///{tmp_path}/elsewhere/okr.db").store == f"sqlite:///{tmp_path}/elsewhere/okr.db"


def test_paths_of_the_file_are_relative_to_it(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(connections={"github": {**GITHUB, "private_key_file": "app.pem"}})
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    settings = load_settings(Path("../okrsync.yaml"), {}, fake_registry())

    assert _github(settings).private_key_file == Path("../okrsync.yaml").parent.absolute() / "app.pem"
    assert settings.okr_files == (Path("../okrs/shop.yaml"),)


def test_okr_files_come_sorted_once_and_without_the_configuration(load: Load, tmp_path: Path) -> None:
    (tmp_path / "okrs" / "deep").mkdir()
    (tmp_path / "okrs" / "deep" / "api.yaml").write_text("")
    settings = load(okrs=["okrs/*.yaml", "**/*.yaml"])
    assert settings.okr_files == (Path("okrs/deep/api.yaml"), Path("okrs/shop.yaml"))


def test_a_variable_wins_over_the_file(load: Load) -> None:
    settings = load(
        {"OKRSYNC_SCHEDULE__EVERY": "1m", "OKRSYNC_CONNECTIONS__JIRA__URL": "https://jira.example"},
        schedule={"every": "5m", "census": "2d"},
    )
    assert settings.schedule.every == timedelta(minutes=1)
    assert settings.schedule.census == timedelta(days=2)
    assert _jira(settings).url == "https://jira.example"


@pytest.mark.parametrize("written", ["acme/shop, acme/api", '["acme/shop", "acme/api"]'])
def test_a_list_in_a_variable_is_json_or_divided_by_commas(load: Load, written: str) -> None:
    settings = load({"OKRSYNC_CONNECTIONS__GITHUB__REPOSITORIES": written})
    assert _github(settings).repositories == ("acme/shop", "acme/api")


def test_a_variable_can_switch_something_off(load: Load) -> None:
    settings = load({"OKRSYNC_WRITE_BACK__LABEL": "false", "OKRSYNC_CONNECTIONS__JIRA__STORY_POINTS": "False"})
    assert settings.write_back_for("github") == WriteBack(label=False)
    assert _jira(settings).story_points is False
    assert load({"OKRSYNC_WRITE_BACK": "false"}).write_back_for("github") is None


def test_a_token_of_digits_stays_text(load: Load) -> None:
    assert _token(load({"OKRSYNC_CONNECTIONS__GITHUB__TOKEN": "12345"})) == "12345"


@pytest.mark.parametrize("variable", ["OKRSYNC_CONNECTIONS__OUR_SHOP__TOKEN", "okrsync_connections__our_shop__token"])
def test_case_and_dashes_of_a_connection_do_not_matter_in_variables(load: Load, variable: str) -> None:
    assert _token(load({variable: SECRET}, connections={"Our-Shop": GITHUB}), "Our-Shop") == SECRET


def test_a_connection_may_be_called_like_anything(load: Load) -> None:
    settings = load({"OKRSYNC_CONNECTIONS__MODEL_DUMP__TOKEN": SECRET}, connections={"model-dump": GITHUB})
    assert _token(settings, "model-dump") == SECRET


def test_a_secret_can_come_from_a_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    assert _token(load({"OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE": str(tmp_path / "token")})) == SECRET


def test_a_secret_and_its_file_contradict_each_other(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET)
    variables = {
        "OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE": str(tmp_path / "token"),
        "OKRSYNC_CONNECTIONS__GITHUB__TOKEN": SECRET,
    }
    for environ in (variables, dict(reversed(variables.items()))):
        assert _problems(load, environ) == [
            "the environment: OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE: "
            "is set beside OKRSYNC_CONNECTIONS__GITHUB__TOKEN; leave one out"
        ]


def test_a_secret_file_that_cannot_be_read_is_named(load: Load) -> None:
    [problem] = _problems(load, {"OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE": "absent"})
    assert problem == (
        "the environment: OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE: "
        "names absent, which cannot be read: No such file or directory"
    )


def test_names_that_people_have_are_used(load: Load) -> None:
    settings = load({"GH_TOKEN": "second", "JIRA_EMAIL": "ana@acme.example", "JIRA_API_TOKEN": SECRET})
    assert _token(settings) == "second"
    assert _jira(settings).email == "ana@acme.example"
    assert _token(load({"GH_TOKEN": "second", "GITHUB_TOKEN": "first"})) == "first"


def test_names_that_people_have_come_last(load: Load) -> None:
    given = {"GITHUB_TOKEN": "common", "JIRA_EMAIL": "common@acme.example"}
    settings = load(
        {**given, "OKRSYNC_CONNECTIONS__GITHUB__TOKEN": "own"},
        connections={"github": GITHUB, "jira": {**JIRA, "email": "ana@acme.example"}},
    )
    assert _token(settings) == "own"
    assert _jira(settings).email == "ana@acme.example"


def test_empty_variables_count_as_not_set(load: Load) -> None:
    settings = load({"GITHUB_TOKEN": "", "GH_TOKEN": SECRET, "OKRSYNC_CONNECTIONS__GITHUB__TOKEN": " "})
    assert _token(settings) == SECRET


def test_a_common_token_is_not_shown_to_two_servers(load: Load) -> None:
    settings = load({"GITHUB_TOKEN": SECRET}, connections={"one": GITHUB, "two": GITHUB})
    assert [_token(settings, name) for name in ("one", "two")] == [None, None]


def test_a_common_token_does_not_contradict_a_way_to_sign_in_that_was_chosen(load: Load) -> None:
    settings = load({"GITHUB_TOKEN": SECRET}, connections={"github": {**GITHUB, "app_id": 5}})
    assert (_token(settings), _github(settings).app_id) == (None, 5)


def test_a_variable_that_sets_nothing_is_told_the_nearest(load: Load) -> None:
    assert _problems(load, {"OKRSYNC_CONNECTIONS__JIRA__TOKN": SECRET}) == [
        "the environment: OKRSYNC_CONNECTIONS__JIRA__TOKN: sets nothing; "
        "did you mean `OKRSYNC_CONNECTIONS__JIRA__TOKEN`?"
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("OKRSYNC_CONFG", "OKRSYNC_CONFIG"),
        ("OKRSYNC_SESION_KEY", "OKRSYNC_SESSION_KEY"),
        ("OKRSYNC_CONNECTIONS_JIRA_TOKEN", "OKRSYNC_CONNECTIONS__JIRA__TOKEN"),
        ("OKRSYNC_CONNECTIONS__JIR__TOKEN", "OKRSYNC_CONNECTIONS__JIRA__TOKEN"),
        ("OKRSYNC_CONNECTION__GITHUB__TOKEN_FIL", "OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE"),
        ("OKRSYNC_GITHUB_TOKEN", "OKRSYNC_CONNECTIONS__GITHUB__TOKEN"),
        ("OKRSYNC_WRITE_BACK_ON", "OKRSYNC_WRITE_BACK__ON"),
        ("OKRSYNC_SCHEDULE__EVRY", "OKRSYNC_SCHEDULE__EVERY"),
    ],
)
def test_a_mistyped_variable_is_told_the_one_that_was_meant(load: Load, typed: str, meant: str) -> None:
    assert _problems(load, {typed: "x"}) == [f"the environment: {typed}: sets nothing; did you mean `{meant}`?"]


def test_a_variable_like_no_other_is_told_which_there_are(load: Load) -> None:
    [problem] = _problems(load, {"OKRSYNC_FOO": "x"})
    assert problem.startswith("the environment: OKRSYNC_FOO: sets nothing; there are `OKRSYNC_")


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_secret_file_without_a_secret_is_named_with_what_to_do(load: Load, tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    assert _problems(load, {"OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE": str(tmp_path / "token")}) == [
        "the environment: OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE: "
        f"names {tmp_path / 'token'}, which is empty; write the secret into it, or unset the variable"
    ]


def test_the_key_that_signs_sessions_is_no_option_and_no_mistake(load: Load) -> None:
    assert load({"OKRSYNC_SESSION_KEY": "any long random text"}).serve is None


def test_variables_of_a_connection_with_an_unknown_type_are_not_blamed(load: Load) -> None:
    problems = _problems(
        load, {"OKRSYNC_CONNECTIONS__JIRA__TOKEN": SECRET}, connections={"jira": {**JIRA, "type": "jra"}}
    )
    assert len(problems) == 1
    assert problems[0].endswith("connections.jira.type: no connector is called `jra`; did you mean `jira`?")


def test_a_wrong_value_in_a_variable_names_the_variable(load: Load) -> None:
    given = {"OKRSYNC_CONNECTIONS__JIRA__PARALLEL": "many", "OKRSYNC_WRITE_BACK__ON": "opn"}
    assert _problems(load, given) == [
        "the environment: OKRSYNC_CONNECTIONS__JIRA__PARALLEL: must be a whole number",
        "the environment: OKRSYNC_WRITE_BACK__ON: `opn` is not possible; did you mean `open`?",
    ]


def test_a_wrong_value_in_a_name_that_people_have_names_it_too(load: Load) -> None:
    [problem] = _problems(load, {"JIRA_EMAIL": "ana"})
    assert problem == "the environment: JIRA_EMAIL: `ana` does not have the right form (Account of the token)"


def test_everything_that_is_wrong_is_said_at_once(load: Load) -> None:
    problems = _problems(
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
    problems = _problems(load, connections={"jira": {**JIRA, "token": value, "url": 5, "parallel": "x"}})
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
