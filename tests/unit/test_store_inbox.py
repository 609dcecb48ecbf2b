"""The inbox of webhooks, which a dashboard and a daemon may open for the first time in the same moment."""

from __future__ import annotations

import threading
from pathlib import Path

from okrsync.store.inbox import Inbox


def test_an_inbox_may_be_opened_for_the_first_time_by_many_at_once(tmp_path: Path) -> None:
    for number in range(10):
        file, failed = tmp_path / f"inbox-{number}", list[BaseException]()
        together = threading.Barrier(6)

        def opens(file: Path = file, failed: list[BaseException] = failed, begin: threading.Barrier = together) -> None:
            begin.wait(10)
            try:
                Inbox(file).close()
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=opens) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
