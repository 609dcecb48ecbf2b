"""A real HTTP server on this machine that takes what Apprise posts to ``json://`` addresses."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CUT = 0
"""In place of a status: the message is taken and the connection cut before the answer."""


@dataclass
class Letterbox:
    """``letters`` came in, by path; ``answers`` are statuses for the next ones, 200 when none is left."""

    port: int = 0
    letters: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)

    def address(self, path: str = "") -> str:
        return f"json://127.0.0.1:{self.port}/{path}"

    def titles(self, path: str | None = None) -> list[str]:
        return [letter["title"] for at, letter in self.letters if path is None or at == f"/{path}"]

    def text(self) -> str:
        return "\n".join(letter["message"] for _, letter in self.letters)


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    box = Letterbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = box.answers.popleft() if box.answers else 200
            if status in (200, CUT):
                box.letters.append((self.path, json.loads(body)))
            if status == CUT:
                self.connection.close()
                return
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
