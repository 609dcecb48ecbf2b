"""A configuration with both trackers, changed as told, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_plugins import FakeGitHubOptions, FakeJiraOptions, fake_registry

from okrsync.errors import ConfigError
from okrsync.settings import Settings, load_settings

GITHUB = {"type": "github", "repositories": ["acme/shop"]}
JIRA = {"type": "jira", "url": "https://acme.atlassian.net", "projects": ["SHOP"]}
SECRET = "s3cr3t-value"

Load = Callable[..., Settings]


def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write a configuration with both trackers, changed as told, and load it with these variables."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "okrs").mkdir()
    (tmp_path / "okrs" / "shop.yaml").write_text("")

    def loaded(environ: Mapping[str, str] | None = None, **changed: Any) -> Settings:
        content = {"okrs": ["okrs/*.yaml"], "connections": {"github": GITHUB, "jira": JIRA}, **changed}
        Path("okrsync.yaml").write_text(yaml.safe_dump(content))
        return load_settings(Path("okrsync.yaml"), environ or {}, fake_registry())

    return loaded


def problems_of(load: Load, environ: Mapping[str, str] | None = None, **changed: Any) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(environ, **changed)
    return [str(problem) for problem in refused.value.problems]


def github(settings: Settings, name: str = "github") -> FakeGitHubOptions:
    options = settings.connections[name]
    assert isinstance(options, FakeGitHubOptions)
    return options


def jira(settings: Settings) -> FakeJiraOptions:
    options = settings.connections["jira"]
    assert isinstance(options, FakeJiraOptions)
    return options


def token(settings: Settings, name: str = "github") -> str | None:
    token = github(settings, name).token
    return token.get_secret_value() if token else None
