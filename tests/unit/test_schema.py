from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_plugins import fake_registry
from jsonschema import Draft202012Validator

from okrsync.okrfile import load_okrs
from okrsync.registry import Registry
from okrsync.schema import main, schemas
from okrsync.settings import load_settings
from okrsync.settings.environment import secrets
from okrsync.settings.serve import Serve
from okrsync.yamlfile import parse_yaml, read_yaml

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
OKR_FILES = sorted((CONFIG / "okrs").glob("*.yaml"))


def _errors(schema: dict[str, Any], data: Any) -> list[str]:
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(data)]


def _configuration(**github: Any) -> dict[str, Any]:
    return {"okrs": ["*.yaml"], "connections": {"github": {"type": "github", **github}}}


@pytest.fixture(scope="module")
def of_the_configuration() -> dict[str, Any]:
    return schemas(fake_registry())["okrsync.schema.json"]


@pytest.fixture(scope="module")
def of_okr_files() -> dict[str, Any]:
    return schemas(fake_registry())["okrs.schema.json"]


def test_the_schemas_on_disk_are_what_the_models_say() -> None:
    assert main(["--check", "--directory", str(CONFIG)], Registry()) == 0


def test_drift_is_found_and_written_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = ["--directory", str(tmp_path)]
    assert main(["--check", *told], fake_registry()) == 1
    assert "Run python -m okrsync.schema --write" in capsys.readouterr().err
    assert main(["--write", *told], fake_registry()) == 0
    assert main(["--check", *told], fake_registry()) == 0
    (tmp_path / "okrs.schema.json").write_text("{}")
    assert main(["--check", *told], fake_registry()) == 1


def test_the_example_configuration_fits_its_schema() -> None:
    schema = json.loads((CONFIG / "okrsync.schema.json").read_text("utf-8"))
    assert _errors(schema, read_yaml(CONFIG / "okrsync.yaml", "okrsync.yaml").data) == []


@pytest.mark.parametrize("path", OKR_FILES, ids=lambda path: path.stem)
def test_the_example_okr_files_fit_their_schema(path: Path) -> None:
    schema = json.loads((CONFIG / "okrs.schema.json").read_text("utf-8"))
    assert _errors(schema, read_yaml(path, path.name).data) == []


@pytest.mark.parametrize("path", [CONFIG / "okrsync.yaml", *OKR_FILES], ids=lambda path: path.stem)
def test_every_example_names_its_schema_for_editors(path: Path) -> None:
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text("utf-8"))
    assert named
    assert (path.parent / named[1]).is_file()


def test_the_examples_load_with_the_shipped_connectors() -> None:
    registry = Registry()
    settings = load_settings(CONFIG / "okrsync.yaml", {}, registry)
    okrs = load_okrs(settings, {name: registry.plugin(one.type) for name, one in settings.connections.items()})
    assert {type(placed.key_result.measure).__name__ for placed in okrs.live()} == {
        "Completion", "Count", "Sum", "Ratio", "Duration", "Milestones", "Manual", "Boolean", "Maintain",
    }  # fmt: skip


def test_what_is_commented_out_in_the_example_loads_too(tmp_path: Path) -> None:
    text = (CONFIG / "okrsync.yaml").read_text("utf-8")
    for option in ("dashboard_url", "url", "app_id", "private_key_file", "installation_id", "email", "people"):
        text, uncommented = re.subn(rf"^( *)# ({option}: )", r"\1\2", text, flags=re.MULTILINE)
        assert uncommented == 1, option
    (tmp_path / "okrs").mkdir()
    (tmp_path / "okrs" / "shop.yaml").touch()
    (tmp_path / "okrsync.yaml").write_text(text, "utf-8")
    assert load_settings(tmp_path / "okrsync.yaml", {}).dashboard_url == "https://okr.acme.example"


def test_each_type_of_connection_has_its_own_options(of_the_configuration: dict[str, Any]) -> None:
    assert _errors(of_the_configuration, _configuration(repositories=["acme/shop"])) == []
    assert _errors(of_the_configuration, _configuration(projects=["SHOP"]))
    assert _errors(of_the_configuration, _configuration(repositories=["shop"]))
    assert _errors(of_the_configuration, {"okrs": ["a"], "connections": {"github": {"type": "gitub"}}})
    assert _errors(of_the_configuration, {"okrs": ["a"], "connections": {"jira": {"type": "jira"}}})


