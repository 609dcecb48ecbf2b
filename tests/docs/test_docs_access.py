"""What docs/access.md tells people to write and to send works."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from small_team import small_team

from okrsync.settings.serve import Serve
from okrsync.web.access import token_hash
from okrsync.web.room import Room
from okrsync.web.serving import serving

PAGE = (Path(__file__).parents[2] / "docs" / "access.md").read_text("utf-8")
SETTINGS = re.findall(r"<!-- serve -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
BLOCKS = re.findall(r"<!-- curl -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines()]
TOKEN = "the token of the page"
RULES = f"serve: {{port: 0, users: {{max: {{role: admin, token: {token_hash(TOKEN)}}}}}}}\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with small_team(tmp_path_factory.mktemp("docs") / "acme") as acme:
        acme.run()
        acme.config.write_text(acme.config.read_text() + RULES)
        room = Room(acme.open, acme.config, acme.sandbox.clock.now)
        with serving(room, environ={}) as server:
            yield server.url


@pytest.mark.parametrize("text", SETTINGS, ids=["tokens", "nginx"])
def test_the_settings_of_the_page_are_settings(text: str) -> None:
    assert Serve.model_validate(yaml.safe_load(text)["serve"]).guarded


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands are curl's")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.rpartition("/api/v1/")[2].rstrip('"'))
def test_the_commands_of_the_page_work(address: str, command: str) -> None:
    environ = {"OKRSYNC": address, "OKRSYNC_TOKEN": TOKEN, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-c", command], env=environ, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    if "-d " in command:
        assert answer["note"] == "Two of three pages are live"


def test_every_address_of_the_api_is_on_the_page() -> None:
    from okrsync.web import api

    told = PAGE.replace("`…/", "`key-results/ID/")
    paths = [route.path.removeprefix("/api/v1/") for router in api.ROUTERS for route in router.routes]
    assert len(paths) > 10
    for path in paths:
        named = path.replace("{name}", "ID").replace("{number}", "N").replace("{cycle}", "CYCLE")
        assert f"`{named}" in told, named


def test_what_the_page_quotes_of_nginx_is_what_is_deployed() -> None:
    deployed = (Path(__file__).parents[2] / "deploy" / "nginx.conf").read_text("utf-8")
    (quoted,) = re.findall(r"<!-- nginx -->\n```nginx\n(.*?)```", PAGE, re.DOTALL)
    for part in quoted.strip("\n").split("\n\n"):
        assert part in deployed


def test_the_settings_behind_nginx_are_settings() -> None:
    page = (Path(__file__).parents[2] / "docs" / "service.md").read_text("utf-8")
    (text,) = re.findall(r"<!-- serve -->\n```yaml\n(.*?)```", page, re.DOTALL)
    rules = Serve.model_validate(yaml.safe_load(text)["serve"])
    compose = yaml.safe_load((Path(__file__).parents[2] / "deploy" / "compose.yaml").read_text("utf-8"))
    assert rules.proxy
    assert rules.proxy.address == compose["services"]["nginx"]["networks"]["inside"]["ipv4_address"]
