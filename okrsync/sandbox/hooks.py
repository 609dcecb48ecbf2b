"""Webhooks that the sandbox sends: signed as the real trackers sign theirs, in order, by a thread of their own."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Queue
from urllib.parse import urlsplit

_SECONDS = 10.0


@dataclass(frozen=True)
class Delivery:
    """What goes to one address. ``signature`` names the header of the HMAC."""

    url: str
    secret: str
    headers: Mapping[str, str]
    body: bytes
    signature: str


class Postman:
    """Brings deliveries. ``answers`` are the status codes he got, oldest first; 0 where nobody was at home."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self._bag: Queue[Delivery | None] = Queue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def take(self, delivery: Delivery) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._walk, name="sandbox postman", daemon=True)
                self._thread.start()
        self._bag.put(delivery)

    def wait(self) -> None:
        """Until everything was brought."""
        self._bag.join()

    def retire(self) -> None:
        if self._thread is not None:
            self._bag.put(None)
            self._thread.join()
            self._thread = None

    def _walk(self) -> None:
        while (delivery := self._bag.get()) is not None:
            try:
                self.answers.append(_bring(delivery))
            finally:
                self._bag.task_done()
        self._bag.task_done()


def _bring(delivery: Delivery) -> int:
    from http.client import HTTPConnection, HTTPException

    address = urlsplit(delivery.url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=_SECONDS)
    made = hmac.new(delivery.secret.encode(), delivery.body, hashlib.sha256).hexdigest()
    headers = {**delivery.headers, "Content-Type": "application/json", delivery.signature: f"sha256={made}"}
    try:
        connection.request("POST", address.path, delivery.body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
