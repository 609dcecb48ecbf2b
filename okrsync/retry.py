"""The one retry policy. Libraries' own retries are switched off.

Reads retry what is transient. Writes retry only what surely did not happen; a write whose answer was lost
becomes :class:`OutcomeUnknown`, and the engine observes before doing it again. A rate limit is waited
for when short and otherwise handed on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from okrsync.errors import ConnectionFailed, OutcomeUnknown, RateLimited, Transient

Answer = TypeVar("Answer")

ATTEMPTS = 5
PATIENCE = 60.0
"""Seconds that a run waits for a rate limit before it ends early and defers the rest."""

LONGEST = 86_400.0
"""Seconds. No tracker's limit lasts longer than a day, so a header that says so is a mistake."""


def plausible(seconds: float, otherwise: float) -> float:
    """A wait as a header tells it, where it can be meant; ``otherwise`` where it is no number, or beyond LONGEST."""
    return seconds if 0 <= seconds <= LONGEST else otherwise


@dataclass
class Patience:
    """How long requests may hold up a run: ``once`` is what a limit may ask for, ``left`` what all waits may take.

    What fails costs the time of ``clock``, too: a tracker that answers nothing until a timeout is not asked five times.
    Several clients may share one.
    """

    once: float = PATIENCE
    left: float = math.inf
    clock: Callable[[], float] = lambda: 0.0


class Retry:
    """Runs a request under the policy; ``sleep`` takes seconds and is injected.

    An error that is handed on for want of patience tells in ``retry_after`` when the next try is due; not so where the
    tracker hung: asked again soon, it would only hang again.
    """

    def __init__(
        self, sleep: Callable[[float], None], *, attempts: int = ATTEMPTS, patience: Patience | None = None
    ) -> None:
        self._sleep = sleep
        self._attempts = attempts
        self._patience = patience or Patience()
        self._hung = False
        self._backoff = wait_exponential(multiplier=0.5, max=20) + wait_random(0, 0.5)

    def read(self, request: Callable[[], Answer]) -> Answer:
        """Try again what is transient or limited for a while. Raises what the last try raised."""
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
                return error.retry_after <= self._patience.once
            return harmless(error)

        enough = stop_after_attempt(self._attempts)
        return Retrying(
            retry=retry_if_exception(again),
            stop=lambda state: enough(state) or self._too_late(state),
            wait=self._wait,
            sleep=self._patiently,
            reraise=True,
        )(lambda: self._timed(request))

    def _timed(self, request: Callable[[], Answer]) -> Answer:
        began = self._patience.clock()
        try:
            return request()
        except ConnectionFailed:
            took = self._patience.clock() - began
            self._patience.left -= took
            self._hung = took > self._patience.once
            raise

    def _patiently(self, seconds: float) -> None:
        self._patience.left -= seconds
        self._sleep(seconds)

    def _too_late(self, state: RetryCallState) -> bool:
        """Whether the next try would come after all patience; then the error says when it may come."""
        assert state.outcome is not None
        error = state.outcome.exception()
        if state.upcoming_sleep <= self._patience.left:
            return False
        if isinstance(error, ConnectionFailed) and not self._hung:
            error.retry_after = state.upcoming_sleep
        return True

    def _wait(self, state: RetryCallState) -> float:
        assert state.outcome is not None
        error = state.outcome.exception()
        backoff = self._backoff(state)
        return max(error.retry_after, backoff) if isinstance(error, RateLimited) else backoff
