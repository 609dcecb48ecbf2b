"""OKR files as a test writes them, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_plugins import fake_registry

from okrsync.errors import ConfigError
from okrsync.model.okr import Okrs
from okrsync.okrfile import load_okrs
from okrsync.settings import load_settings

CONFIGURATION = """
okrs: [okrs/*.yaml]
connections:
  github: {type: github, organization: acme}
  jira: {type: jira, url: https://acme.atlassian.net, projects: [SHOP], numbers: [Cost]}
"""
CYCLE = {"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"}

Load = Callable[..., Okrs]


def key_result(**changed: Any) -> dict[str, Any]:
    return {"id": "checkout-1", "title": "Ship it", "measure": {"type": "completion"}, **changed}


def objective(*key_results: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"id": "checkout", "title": "Buying is effortless", "key_results": list(key_results), **changed}


def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write each file (its objectives, or its whole content) and load them all."""
    monkeypatch.chdir(tmp_path)
    Path("okrs").mkdir()

    def loaded(*, configuration: str = CONFIGURATION, **files: Any) -> Okrs:
        Path("okrsync.yaml").write_text(configuration)
        for name, content in files.items():
            whole = content if isinstance(content, dict | str) else {"cycle": CYCLE, "objectives": content}
            text = whole if isinstance(whole, str) else yaml.safe_dump(whole, sort_keys=False)
            Path(f"okrs/{name}.yaml").write_text(text, "utf-8")
        registry = fake_registry()
        settings = load_settings(Path("okrsync.yaml"), {}, registry)
        return load_okrs(settings, {name: registry.plugin(one.type) for name, one in settings.connections.items()})

    return loaded


def problems_of(load: Load, **files: Any) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(**files)
    return [str(problem) for problem in refused.value.problems]


def messages_of(load: Load, written: dict[str, Any], **changed: Any) -> list[str]:
    problems = problems_of(load, shop=[objective(key_result(**written))], **changed)
    return [problem.partition("key_results[0].")[2] for problem in problems]
