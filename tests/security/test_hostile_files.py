"""Files that are meant to hurt: refused in a moment, with file and line, and nothing in them is carried out."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hostile import WRITABLE, paints
from installation import Installation
from jinja2.exceptions import SecurityError
from okrsync_github import note as github_note
from okrsync_jira import note as jira_note
from typer.testing import CliRunner

from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.yamlfile import LARGEST_FILE

SOON = 3.0
"""Seconds of CPU, many times of what it takes."""
ROOM = 200 * 1024
"""Kilobytes that refusing may need beyond what the process already has."""


def bomb(depth: int = 40) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    return "\n".join(lines + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, depth)])


def doubling(depth: int) -> str:
    return "b0: &b0 {x: 1}\n" + "\n".join(f"b{n}: &b{n} {{l: *b{n - 1}, r: *b{n - 1}}}" for n in range(1, depth))


BOMBS = {
    "alias bomb": (bomb, "aliases stand for more than 10,000 values"),
    "alias bomb of fields": (lambda: doubling(60), "aliases stand for more than 10,000 values"),
    "nested lists": (lambda: "[" * 200_000, "nested more than 40 levels deep"),
    "nested fields": (lambda: "{a: " * 200_000, "nested more than 40 levels deep"),
    "nested blocks": (lambda: "- " * 3_000, "nested more than 40 levels deep"),
    "fields as names": (lambda: "? " * 3_000, "nested more than 40 levels deep"),
    "more than 10 MB": (lambda: "# " + "x" * LARGEST_FILE, "is larger than 10 MB"),
    "a Python object": (lambda: "a: !!python/object/apply:os.system ['touch owned']", "the tag `tag:yaml.org"),
    "a merged field": (lambda: "a: &a {b: 1}\nc: {<<: *a}", "`<<` (merging) is not supported"),
    "itself": (lambda: "a: &a [*a]", "no complete `&a`"),
}  # fmt: skip


def call(acme: Installation, *arguments: str) -> tuple[int, str]:
    session = Session(config=acme.config, environ=acme.environ, now=acme.sandbox.clock.now, sleep=acme.slept.append)
    result = CliRunner().invoke(app, list(arguments), obj=session)
    return result.exit_code, result.output + result.stderr


@pytest.mark.parametrize(("text", "said"), BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("file", ["okrs", "config"])
def test_a_file_that_would_eat_the_machine_is_refused(
    acme: Installation, file: str, text: Callable[[], str], said: str
) -> None:
    path: Path = getattr(acme, file)
    path.write_text(text())
    before, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    code, output = call(acme, "check", "--offline")
    assert code == 2
    assert said in output
    assert path.name in output
    assert time.process_time() - before < SOON
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < ROOM
    assert not (acme.folder / "owned").exists()
    assert not acme.sandbox.log.entries


def test_a_large_honest_file_is_read(acme: Installation) -> None:
    acme.okrs.write_text("# " + "x" * (LARGEST_FILE // 10) + "\n" + acme.okrs.read_text())
    assert call(acme, "check", "--offline")[0] == 0


@pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE)
def test_an_okr_file_full_of_it_is_taken_or_refused_without_paint(acme: Installation, text: str) -> None:
    data = yaml.safe_load(acme.okrs.read_text())
    data["objectives"][0] |= {"title": text[:300], "owner": text[:100], "team": text[:100]}
    data["objectives"][0]["key_results"][0]["title"] = text[:300]
    data["objectives"][0]["key_results"][2]["measure"] |= {"unit": text[:20]}
    acme.okrs.write_text(yaml.safe_dump(data))
    for command in (("check", "--offline"), ("status",), ("explain", "checkout-1"), ("explain", text[:200] or "x")):
        code, output = call(acme, *command)
        assert code in (0, 2)
        assert "Traceback" not in output
        assert not paints(output.replace("\n", ""))


@pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE)
def test_every_place_for_text_in_the_files_is_refused_without_paint(acme: Installation, text: str) -> None:
    data = yaml.safe_load(acme.okrs.read_text())
    first = data["objectives"][0]["key_results"][0]
    first |= {"id": text, text: text}
    first["links"] = [{"connection": text, "repository": text, "milestone": text, "query": text, "labels": [text]}]
    data["cycle"]["id"] = text
    acme.okrs.write_text(yaml.safe_dump(data))
    code, output = call(acme, "check", "--offline")
    assert code == 2
    assert "bug" not in output.lower() or "bug" in text
    assert not paints(output.replace("\n", ""))


@pytest.mark.parametrize("environment", [github_note._template().environment, jira_note._template().environment])
@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ line.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format(line) | upper | attr('x').y }}",
        "{% for n in range(10**9) %}x{% endfor %}",
        "{{ cycler.__init__.__globals__.os.system('id') }}",
    ],
)
def test_even_a_template_of_an_attacker_would_reach_nothing(environment: object, attack: str) -> None:
    """No text ever becomes a template; should that fail one day, the sandbox still stands."""
    with pytest.raises((SecurityError, OverflowError, Exception)) as refused:
        environment.from_string(attack).render(line=object())  # type: ignore[attr-defined]
    assert type(refused.value).__module__.startswith(("jinja2", "builtins"))
