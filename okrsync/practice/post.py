"""Sends a message through Apprise, and says honestly whether it arrived.

Apprise answers yes or no; why not is in its log alone. What surely never reached anybody may be sent again: the
connection was never made, or the answer was a refusal. Everything else may have arrived, and is not repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pydantic import SecretStr

from okrsync import redact
from okrsync.model.message import Delivery, Message, Outcome
from okrsync.settings.notify import split_addresses

if TYPE_CHECKING:
    from apprise import NotifyBase

Post = Callable[[SecretStr, Message], Delivery]
"""Sends a message to an address of one or several services. Never raises; a Delivery without ``why`` went well."""

_REFUSED = re.compile(r"error=(?!408)(?:4\d\d|501|503)\b")
_NEVER_CONNECTED = re.compile(
    r"failed to establish a new connection|failed to resolve|NameResolutionError|ConnectTimeout|connection refused"
    r"|CERTIFICATE_VERIFY_FAILED|name or service not known",
    re.IGNORECASE,
)


def send(address: SecretStr, message: Message) -> Delivery:
    """To every service of an address; failed only when it surely reached none of them."""
    import apprise

    deliveries = []
    for one in split_addresses(address.get_secret_value()):
        server = apprise.Apprise.instantiate(one)
        if server is None:
            deliveries.append(Delivery(Outcome.FAILED, "Apprise does not know this kind of address."))
            continue
        _conceal(server)
        deliveries.append(_send(server, message))
    worst = next((one for one in deliveries if one.why), Delivery(Outcome.SENT))
    if any(one.outcome is not Outcome.FAILED for one in deliveries) and worst.outcome is Outcome.FAILED:
        return Delivery(Outcome.UNKNOWN, f"Only a part of the services took it. {worst.why}")
    return worst


def _send(server: NotifyBase, message: Message) -> Delivery:
    import logging

    import apprise

    capture = apprise.LogCapture(level=logging.DEBUG, fmt="%(levelname)s %(message)s")  # type: ignore[no-untyped-call]
    with capture as log:
        done = server.notify(title=message.title, body=message.body, body_format=apprise.NotifyFormat.TEXT)
        told = log.getvalue()
    if done:
        return Delivery(Outcome.SENT)
    surely = _REFUSED.search(told) or _NEVER_CONNECTED.search(told)
    said = [line.removeprefix("WARNING ") for line in told.splitlines() if line.startswith(("WARNING ", "ERROR "))]
    return Delivery(Outcome.FAILED if surely else Outcome.UNKNOWN, redact.mask(" ".join(said) or "No reason was told."))


def _conceal(server: NotifyBase) -> None:
    """Apprise knows which parts of an address are private: those that it hides."""
    addresses = (server.url(privacy=hidden) for hidden in (False, True))  # type: ignore[no-untyped-call]
    shown, hidden = (set(re.split(r"[/:@?&=]", address)) for address in addresses)
    for secret in shown - hidden:
        redact.learn(secret)
        redact.learn(unquote(secret))
