"""What systemd and containers see of the daemon, and the files that tell them how to run it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from okrsync.daemon.systemd import Supervisor
from okrsync.settings.serve import Serve

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SERVICE = (ROOT / "docs" / "service.md").read_text("utf-8")


@pytest.fixture
def systemd(tmp_path: Path) -> socket.socket:
    door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    door.bind(str(tmp_path / "notify"))
    door.setblocking(False)
    return door


def heard(systemd: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(systemd.recv(100).decode())
        except BlockingIOError:
            return found


def test_it_says_that_it_is_ready_alive_and_about_to_stop(systemd: socket.socket) -> None:
    now = [0.0]
    environ = {"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}
    told = Supervisor(environ, lambda: now[0])
    told.ready()
    for second in range(60):
        now[0] = float(second)
        told.alive()
    told.stopping()
    assert heard(systemd) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]
    now[0] = 100.0
    assert told.silence() == 41


def test_where_systemd_is_slow_to_listen_nothing_waits_and_ready_is_said_again(systemd: socket.socket) -> None:
    told = Supervisor({"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "1"}, lambda: 0.0)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other, suppress(BlockingIOError):
        other.setblocking(False)
        while True:
            other.sendto(b"busy", systemd.getsockname())
    speaking = threading.Thread(target=lambda: (told.ready(), told.alive(), told.stopping()), daemon=True)
    speaking.start()
    speaking.join(10)
    assert not speaking.is_alive()
    assert set(heard(systemd)) == {"busy"}
    told.alive()
    told.alive()
    assert heard(systemd) == ["READY=1"]


@pytest.mark.parametrize("more", [{}, {"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}])
def test_without_a_watchdog_of_its_own_it_gives_no_signs_of_life(systemd: socket.socket, more: dict[str, str]) -> None:
    told = Supervisor({"NOTIFY_SOCKET": systemd.getsockname(), **more}, lambda: 0.0)
    told.alive()
    assert heard(systemd) == []


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}, {"NOTIFY_SOCKET": "@nobody-listens"}])
def test_where_nobody_listens_nothing_happens(environ: dict[str, str]) -> None:
    told = Supervisor({**environ, "WATCHDOG_USEC": "1"}, lambda: 0.0)
    told.ready()
    told.alive()


def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("systemd is not installed")
    unit = tmp_path / "okrsync.service"
    unit.write_text((DEPLOY / "okrsync.service").read_text().replace("/opt/okrsync/bin/okrsync", "/bin/true"))
    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "okrsync" in line]) == (0, [])


def test_the_image_is_made_of_what_there_is_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text()
    assert [name for name in copied if f"!{name}\n" not in kept] == []
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 2
    assert re.search(r"^USER 1\d{4}$", text, re.MULTILINE)
    assert "/healthz" in text
    assert "syntax=" not in text, "the engine's own builder knows all that is used here, and fetches nothing more"


def test_the_containers_agree_on_the_proxys_address() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    address = composed["services"]["nginx"]["networks"]["inside"]["ipv4_address"]
    assert f"proxy: {{address: {address}}}" in SERVICE
    assert composed["services"]["okrsync"]["read_only"] is True
    assert "ports" not in composed["services"]["okrsync"]


def test_a_container_by_itself_is_confined_as_the_composed_one_is() -> None:
    (run,) = re.findall(r"^docker run (--detach(?:.*\\\n)*.*)$", SERVICE, re.MULTILINE)
    told = dict(re.findall(r"--([\w-]+)(?: (?!--)([^\s\\]+))?", run))
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["okrsync"]
    assert {name: told[name] for name in ("restart", "tmpfs", "cap-drop", "security-opt", "memory")} == {
        "restart": service["restart"],
        "tmpfs": "".join(service["tmpfs"]),
        "cap-drop": "".join(service["cap_drop"]),
        "security-opt": service["security_opt"][0].removesuffix(":true"),
        "memory": service["mem_limit"],
    }
    assert f"{told['stop-timeout']}s" == service["stop_grace_period"]
    assert service["init"] is service["read_only"] is True
    assert {"init", "read-only"} <= set(told)


def test_a_command_by_hand_sees_what_the_service_sees() -> None:
    (command,) = re.findall(r"^  systemd-run (?:.*\\\n)*.*$", SERVICE, re.MULTILINE)
    unit = (DEPLOY / "okrsync.service").read_text().replace("%S", "/var/lib")
    given = dict(re.findall(r"--property (\w+)=(\S+)", command))
    for name, value in given.items():
        assert name == "User" or re.search(rf"^{name}=-?{re.escape(value)}$", unit, re.MULTILINE), name
    assert {"DynamicUser", "StateDirectory", "EnvironmentFile", "UMask"} <= set(given)
    store, config = (re.findall(rf"--setenv {name}=(\S+)", command)[0] for name in ("OKRSYNC_STORE", "OKRSYNC_CONFIG"))
    assert f"Environment=OKRSYNC_STORE={store}\n" in unit
    assert f"--config {config} daemon" in unit


def test_what_is_put_beside_the_containers_is_never_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    mounted = [volume.split(":")[0] for one in composed.values() for volume in one["volumes"] if volume[0] == "."]
    own = {name.removeprefix("./") for name in [*mounted, composed["okrsync"]["env_file"]]} - {"nginx.conf"}
    assert {line.removeprefix("/deploy/").rstrip("/") for line in ignored if line.startswith("/deploy/")} == own


def test_nginx_lets_nobody_name_themselves() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert 'proxy_set_header X-Remote-User     "";' in text
    assert "X-Remote-User     $remote_user" in text
    passing = text.count("proxy_pass ")
    assert passing == 2, "a new location needs the header, too"


def test_the_examples_of_the_page_can_be_read() -> None:
    blocks = re.findall(r"```yaml\n(serve:.*?)```", SERVICE, re.DOTALL)
    assert len(blocks) >= 2
    for block in blocks:
        Serve.model_validate(yaml.safe_load(block)["serve"])
