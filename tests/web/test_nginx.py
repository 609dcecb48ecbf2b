"""deploy/nginx.conf as it is, before a dashboard: who gets in, and who they are then."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from installation import Installation

from okrsync.web.access import new_token, token_hash
from okrsync.web.hooks import LARGEST
from okrsync.web.room import Room
from okrsync.web.serving import serving

pytestmark = [
    pytest.mark.real_time,
    pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed"),
    pytest.mark.filterwarnings("ignore:Unverified HTTPS request"),
]
DEPLOYED = (Path(__file__).parents[2] / "deploy" / "nginx.conf").read_text("utf-8")
SECRET = "It's a Secret to Everybody"
ANA = ("ana", "her password")
TOKEN = new_token()
SERVE = f"""
serve:
  port: 0
  badges: true
  secure_cookies: true
  proxy: {{address: 127.0.0.1, role: viewer}}
  users: {{ana: {{role: owner}}, max: {{role: admin, token: {token_hash(TOKEN)}}}}}
"""


@dataclass
class Outside:
    """Asks nginx as a browser or a program elsewhere would."""

    port: int
    plain: int

    def __call__(self, path: str, method: str = "GET", **given: Any) -> requests.Response:
        url = f"https://127.0.0.1:{self.port}{path}"
        return requests.request(method, url, verify=False, allow_redirects=False, timeout=20, **given)


@pytest.fixture
def outside(acme: Installation, tmp_path: Path) -> Iterator[Outside]:
    acme.config.write_text(acme.config.read_text() + SERVE)
    acme.environ["OKRSYNC_CONNECTIONS__GITHUB__WEBHOOK_SECRET"] = SECRET
    room = Room(acme.open, acme.config, acme.sandbox.clock.now)
    with serving(room, environ={"OKRSYNC_SESSION_KEY": "a key for tests, long enough"}) as server:
        made = Outside(free_port(), free_port())
        folder = prepared(tmp_path / "nginx", made, server.url.removeprefix("http://"))
        running = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"])
        try:
            wait_until_it_listens(made.port)
            yield made
        finally:
            running.terminate()
            running.wait(20)


def prepared(folder: Path, to: Outside, behind: str) -> Path:
    """A folder in which the deployed file finds everything at ports of ours."""
    (folder / "tls").mkdir(parents=True)
    name = folder / "tls" / "okr.acme.example"
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=acme"]
    subprocess.run([*certificate, "-keyout", f"{name}.key", "-out", f"{name}.pem"], check=True, capture_output=True)
    (folder / "htpasswd").write_text(f"{ANA[0]}:{{PLAIN}}{ANA[1]}\nvic:{{PLAIN}}x\n")
    adapted = DEPLOYED.replace("/etc/nginx/", f"{folder}/").replace("okrsync:8080", behind)
    adapted = adapted.replace("listen 443 ssl;", f"listen 127.0.0.1:{to.port} ssl;")
    adapted = adapted.replace("listen 80;", f"listen 127.0.0.1:{to.plain};")
    assert not re.search(r"listen \d+[; ]", adapted)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}\npid {folder}/pid;\nerror_log {folder}/errors;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{adapted}}}\n"
    )
    return folder


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def wait_until_it_listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


def delivery(body: bytes) -> dict[str, str]:
    made = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={made}", "X-GitHub-Delivery": "1", "X-GitHub-Event": "issues"}


def test_people_sign_in_at_nginx_and_are_who_they_are(outside: Outside) -> None:
    assert outside("/").status_code == 401
    assert outside("/", auth=("ana", "a guess")).status_code == 401
    page = outside("/", auth=ANA)
    assert page.status_code == 200
    assert "max-age" in page.headers["Strict-Transport-Security"]
    claimed = outside("/operations", auth=("vic", "x"), headers={"X-Remote-User": "max"})
    assert "Apply now" not in claimed.text
    assert "ana" in page.text


def test_programs_bring_a_token_of_their_own_and_may_claim_nothing(outside: Outside) -> None:
    me = outside("/api/v1/me", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (me.status_code, me.json()["name"]) == (200, "max")
    assert outside("/api/v1/me").status_code == 401
    assert outside("/api/v1/me", headers={"X-Remote-User": "max"}).status_code == 401


def test_badges_and_calendars_are_open_as_far_as_okrsync_opens_them(outside: Outside) -> None:
    assert outside("/badge/checkout-1.svg").status_code == 200
    feed = outside("/api/v1/me", headers={"Authorization": f"Bearer {TOKEN}"}).json()["feed"]
    calendar = outside(feed)
    assert calendar.status_code == 200
    assert calendar.text.startswith("BEGIN:VCALENDAR")
    assert outside("/feed.ics").status_code == 303
    assert outside("/feed.ics?key=wrong").status_code == 403


def test_deliveries_get_through_also_with_a_slash_at_the_end(outside: Outside) -> None:
    body = json.dumps(
        {
            "action": "closed",
            "issue": {"number": 2, "node_id": "I_2"},
            "repository": {"id": 1002, "full_name": "acme/shop"},
        }
    ).encode()
    assert outside("/hooks/github", "POST", data=body, headers=delivery(body)).status_code == 202
    assert outside("/hooks/github/", "POST", data=body, headers=delivery(body)).status_code == 200
    assert outside("/hooks/github", "POST", data=body).status_code == 401
    large = b" " * (LARGEST + 1)
    assert outside("/hooks/github", "POST", data=large, headers=delivery(large)).status_code == 413


def test_nothing_leads_away_from_https(outside: Outside) -> None:
    for path in ("/operations/", "/coach/", "/static", "/hooks/github/"):
        answer = outside(path, auth=ANA)
        assert not answer.headers.get("Location", "").startswith("http:"), path
    answer = requests.get(f"http://127.0.0.1:{outside.plain}/coach", allow_redirects=False, timeout=20)
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("https://")
    assert answer.headers["Location"].endswith("/coach")


def test_what_machines_inside_ask_is_not_there(outside: Outside) -> None:
    for path in ("/metrics", "/healthz", "/readyz"):
        for twist in (path, f"{path}/", f"/{path}", f"{path}//", f"{path}?"):
            assert outside(twist, auth=ANA).status_code == 404, twist
