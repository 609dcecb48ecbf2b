"""What okrsync.yaml may say about a GitHub connection."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from okrsync_github import plugin
from okrsync_github.options import GitHubOptions
from pydantic import ValidationError

from okrsync.connector import Context
from okrsync.errors import AuthError, ConnectionFailed


def options(**given: Any) -> GitHubOptions:
    return GitHubOptions.model_validate({"type": "github", "repositories": ["acme/shop"], **given})


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://api.github.com/", "https://api.github.com"),
        ("https://github.acme.example", "https://github.acme.example/api/v3"),
        ("https://github.acme.example/api/v3/", "https://github.acme.example/api/v3"),
        ("https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com"),
        ("http://127.0.0.1:8000/github/api/v3", "http://127.0.0.1:8000/github/api/v3"),
    ],
)
def test_the_address_of_the_api_follows_from_the_address_people_know(url: str, api: str) -> None:
    assert options(url=url).api == api


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"repositories": []}, "give either repositories"),
        ({"organization": "acme"}, "give either repositories"),
        ({"repositories": ["acme/shop", "Acme/Shop"]}, "named twice"),
        ({"repositories": ["shop"]}, "pattern"),
        ({"repositories": ["acme/shop/../.."]}, "pattern"),
        ({"url": "github.acme.example"}, "is not an address"),
        ({"url": "https://me:secret@github.acme.example"}, "must be a plain address"),
        ({"app_id": 7}, "also needs private_key_file and installation_id"),
        ({"app_id": 7, "private_key_file": "k", "installation_id": 1, "token": "t"}, "leave one out"),
        ({"seconds_between_writes": -1}, "greater than or equal"),
        ({"repos": ["acme/shop"]}, "Extra inputs"),
        ({"numbers": ["Effort"]}, "Extra inputs"),
    ],
)
def test_a_mistake_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message) as raised:
        options(**given)
    assert "secret" not in " ".join(error["msg"] for error in raised.value.errors())


def test_missing_credentials_are_fine_until_somebody_connects(context: Context) -> None:
    without = options()
    with pytest.raises(AuthError, match="Set GITHUB_TOKEN, GH_TOKEN or OKRSYNC_CONNECTIONS__GITHUB__TOKEN"):
        plugin.connect(without, context)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ключ"])
def test_a_token_that_cannot_be_one_is_refused_and_not_repeated(token: str, context: Context) -> None:
    with pytest.raises(AuthError) as raised:
        plugin.connect(options(token=token), context)
    assert token not in str(raised.value)


def test_a_missing_key_file_says_which(tmp_path: Path, context: Context) -> None:
    with pytest.raises(AuthError, match=r"nowhere\.pem"):
        plugin.connect(options(app_id=7, private_key_file=tmp_path / "nowhere.pem", installation_id=1), context)


def test_a_missing_certificate_file_says_which(tmp_path: Path, context: Context) -> None:
    with pytest.raises(ConnectionFailed, match=r"nowhere\.pem"):
        plugin.connect(options(token="t", ca_file=tmp_path / "nowhere.pem"), context)


def test_naming_the_plugin_imports_no_network_library() -> None:
    code = "import sys, okrsync_github; print({'github', 'requests', 'jinja2'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_the_template_engine_is_loaded_with_the_first_note() -> None:
    code = "import sys, okrsync_github.connector, okrsync_jira.connector; print('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