def test_a_secret_is_unknown_to_the_schema(of_the_configuration: dict[str, Any]) -> None:
    assert _errors(of_the_configuration, _configuration(repositories=["acme/shop"], token="x"))
    assert "SecretStr" not in json.dumps(of_the_configuration)
    assert set(_named("token", of_the_configuration)) == {r"^scrypt\$[A-Za-z0-9_-]+\$[A-Za-z0-9_-]+$"}


def _named(name: str, schema: Any) -> Iterator[str | None]:
    """The patterns of every property of this name: what people of the dashboard have is a hash, and nothing else."""
    if isinstance(schema, list):
        for one in schema:
            yield from _named(name, one)
    if isinstance(schema, dict):
        if isinstance(found := schema.get("properties", {}), dict) and name in found:
            yield from (one["pattern"] for one in found[name]["anyOf"] if one.get("type") != "null")
        for one in schema.values():
            yield from _named(name, one)


@pytest.mark.parametrize("labels", ["fast", ["fast"], {"any": ["fast"]}, None])
def test_labels_may_be_written_in_every_way_that_the_model_reads(labels: object, of_okr_files: dict[str, Any]) -> None:
    link = {"connection": "github", "repository": "acme/shop", "labels": labels}
    key_result = {"id": "a-1", "title": "A", "measure": {"type": "completion"}, "links": [link]}
    cycle = {"id": "q", "start": "2026-10-01", "end": "2026-12-31"}
    data = {"cycle": cycle, "objectives": [{"id": "a", "title": "A", "key_results": [key_result]}]}
    assert _errors(of_okr_files, data) == []
    assert _errors(of_okr_files, {**data, "cycel": 1})


def _names(schema: Any) -> Iterator[str]:
    """Every field that a schema knows, at any depth."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _names(part)


@pytest.mark.parametrize(
    ("schema", "examples"),
    [("okrsync.schema.json", [CONFIG / "okrsync.yaml"]), ("okrs.schema.json", OKR_FILES)],
    ids=["configuration", "okrs"],
)
def test_the_commented_examples_have_everything(schema: str, examples: list[Path]) -> None:
    text = "\n".join(path.read_text("utf-8") for path in examples)
    names = set(_names(schemas(Registry())[schema]))
    assert len(names) > 40
    assert [name for name in sorted(names) if not re.search(rf"(?<![\w-]){name}: *\S|{name}:$", text, re.M)] == []


def test_secrets_are_named_in_the_example_as_variables_only() -> None:
    text = (CONFIG / "okrsync.yaml").read_text("utf-8")
    named = [secret for type_ in Registry().types() for secret in secrets(Registry().plugin(type_).options)]
    assert len(named) >= 2
    assert [secret for secret in named if f"__{secret.upper()}" not in text] == []


def test_what_is_commented_out_in_the_example_is_right_too(tmp_path: Path) -> None:
    """Uncommented one at a time, as people do it: the form is right, whatever else it may then need."""
    text = (CONFIG / "okrsync.yaml").read_text("utf-8")
    wanted = schemas(Registry())["okrsync.schema.json"]
    allowed = r"^( *)# ([a-z_]+: .*)$"
    commented = [match for match in re.finditer(allowed, text, re.M) if match[1]]
    assert len(commented) > 10
    for match in commented:
        data = parse_yaml(text.replace(match[0], f"{match[1]}{match[2]}", 1), "okrsync.yaml").data
        for name in ("url",) if match[2].startswith("organization") else ():
            data["connections"]["github"].pop(name, None)
        assert _errors(wanted, data) == [], match[0]
    block = re.search(r"^# serve:\n(#   .*\n)+", text, re.M)
    assert block
    serve = parse_yaml(re.sub(r"^# ", "", block[0], flags=re.M), "okrsync.yaml").data["serve"]
    serve["users"]["ana"].pop("token")
    Serve.model_validate(serve)
