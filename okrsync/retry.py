"""The one retry policy. Libraries' own retries are switched off.

Reads retry what is transient. Writes retry only what surely did not happen; a write whose answer was lost
becomes :class:`OutcomeUnknown`, and the engine observes before doing it again. A rate limit is waited
for when short and otherwise handed on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from okrsync.errors import OutcomeUnknown, RateLimited, Transient

Answer = TypeVar("Answer")

ATTEMPTS = 5
PATIENCE = 60.0
"""Seconds that a run waits for a rate limit before it ends early and defers the rest."""


class Retry:
    """Runs a request under the policy; ``sleep`` takes seconds and is injected."""

    def __init__(self, sleep: Callable[[float], None], *, attempts: int = ATTEMPTS, patience: float = PATIENCE) -> None:
        self._sleep = sleep
        self._attempts = attempts
        self._patience = patience
        self._backoff = wait_exponential(multiplier=0.5, max=20) + wait_random(0, 0.5)

    def read(self, request: Callable[[], Answer]) -> Answer:
        return self._run(request, lambda error: isinstance(error, Transient))

    def write(self, request: Callable[[], Answer]) -> Answer:
        """Raises OutcomeUnknown where a sent write got no readable answer."""
        try:
            return self._run(request, lambda error: isinstance(error, Transient) and not error.sent)
        except Transient as error:
            if error.sent:
                raise OutcomeUnknown(error.message, hint=error.hint) from error
            raise

    def pause(self, seconds: float) -> None:
        """Wait on a connector's behalf, between two writes say; nothing happens for 0 or less."""
        if seconds > 0:
            self._sleep(seconds)

    def _run(self, request: Callable[[], Answer], harmless: Callable[[BaseException], bool]) -> Answer:
        def again(error: BaseException) -> bool:
            if isinstance(error, RateLimited):
                return error.retry_after <= self._patience
            return harmless(error)

        return Retrying(
            retry=retry_if_exception(again),
            stop=stop_after_attempt(self._attempts),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )(request)

    def _wait(self, state: RetryCallState) -> float:
        assert state.outcome is not None
        error = state.outcome.exception()
        backoff = self._backoff(state)
        return max(error.retry_after, backoff) if isinstance(error, RateLimited) else backoff
