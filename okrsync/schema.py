"""Writes the JSON Schemas of okrsync.yaml and OKR files, for editors, and of run reports; ``--check`` finds drift.

    python -m okrsync.schema --check | --write [--directory config]

The models are the source. Secrets are absent from the schemas, since they must not be in the files.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from pydantic import BaseModel

from okrsync.connector import Plugin
from okrsync.model.okr import OkrFile
from okrsync.model.run import Failure, RunReport
from okrsync.registry import Registry
from okrsync.settings import General
from okrsync.settings.environment import secrets
from okrsync.settings.model import CONNECTION_NAME, LONGEST_CONNECTION_NAME

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(registry: Registry) -> dict[str, dict[str, Any]]:
    """File name to JSON Schema, with the options of every connector that the registry knows."""
    plugins = {name: registry.plugin(name) for name in registry.types()}
    return {
        "okrsync.schema.json": _headed("okrsync configuration", _configuration(plugins)),
        "okrs.schema.json": _headed("OKRs of one cycle", OkrFile.model_json_schema()),
        "run.schema.json": _headed("One run, as `okrsync sync --json` reports it, or why there is none", _run()),
    }


def schema_texts(registry: Registry) -> dict[str, str]:
    """File name to what the file says."""
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas(registry).items()}


def _headed(title: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": _DIALECT, **schema, "title": title}


def _run() -> dict[str, Any]:
    refs, definitions = msgspec.json.schema_components((RunReport, Failure), ref_template="#/$defs/{name}")
    return {"anyOf": list(refs), "$defs": definitions}


def _configuration(plugins: Mapping[str, Plugin]) -> dict[str, Any]:
    schema = General.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    for name, plugin in plugins.items():
        options = _options(name, plugin.options)
        definitions |= options.pop("$defs", {})
        definitions[f"{name}_connection"] = options
    connections = schema["properties"]["connections"]
    connections.pop("patternProperties", None)
    for secret in secrets(General):
        schema["properties"].pop(secret, None)
    connections["propertyNames"] = {"pattern": CONNECTION_NAME, "maxLength": LONGEST_CONNECTION_NAME}
    connections["additionalProperties"] = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": sorted(plugins), "description": "Which tracker this is."}},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}},
                "then": {"$ref": f"#/$defs/{name}_connection"},
            }
            for name in sorted(plugins)
        ],
    }
    return schema


def _options(name: str, options: type[BaseModel]) -> dict[str, Any]:
    schema = options.model_json_schema()
    for secret in secrets(options):
        schema["properties"].pop(secret, None)
    schema["properties"]["type"] = {"const": name}
    schema["required"] = sorted({"type", *schema.get("required", ())} - set(secrets(options)))
    return schema


def main(arguments: Sequence[str] | None = None, registry: Registry | None = None) -> int:
    """0, or 1 when a file on disk is not what the models say."""
    parser = argparse.ArgumentParser(prog="python -m okrsync.schema", description="JSON Schemas for editors.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="compare the files with the models")
    what.add_argument("--write", action="store_true", help="write the files")
    parser.add_argument("--directory", type=Path, default=Path("config"), help="where they are (config)")
    chosen = parser.parse_args(arguments)
    texts = {chosen.directory / name: text for name, text in schema_texts(registry or Registry()).items()}
    differing = [path for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text]
    if chosen.check:
        for path in differing:
            sys.stderr.write(f"{path} is not what the models say. Run python -m okrsync.schema --write.\n")
        return 1 if differing else 0
    for path in differing:
        path.write_text(texts[path], "utf-8")
        sys.stderr.write(f"Wrote {path}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
