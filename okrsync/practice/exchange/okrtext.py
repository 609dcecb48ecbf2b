"""Writes OKR files: YAML as people would write it, with comments where something has to be said."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from okrsync.errors import ConfigError
from okrsync.report.safe import plain
from okrsync.yamlfile import parse_yaml

_FLOWING = ("cycle", "measure", "links", "plan", "ignore", "roles")
"""Written in one line each, as ``{type: completion}``."""
_DAYS = ("start", "end", "due", "date", "created_since")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def okr_text(content: Mapping[str, Any], heading: Iterable[str] = (), remarks: Mapping[str, str] | None = None) -> str:
    """An OKR file as text. ``content`` are its fields as plain values; ``heading`` are lines of comment at its top.

    ``remarks`` are comments before a key result, by its id. The text reads back to the same values.
    """
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 10_000
    yaml.allow_unicode = True
    text = io.StringIO()
    yaml.dump(_tree(content, remarks or {}), text)
    return "".join(f"# {plain(line)}".rstrip() + "\n" for line in heading) + text.getvalue()


def _tree(content: Mapping[str, Any], remarks: Mapping[str, str]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    made = CommentedMap()
    for name, value in content.items():
        if name == "objectives":
            made[name] = [_objective(one, remarks) for one in value]
            made.yaml_set_comment_before_after_key(name, before="\n")
        else:
            made[name] = _value(name, value)
    return made


def _objective(objective: Mapping[str, Any], remarks: Mapping[str, str]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    made = CommentedMap({name: _value(name, value) for name, value in objective.items() if name != "key_results"})
    if objective.get("key_results"):
        made["key_results"] = [_key_result(one, remarks) for one in objective["key_results"]]
    return made


def _key_result(one: Mapping[str, Any], remarks: Mapping[str, str]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    made = CommentedMap({name: _value(name, value) for name, value in one.items()})
    if remark := remarks.get(str(one.get("id"))):
        made.yaml_set_comment_before_after_key("measure", before=plain(remark), indent=8)
    return made


def _value(name: str, value: Any) -> Any:
    if name in _FLOWING:
        return _flowing(value)
    return _dated(name, value) or _scalar(value, flowing=False)


def _dated(name: str, value: Any) -> date | None:
    """Days need no quotes."""
    return date.fromisoformat(value) if name in _DAYS and isinstance(value, str) and _DAY.fullmatch(value) else None


def _flowing(value: Any) -> Any:
    """A list of mappings has a line for each; a mapping stands in one."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        ordered = sorted(value.items(), key=lambda field: field[0] != "type")
        made = CommentedMap({name: _dated(name, one) or _inside(one) for name, one in ordered})
        made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        rows = CommentedSeq([_flowing(one) for one in value])
        if not rows:
            rows.fa.set_flow_style()
        return rows
    return _scalar(value)


def _inside(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedSeq

    if isinstance(value, list):
        made = CommentedSeq([_inside(one) for one in value])
        made.fa.set_flow_style()
        return made
    return _flowing(value) if isinstance(value, Mapping) else _scalar(value)


def _scalar(value: Any, *, flowing: bool = True) -> Any:
    """Whole numbers without a fraction; text in quotes wherever plain text would read as something else."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, str):
        from ruamel.yaml.scalarstring import DoubleQuotedScalarString

        return value if _reads_back(value, flowing=flowing) else DoubleQuotedScalarString(value)
    return value


def _reads_back(text: str, *, flowing: bool) -> bool:
    """Whether it is still text when it is written plainly."""
    if not text.isprintable() or text != text.strip():
        return False
    try:
        return bool(
            parse_yaml(f"a: [{text}]" if flowing else f"a: {text}", "").data == {"a": [text] if flowing else text}
        )
    except ConfigError:
        return False
