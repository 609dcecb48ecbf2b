"""The token goes to the configured tracker, encrypted and to a server that proves who it is, or it goes nowhere."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from installation import CONFIG, Installation
from okrsync_github import plugin as github
from okrsync_jira import plugin as jira

from okrsync.connector import Connector, Context, is_exposed
from okrsync.errors import ConfigError, ConnectionFailed
from okrsync.marker import Namespace
from okrsync.retry import Retry

NOW = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
TOKEN = "token-for-one-host-only"
Make = Callable[..., Connector]


def context() -> Context:
    return Context("c", "acme", Namespace(), Retry(lambda _: None, attempts=2), lambda: NOW)


def a_github(url: str, **given: Any) -> Connector:
    options = {"type": "github", "url": url, "repositories": ["acme/shop"], "token": TOKEN} | given
    return github.connect(github.options.model_validate(options), context())


def a_jira_cloud(url: str, **given: Any) -> Connector:
    return a_jira_data_center(url, email="ana@acme.example", **given)


def a_jira_data_center(url: str, **given: Any) -> Connector:
    options = {"type": "jira", "url": url, "projects": ["SHOP"], "token": TOKEN} | given
    return jira.connect(jira.options.model_validate(options), context())


CONNECTORS = pytest.mark.parametrize("make", [a_github, a_jira_cloud, a_jira_data_center])


class Host:
    """A web server that remembers what it was sent and answers everything in the same way."""

    def __init__(self, status: int = 200, headers: dict[str, str] | None = None, tls: ssl.SSLContext | None = None):
        self.seen: list[tuple[str, dict[str, str]]] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                host.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(status)
                for name, value in {**(headers or {}), "content-length": "2"}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"[]")

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        scheme = "https" if tls else "http"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{scheme}://localhost:{self.server.server_address[1]}"


@contextmanager
def running(host: Host) -> Iterator[Host]:
    thread = threading.Thread(target=host.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        host.server.shutdown()
        thread.join()
        host.server.server_close()


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("http://jira.acme.example", True),
        ("http://10.0.0.7:8080/jira", True),
        ("http://localhost.evil.example", True),
        ("http://127.0.0.1.evil.example", True),
        ("http://0.0.0.0", True),
        ("HTTP://jira.acme.example", True),
        ("http://[fe80::1]", True),
        ("http://localhost:8080", False),
        ("http://127.0.0.1", False),
        ("http://127.8.9.10", False),
        ("http://[::1]:80", False),
        ("https://jira.acme.example", False),
    ],
)
def test_only_this_machine_is_trusted_without_encryption(url: str, exposed: bool) -> None:
    assert is_exposed(url) is exposed


@pytest.mark.parametrize("tracker", ["github", "jira"])
def test_an_unencrypted_address_is_refused_at_load(acme: Installation, tracker: str) -> None:
    urls = {"github": acme.sandbox.github_url, "jira": acme.sandbox.jira_url, tracker: "http://tracker.acme.example/x"}
    acme.config.write_text(CONFIG.format(**urls))
    with pytest.raises(ConfigError) as refused:
        acme.open()
    (problem,) = refused.value.problems
    assert problem.path == f"connections.{tracker}.url"
    assert problem.line == {"github": 5, "jira": 6}[tracker]
    assert problem.message == "would send the token unencrypted; use https:, or set allow_http: true"


@pytest.mark.parametrize("said_in", ["the file", "the environment"])
def test_who_insists_may(acme: Installation, said_in: str) -> None:
    config = CONFIG.format(github="http://github.acme.example", jira=acme.sandbox.jira_url)
    if said_in == "the file":
        config = config.replace("type: github,", "type: github, allow_http: true,")
    else:
        acme.environ["OKRSYNC_CONNECTIONS__GITHUB__ALLOW_HTTP"] = "true"
    acme.config.write_text(config)
    with acme.open() as app:
        assert app.settings.connections["github"].allow_http is True


@CONNECTORS
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_does_not_carry_the_token_to_another_host(make: Make, status: int) -> None:
    with running(Host()) as other, running(Host(status, {"Location": f"{other.url}/repositories/7"})) as own:
        connector = make(own.url)
        for act in (lambda: list(connector.check()), lambda: connector.scopes(())):
            with suppress(ConnectionFailed):
                act()
        connector.close()
        assert own.seen
        assert not other.seen


@pytest.mark.parametrize(
    "next_page", ["{other}/issues?page=2", "@{bare}/issues", ".{bare}/", "//{bare}/x", "HTTP:{bare}"]
)
def test_a_next_page_on_another_host_is_not_asked_for(next_page: str) -> None:
    with running(Host()) as other:
        address = next_page.format(other=other.url, bare=other.url.removeprefix("http://"))
        with running(Host(200, {"Link": f'<{address}>; rel="next"'})) as own:
            connector = a_github(own.url, organization="acme", repositories=())
            with suppress(ConnectionFailed):
                connector.scopes(())
            connector.close()
            assert own.seen
        assert not other.seen


@CONNECTORS
def test_the_token_of_another_tool_is_never_taken(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine localhost login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with running(Host()) as own:
        connector = make(own.url)
        list(connector.check())
        connector.close()
        sent = {headers["authorization"] for _, headers in own.seen}
    assert len(sent) == 1
    assert requests.auth._basic_auth_str("somebody", "else") not in sent


class Authority:
    """A certificate authority of a company of its own, and a server's certificate that it signed."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "authority.pem"
        own, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Acme Authority")])
        self.file.write_bytes(_pem(_certificate(name, name, own, own, authority=True)))
        host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        (folder / "server.pem").write_bytes(
            _pem(_certificate(host, name, server, own, authority=False))
            + server.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(folder / "server.pem")


def _certificate(subject: x509.Name, issuer: x509.Name, key: Any, signer: Any, *, authority: bool) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    builder = builder if authority else builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    usage = x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return builder.add_extension(issued_by, critical=False).sign(signer, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@CONNECTORS
def test_a_server_that_cannot_prove_who_it_is_gets_no_token(make: Make, authority: Authority) -> None:
    with running(Host(tls=authority.tls)) as impostor:
        connector = make(impostor.url)
        said = " ".join(f"{found.message} {found.hint}" for found in connector.check())
        connector.close()
        assert "certificate" in said
        assert "ca_file" in said
        assert not impostor.seen


@CONNECTORS
def test_a_private_authority_is_trusted_where_it_is_named(make: Make, authority: Authority) -> None:
    with running(Host(tls=authority.tls)) as own:
        connector = make(own.url, ca_file=str(authority.file))
        list(connector.check())
        connector.close()
        assert own.seen
        assert all(TOKEN in str(headers) or "Basic" in str(headers) for _, headers in own.seen)
