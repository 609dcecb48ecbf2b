"""Each file in tests/broken has one failure, and beside it stands exactly what people are told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fake_plugins import fake_registry

from okrsync.errors import ConfigError
from okrsync.okrfile import load_okrs
from okrsync.settings import load_settings

BROKEN = Path(__file__).parents[1] / "broken"
GOOD = BROKEN / "good"
FILES = sorted(BROKEN.glob("*.yaml"))


def _load(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    registry = fake_registry()
    settings = load_settings(Path("okrsync.yaml"), {}, registry)
    load_okrs(settings, {name: registry.plugin(options.type) for name, options in settings.connections.items()})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "okrs").mkdir()
    shutil.copy(GOOD / "okrsync.yaml", tmp_path)
    shutil.copy(GOOD / "company.yaml", tmp_path / "okrs")
    return tmp_path


def test_the_good_files_are_good(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _load(folder, monkeypatch)


@pytest.mark.parametrize("broken", FILES, ids=lambda path: path.stem)
def test_a_broken_file_says_exactly_what_is_wrong(broken: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = "okrsync.yaml" if broken.stem.startswith("config-") else "okrs/shop.yaml"
    shutil.copy(broken, folder / place)

    with pytest.raises(ConfigError) as refused:
        _load(folder, monkeypatch)

    assert f"{refused.value}\n" == broken.with_suffix(".expected").read_text("utf-8")
    assert refused.value.exit_code == 2


def test_there_is_one_failure_in_each_file() -> None:
    texts = {path: path.read_text("utf-8") for path in BROKEN.glob("*.expected")}
    assert {path.stem for path in texts} == {path.stem for path in FILES}
    assert len(texts) >= 30
    assert [path.stem for path, text in texts.items() if not text.startswith("1 problem in ")] == []
