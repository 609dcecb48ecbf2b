"""The benchmark's server: two trackers in a process of their own, as cheap as a server can be.

``python -m benchmarks.server --items 10000`` prints its address and serves until its standard input closes.
What it costs is nobody's CPU but its own; ``/_bench`` sets the latency, marks items as changed and counts requests.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
from datetime import UTC, datetime
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit

from benchmarks.answer import Answer, as_json
from benchmarks.github_side import GitHubSide
from benchmarks.jira_side import JiraSide

PARTS = 8
"""Repositories and projects that the same number of items is also offered in, for parallel pulls."""


class Trackers:
    """Routes requests and counts them; ``latency`` is in seconds and added to every answer."""

    def __init__(self, host: str, items: int) -> None:
        self.latency = 0.0
        self.requests = 0
        parts = {f"part{number}": items // PARTS for number in range(1, PARTS + 1)}
        self._github = GitHubSide(host, {"acme/shop": items} | {f"acme/{name}": size for name, size in parts.items()})
        self._jira = JiraSide(host, {"SHOP": items} | {name.upper(): size for name, size in parts.items()})

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        address = urlsplit(target)
        query = dict(parse_qsl(address.query))
        if address.path == "/_bench":
            return self._control(query)
        self.requests += 1
        if address.path.startswith("/api/v3"):
            return self._github.answer(address.path, query)
        return self._jira.answer(address.path, query, body if method == "POST" else b"")

    def _control(self, query: dict[str, str]) -> Answer:
        """Applies what the query names and tells how many requests came since the last call."""
        self.latency = float(query.get("latency", self.latency))
        if "touch" in query:
            for side in (self._github, self._jira):
                side.touch(int(query["touch"]), datetime.now(UTC))
        seen, self.requests = self.requests, 0
        return as_json({"requests": seen})


class Http(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, one request after the other; what the clients measured here speak."""

    def __init__(self, trackers: Trackers) -> None:
        self._trackers = trackers
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        method, target, _ = first.split(" ")
        answer = self._trackers.answer(method, target, rest[:length])
        if self._trackers.latency and not target.startswith("/_bench"):
            asyncio.get_running_loop().call_later(self._trackers.latency, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(answer.body)),
            "Date": formatdate(usegmt=True),
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": "4900",
            **answer.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._transport.writelines([f"HTTP/1.1 {answer.status} .\r\n{lines}\r\n".encode(), answer.body])


async def serve(items: int) -> None:
    loop = asyncio.get_running_loop()
    trackers: list[Trackers] = []
    server = await loop.create_server(lambda: Http(trackers[0]), "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    trackers.append(Trackers(host, items))
    gc.freeze()
    print(f"http://{host}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    asyncio.run(serve(parser.parse_args().items))


if __name__ == "__main__":
    main()
