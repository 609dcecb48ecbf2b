"""Who is asking, and what they may see and do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv6Network, ip_address

from okrsync.model.closing import ClosedObjective
from okrsync.model.okr import Objective, Placed
from okrsync.settings.serve import Proxy, User

_COST = {"n": 2**14, "r": 8, "p": 1}
"""16 MB and some 40 ms a try: what OWASP asks of scrypt for passwords, and tokens are longer than those."""

_SALT = 16
"""Letters that a token begins with and that are its salt: 96 bits."""


class Role(StrEnum):
    """What a visitor may do: look, check in on own key results, or everything."""

    VIEWER = "viewer"
    OWNER = "owner"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is let in."""

    name: str
    role: Role
    teams: frozenset[str] = frozenset()

    def sees(self, objective: Objective | ClosedObjective) -> bool:
        """Private objectives are for their team, their owner and admins."""
        if objective.visibility == "all" or self.role is Role.ADMIN:
            return True
        return objective.team in self.teams or objective.owner == self.name

    def may_check_in(self, placed: Placed) -> bool:
        """Owners and admins may, on what they see."""
        if not self.sees(placed.objective) or self.role is Role.VIEWER:
            return False
        return self.role is Role.ADMIN or self.name in (placed.key_result.owner, placed.objective.owner)


LOCAL = Visitor("you", Role.ADMIN)
"""Whoever sits at this machine, where nobody has to sign in."""


def visitor(name: str, users: Mapping[str, User], otherwise: str | None = None) -> Visitor | None:
    """The visitor of this name; one that is not among the users has the role ``otherwise``, or is nobody."""
    user = users.get(name)
    if user is None:
        return Visitor(name, Role(otherwise)) if otherwise else None
    return Visitor(name, Role(user.role), frozenset(user.teams))


def from_proxy(
    address: str, header: Callable[[str], str | None], proxy: Proxy, users: Mapping[str, User]
) -> Visitor | None:
    """Whom the trusted proxy names; the header of anybody else counts for nothing."""
    name = header(proxy.user_header) if address == proxy.address else None
    return visitor(as_written(name), users, proxy.role) if name else None


def as_written(header: str) -> str:
    """Proxies write names in UTF-8 where they are not ASCII, and what reads them takes each byte for a letter."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def new_token() -> str:
    """A token nobody can guess: 256 bits, after those of its salt."""
    return secrets.token_urlsafe(44)


def token_hash(token: str) -> str:
    """``scrypt$salt$key``, both in URL-safe base64: what the configuration keeps of a token that ``new_token`` made.

    The salt is what the token begins with, so that its hash is found without trying everybody's.
    """
    salt = _salt(token)
    key = hashlib.scrypt(token.encode("utf-8", "surrogatepass"), salt=salt, **_COST)
    return f"scrypt${_text(salt)}${_text(key)}"


def user_of(token: str, users: Mapping[str, User]) -> str | None:
    """Whose token this is."""
    begin = f"scrypt${_text(_salt(token))}$"
    for name, user in users.items():
        if user.token and user.token.startswith(begin) and hmac.compare_digest(token_hash(token), user.token):
            return name
    return None


def fingerprint(user: User | None) -> str:
    """Differs once somebody gets another token, or loses theirs; tells nothing of it."""
    return hashlib.sha256((user.token if user and user.token else "").encode()).hexdigest()[:16]


def _salt(token: str) -> bytes:
    return token[:_SALT].encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def household(address: str) -> str:
    """Whose tries are counted together: a whole /64 of IPv6, which is what a single line is given; else the address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(found.ipv4_mapped or IPv6Network((int(found), 64), strict=False))


@dataclass
class Patience:
    """At most ``tries`` failures from one address within ``seconds``; ``clock`` counts seconds.

    Beyond so many ``addresses`` those whose failures are over are forgotten, so that guessing fills no memory for long.
    """

    clock: Callable[[], float]
    tries: int = 5
    seconds: float = 300.0
    addresses: int = 1000
    _failures: dict[str, deque[float]] = field(default_factory=dict)

    def exhausted(self, address: str) -> bool:
        """Whether so many tries from an address failed lately that no other is looked at."""
        recent = self._recent(address)
        return len(recent) >= self.tries

    def failed(self, address: str) -> None:
        """Note a wrong token from an address."""
        if len(self._failures) >= self.addresses:
            for known in list(self._failures):
                self._recent(known)
        self._failures.setdefault(address, deque()).append(self.clock())

    def forget(self, address: str) -> None:
        """A right token makes up for the wrong ones before it."""
        self._failures.pop(address, None)

    def _recent(self, address: str) -> deque[float]:
        recent = self._failures.get(address, deque())
        while recent and recent[0] <= self.clock() - self.seconds:
            recent.popleft()
        if not recent:
            self._failures.pop(address, None)
        return recent


@dataclass
class Remembered:
    """Whose tokens were found right within the last ``seconds``, by their checksum: a try takes a while.

    A token counts only as long as its hash in the configuration is the one that it was tried against.
    """

    clock: Callable[[], float]
    seconds: float = 300.0
    _known: dict[bytes, tuple[float, str, str]] = field(default_factory=dict)

    def owner(self, token: str, users: Mapping[str, User]) -> str | None:
        """Whose token it is, if that was found out lately and the user is still configured the same way."""
        until, name, proof = self._known.get(_checksum(token), (0.0, "", ""))
        user = users.get(name)
        fresh = user is not None and self.clock() < until and fingerprint(user) == proof
        return name if fresh else None

    def keep(self, token: str, name: str, user: User) -> None:
        """Remember whose token it is; not the token."""
        now = self.clock()
        self._known = {key: one for key, one in self._known.items() if one[0] > now}
        self._known[_checksum(token)] = now + self.seconds, name, fingerprint(user)


def _checksum(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
