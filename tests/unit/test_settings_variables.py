"""Variables of the environment: over the file, for secrets, and told when they are mistyped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from configured import GITHUB, JIRA, SECRET, Load, github, jira, loader, problems_of, token

from okrsync.connector import WriteBack


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    return loader(tmp_path, monkeypatch)


def test_a_variable_wins_over_the_file(load: Load) -> None:
    settings = load(
        {"OKRSYNC_SCHEDULE__EVERY": "1m", "OKRSYNC_CONNECTIONS__JIRA__URL": "https://jira.example"},
        schedule={"every": "5m", "census": "2d"},
    )
    assert settings.schedule.every == timedelta(minutes=1)
    assert settings.schedule.census == timedelta(days=2)
    assert jira(settings).url == "https://jira.example"


@pytest.mark.parametrize("written", ["acme/shop, acme/api", '["acme/shop", "acme/api"]'])
def test_a_list_in_a_variable_is_json_or_divided_by_commas(load: Load, written: str) -> None:
    settings = load({"OKRSYNC_CONNECTIONS__GITHUB__REPOSITORIES": written})
    assert github(settings).repositories == ("acme/shop", "acme/api")


def test_a_variable_can_switch_something_off(load: Load) -> None:
    settings = load({"OKRSYNC_WRITE_BACK__LABEL": "false", "OKRSYNC_CONNECTIONS__JIRA__STORY_POINTS": "False"})
    assert settings.write_back_for("github") == WriteBack(label=False)
    assert jira(settings).story_points is False
    assert load({"OKRSYNC_WRITE_BACK": "false"}).write_back_for("github") is None


def test_a_token_of_digits_stays_text(load: Load) -> None:
    assert token(load({"OKRSYNC_CONNECTIONS__GITHUB__TOKEN": "12345"})) == "12345"


@pytest.mark.parametrize("variable", ["OKRSYNC_CONNECTIONS__OUR_SHOP__TOKEN", "okrsync_connections__our_shop__token"])
def test_case_and_dashes_of_a_connection_do_not_matter_in_variables(load: Load, variable: str) -> None:
    assert token(load({variable: SECRET}, connections={"Our-Shop": GITHUB}), "Our-Shop") == SECRET


def test_a_connection_may_be_called_like_anything(load: Load) -> None:
    settings = load({"OKRSYNC_CONNECTIONS__MODEL_DUMP__TOKEN": SECRET}, connections={"model-dump": GITHUB})
    assert token(settings, "model-dump") == SECRET


def test_a_secret_can_come_from_a_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    assert token(load({"OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE": str(tmp_path / "token")})) == SECRET


def test_a_secret_and_its_file_contradict_each_other(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET)
    variables = {
        "OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE": str(tmp_path / "token"),
        "OKRSYNC_CONNECTIONS__GITHUB__TOKEN": SECRET,
    }
    for environ in (variables, dict(reversed(variables.items()))):
        assert problems_of(load, environ) == [
            "the environment: OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE: "
            "is set beside OKRSYNC_CONNECTIONS__GITHUB__TOKEN; leave one out"
        ]


def test_a_secret_file_that_cannot_be_read_is_named(load: Load) -> None:
    [problem] = problems_of(load, {"OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE": "absent"})
    assert problem == (
        "the environment: OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE: "
        "names absent, which cannot be read: No such file or directory"
    )


def test_names_that_people_have_are_used(load: Load) -> None:
    settings = load({"GH_TOKEN": "second", "JIRA_EMAIL": "ana@acme.example", "JIRA_API_TOKEN": SECRET})
    assert token(settings) == "second"
    assert jira(settings).email == "ana@acme.example"
    assert token(load({"GH_TOKEN": "second", "GITHUB_TOKEN": "first"})) == "first"


def test_names_that_people_have_come_last(load: Load) -> None:
    given = {"GITHUB_TOKEN": "common", "JIRA_EMAIL": "common@acme.example"}
    settings = load(
        {**given, "OKRSYNC_CONNECTIONS__GITHUB__TOKEN": "own"},
        connections={"github": GITHUB, "jira": {**JIRA, "email": "ana@acme.example"}},
    )
    assert token(settings) == "own"
    assert jira(settings).email == "ana@acme.example"


def test_empty_variables_count_as_not_set(load: Load) -> None:
    settings = load({"GITHUB_TOKEN": "", "GH_TOKEN": SECRET, "OKRSYNC_CONNECTIONS__GITHUB__TOKEN": " "})
    assert token(settings) == SECRET


def test_a_common_token_is_not_shown_to_two_servers(load: Load) -> None:
    settings = load({"GITHUB_TOKEN": SECRET}, connections={"one": GITHUB, "two": GITHUB})
    assert [token(settings, name) for name in ("one", "two")] == [None, None]


def test_a_common_token_does_not_contradict_a_way_to_sign_in_that_was_chosen(load: Load) -> None:
    settings = load({"GITHUB_TOKEN": SECRET}, connections={"github": {**GITHUB, "app_id": 5}})
    assert (token(settings), github(settings).app_id) == (None, 5)


def test_a_variable_that_sets_nothing_is_told_the_nearest(load: Load) -> None:
    assert problems_of(load, {"OKRSYNC_CONNECTIONS__JIRA__TOKN": SECRET}) == [
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
    assert problems_of(load, {typed: "x"}) == [f"the environment: {typed}: sets nothing; did you mean `{meant}`?"]


def test_a_variable_like_no_other_is_told_which_there_are(load: Load) -> None:
    [problem] = problems_of(load, {"OKRSYNC_FOO": "x"})
    assert problem.startswith("the environment: OKRSYNC_FOO: sets nothing; there are `OKRSYNC_")


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_secret_file_without_a_secret_is_named_with_what_to_do(load: Load, tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    assert problems_of(load, {"OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE": str(tmp_path / "token")}) == [
        "the environment: OKRSYNC_CONNECTIONS__GITHUB__TOKEN_FILE: "
        f"names {tmp_path / 'token'}, which is empty; write the secret into it, or unset the variable"
    ]


def test_the_key_that_signs_sessions_is_no_option_and_no_mistake(load: Load) -> None:
    assert load({"OKRSYNC_SESSION_KEY": "any long random text"}).serve is None


def test_variables_of_a_connection_with_an_unknown_type_are_not_blamed(load: Load) -> None:
    problems = problems_of(
        load, {"OKRSYNC_CONNECTIONS__JIRA__TOKEN": SECRET}, connections={"jira": {**JIRA, "type": "jra"}}
    )
    assert len(problems) == 1
    assert problems[0].endswith("connections.jira.type: no connector is called `jra`; did you mean `jira`?")


def test_a_wrong_value_in_a_variable_names_the_variable(load: Load) -> None:
    given = {"OKRSYNC_CONNECTIONS__JIRA__PARALLEL": "many", "OKRSYNC_WRITE_BACK__ON": "opn"}
    assert problems_of(load, given) == [
        "the environment: OKRSYNC_CONNECTIONS__JIRA__PARALLEL: must be a whole number",
        "the environment: OKRSYNC_WRITE_BACK__ON: `opn` is not possible; did you mean `open`?",
    ]


def test_a_wrong_value_in_a_name_that_people_have_names_it_too(load: Load) -> None:
    [problem] = problems_of(load, {"JIRA_EMAIL": "ana"})
    assert problem == "the environment: JIRA_EMAIL: `ana` does not have the right form (Account of the token)"
