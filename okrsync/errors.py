"""Errors named by what to do next.

Which to raise:

=================  ==========================================================  ====
error              raise it when                                               exit
=================  ==========================================================  ====
ConfigError        a file, flag or variable must be changed by a person        2
AuthError          the tracker does not accept the credentials (401)           4
Forbidden          accepted, but not allowed to do this (403, not a limit)     4
Rejected           the tracker will refuse this request for ever (4xx)         4
Gone               the thing is deleted, hidden, moved or transferred          4
Closed             the thing is locked or archived: nobody may write on it     4
RateLimited        wait ``retry_after`` seconds, then go on                    4
Transient          the same request may work in a moment (5xx, network)        4
OutcomeUnknown     a write was sent and nobody knows whether it happened       4
BadAnswer          the tracker answered something that makes no sense          4
ConnectionFailed   a person must mend something else on the tracker's side     4
Broken             a connector raised anything else (the fence does)           4
UnsafePlan         the plan removes so much that a person must confirm         5
StoreError         the store cannot be read or written                         1
Damaged            the store's file holds what okrsync did not write           1
Busy               another run holds the store                                 4
Interrupted        somebody asked the process to stop in the middle            1
=================  ==========================================================  ====

The exit code of a connection's error is 4 (partial), since the other connections go on.
"""

from __future__ import annotations

from dataclasses import dataclass

from okrsync.redact import mask


class OkrsyncError(Exception):
    """What went wrong in one sentence, and ``hint``: what to do next, in another. Neither ever holds a secret."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = mask(message)
        self.hint = mask(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file; ``line`` counts from 1 and is None where no line applies."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ConfigError(OkrsyncError):
    """Everything that is wrong in the files or the environment, all at once."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {problem}" for problem in self.problems)])


class ConnectionFailed(OkrsyncError):
    """A connection cannot do its part in this run; the others go on.

    ``retry_after``: seconds from now until another try may help, 0 where nobody knows.
    """

    exit_code = 4
    retry_after = 0.0


class AuthError(ConnectionFailed):
    """The credentials are missing, wrong or expired."""


class Forbidden(ConnectionFailed):
    """The credentials are fine and this is not allowed with them."""


class Rejected(ConnectionFailed):
    """The tracker refuses this very request; sending it again cannot help."""


class Gone(Rejected):
    """Deleted, hidden, moved or transferred. ``moved`` tells that it lives on elsewhere."""

    def __init__(self, message: str, *, hint: str = "", moved: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.moved = moved


class Closed(Rejected):
    """The target is locked or archived and takes no writes from anybody."""


class RateLimited(ConnectionFailed):
    """``retry_after``: seconds from now until the tracker will listen again."""

    def __init__(self, message: str, *, retry_after: float, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Transient(ConnectionFailed):
    """May work in a moment. ``sent`` is False only when the request surely never reached the tracker."""

    def __init__(self, message: str, *, hint: str = "", sent: bool = True) -> None:
        super().__init__(message, hint=hint)
        self.sent = sent


class OutcomeUnknown(ConnectionFailed):
    """A write was sent and its answer was lost: observe before doing it again."""


class BadAnswer(ConnectionFailed):
    """An answer that is no JSON, has the wrong shape, or repeats a page."""


class Broken(ConnectionFailed):
    """A connector did what its authors did not foresee; raised around connectors, never by one."""


class UnsafePlan(OkrsyncError):
    """The plan removes too much at once."""

    exit_code = 5


class StoreError(OkrsyncError):
    """The store cannot be opened, read or written."""


class Damaged(StoreError):
    """The store's file holds what okrsync did not write: a backup brings it back, or it is made anew."""


class Busy(OkrsyncError):
    """Another run holds the store."""

    exit_code = 4


class Interrupted(OkrsyncError):
    """Somebody asked the process to stop; what was done is kept."""
