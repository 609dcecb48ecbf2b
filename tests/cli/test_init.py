"""``init`` writes a configuration that is right, and nothing over anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import Result

from okrsync.app import App
from okrsync.cli.starter import Answers, quarter
from okrsync.yamlfile import read_yaml

Call = Callable[..., Result]
JIRA = ("--jira-url", "https://acme.atlassian.net/", "--jira-project", "SHOP", "--email", "ana@acme.example")


@pytest.mark.parametrize(
    "options", [("--github", "acme/shop"), JIRA, ("--github", "acme/shop", "--github", "acme/api", *JIRA)]
)
def test_the_files_pass_an_offline_check(okrsync: Call, tmp_path: Path, options: tuple[str, ...]) -> None:
    assert okrsync("init", *options, "--directory", str(tmp_path)).exit_code == 0
    with App.open(tmp_path / "okrsync.yaml", environ={}) as app:
        assert all(finding.level == "ok" for _, finding in app.check(offline=True))
        assert len(app.okrs.placed) == 3


def test_the_questions_lead_to_the_same_files_as_the_options(okrsync: Call, tmp_path: Path) -> None:
    asked, told = tmp_path / "asked", tmp_path / "told"
    answers = "acme/shop, acme/api\nhttps://acme.atlassian.net/\nSHOP\nana@acme.example\n"
    assert okrsync("init", "--directory", str(asked), typed=answers).exit_code == 0
    okrsync("init", "--github", "acme/shop", "--github", "acme/api", *JIRA, "--directory", str(told))
    for name in ("okrsync.yaml", "okrs/2026-q4.yaml"):
        assert (asked / name).read_text("utf-8") == (told / name).read_text("utf-8")


def test_a_wrong_answer_is_told_why_and_only_its_question_comes_again(okrsync: Call, tmp_path: Path) -> None:
    asked = okrsync(
        "init", "--directory", str(tmp_path),
        typed="acme\nacme/shop\nhttp://jira.example\nacme.atlassian.net\n\nmy-shop\nshop\nana\nana@acme.example\n",
    )  # fmt: skip
    assert asked.exit_code == 0
    told = asked.stderr
    assert "'acme' is not a repository such as acme/shop." in told
    assert "http://jira.example would send the token unencrypted; give the address with https://." in told
    assert "Name a project." in told
    assert "'MY-SHOP' is not a Jira project key such as SHOP." in told
    assert "'ana' is not an e-mail address." in told
    times = [told.count(question) for question in ("GitHub repositories", "Address of", "Keys of", "E-mail of")]
    assert times == [2, 2, 3, 2]
    connections = yaml.safe_load((tmp_path / "okrsync.yaml").read_text("utf-8"))["connections"]
    assert connections["jira"]["url"] == "https://acme.atlassian.net"


def test_somebody_who_names_no_tracker_is_asked_for_one(okrsync: Call, tmp_path: Path) -> None:
    asked = okrsync("init", "--directory", str(tmp_path), typed="\n\nacme/shop\n\n")
    assert asked.exit_code == 0
    assert "name a GitHub repository, a Jira, or both" in asked.stderr
    assert "--github" not in asked.stderr


def test_nobody_is_asked_for_files_that_exist(okrsync: Call, tmp_path: Path) -> None:
    (tmp_path / "okrsync.yaml").touch()
    asked = okrsync("init", "--directory", str(tmp_path), typed="acme/shop\n\n")
    assert asked.exit_code == 2
    assert "init overwrites nothing" in asked.stderr
    assert "repositories" not in asked.stderr


def test_editors_find_schemas_that_know_what_was_written(okrsync: Call, tmp_path: Path) -> None:
    okrsync("init", "--github", "acme/shop", *JIRA, "--directory", str(tmp_path))
    for file in (tmp_path / "okrsync.yaml", tmp_path / "okrs" / "2026-q4.yaml"):
        named = file.read_text("utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        schema = json.loads((file.parent / named).read_text("utf-8"))
        written = read_yaml(file, file.name).data
        assert list(Draft202012Validator(schema).iter_errors(written)) == []
        assert list(Draft202012Validator(schema).iter_errors({**written, "tokn": 1})) != []


def test_schemas_that_exist_are_not_touched(okrsync: Call, tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "okrs.schema.json").write_text("mine", "utf-8")
    assert okrsync("init", "--github", "acme/shop", "--directory", str(tmp_path)).exit_code == 0
    assert (tmp_path / "schemas" / "okrs.schema.json").read_text("utf-8") == "mine"


def test_several_repositories_may_stand_behind_one_option(okrsync: Call, tmp_path: Path) -> None:
    okrsync("init", "--github", "acme/shop,acme/api", "--directory", str(tmp_path))
    configuration = yaml.safe_load((tmp_path / "okrsync.yaml").read_text("utf-8"))
    assert configuration["connections"]["github"]["repositories"] == ["acme/shop", "acme/api"]


def test_an_address_that_check_would_refuse_is_refused_before_anything_is_written(
    okrsync: Call, tmp_path: Path
) -> None:
    refused = okrsync(
        "init", "--jira-url", "http://jira.acme.example", "--jira-project", "SHOP", "--directory", str(tmp_path)
    )
    assert refused.exit_code == 2
    assert "would send the token unencrypted" in refused.stderr
    assert "https://" in refused.stderr
    assert list(tmp_path.iterdir()) == []
    local = okrsync(
        "init", "--jira-url", "http://127.0.0.1:8080", "--jira-project", "SHOP", "--directory", str(tmp_path)
    )
    assert local.exit_code == 0


def test_a_file_that_exists_is_never_touched_and_no_other_is_written(okrsync: Call, tmp_path: Path) -> None:
    (tmp_path / "okrsync.yaml").write_text("mine", "utf-8")
    result = okrsync("init", "--github", "acme/shop", "--directory", str(tmp_path))
    assert result.exit_code == 2
    assert "init overwrites nothing" in result.stderr
    assert (tmp_path / "okrsync.yaml").read_text("utf-8") == "mine"
    assert not (tmp_path / "okrs").exists()


def test_no_secret_and_no_token_field_is_written(okrsync: Call, tmp_path: Path) -> None:
    okrsync("init", "--github", "acme/shop", *JIRA, "--directory", str(tmp_path))
    configuration = yaml.safe_load((tmp_path / "okrsync.yaml").read_text("utf-8"))
    assert all("token" not in connection for connection in configuration["connections"].values())
    assert configuration["installation"] == "acme"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--yes",), "No tracker was named."),
        (("--github", "shop"), "is not a repository such as acme/shop"),
        (("--github", 'a/b", x: "'), "is not a repository"),
        (("--jira-url", "ftp://acme.example", "--jira-project", "SHOP"), "is not an address"),
        (("--jira-url", "https://acme.atlassian.net"), "Jira needs an address and a project."),
        (("--jira-url", "https://acme.atlassian.net", "--jira-project", "my shop"), "is not a Jira project key"),
        ((*JIRA[:-1], "ana"), "is not an e-mail address"),
    ],
)
def test_an_answer_that_cannot_be_right_is_refused(
    okrsync: Call, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    result = okrsync("init", *options, "--directory", str(tmp_path))
    assert result.exit_code == 2
    assert told in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_was_copied_from_a_browser_is_understood(okrsync: Call, tmp_path: Path) -> None:
    page = "acme.atlassian.net/jira/software/projects/SHOP/boards/1"
    addresses = ("--github", "https://github.com/acme/shop.git", "--jira-url", page, "--jira-project", "shop")
    assert okrsync("init", *addresses, "--directory", str(tmp_path)).exit_code == 0
    connections = yaml.safe_load((tmp_path / "okrsync.yaml").read_text("utf-8"))["connections"]
    assert connections["github"]["repositories"] == ["acme/shop"]
    assert (connections["jira"]["url"], connections["jira"]["projects"]) == ("https://acme.atlassian.net", ["SHOP"])


def test_a_data_center_below_a_path_keeps_its_path() -> None:
    assert Answers.of((), "https://acme.example/jira/", ("SHOP",), "").jira_url == "https://acme.example/jira"


def test_the_files_go_where_the_named_configuration_lives(okrsync: Call, tmp_path: Path) -> None:
    wanted = tmp_path / "my company" / "team.yaml"
    result = okrsync("--config", str(wanted), "init", "--github", "acme/shop")
    assert wanted.exists()
    assert (wanted.parent / "okrs" / "2026-q4.yaml").exists()
    assert f"okrsync --config '{wanted}' check" in result.stderr


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(okrsync: Call, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = okrsync("init", "--github", "acme/shop", "--directory", str(tmp_path / "file" / "sub"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert "Choose another --directory" in result.stderr


def test_both_trackers_appear_in_the_first_key_result(okrsync: Call, tmp_path: Path) -> None:
    okrsync("init", "--github", "acme/shop", *JIRA, "--directory", str(tmp_path))
    first = yaml.safe_load((tmp_path / "okrs" / "2026-q4.yaml").read_text("utf-8"))["objectives"][0]["key_results"][0]
    assert [link["connection"] for link in first["links"]] == ["github", "jira"]


def test_ctrl_d_at_a_question_writes_nothing(okrsync: Call, tmp_path: Path) -> None:
    assert okrsync("init", "--directory", str(tmp_path), typed="").exit_code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("day", "name", "start", "end"),
    [
        (date(2026, 1, 1), "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), "2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 12, 31), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters_are_those_of_the_calendar(day: date, name: str, start: date, end: date) -> None:
    assert quarter(day) == (name, start, end)


def test_the_installation_is_named_after_the_organisation() -> None:
    assert Answers(("Acme.Corp/shop",)).installation == "acme"
    assert Answers((), "https://jira.example.com", ("SHOP",)).installation == "jira"
