"""What every page asks first: who is there, and whether a form really comes from a page of ours."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from typing import Annotated, cast

from fastapi import Depends, HTTPException, Request
from itsdangerous import BadData

from okrsync.connector import is_here
from okrsync.errors import ConfigError
from okrsync.model.okr import Placed
from okrsync.near import did_you_mean
from okrsync.practice.desk import Desk
from okrsync.settings.serve import Serve
from okrsync.store.file import place
from okrsync.store.inbox import Inbox, inbox_beside
from okrsync.views import find
from okrsync.web.access import LOCAL, Role, Visitor, fingerprint, from_proxy, household, user_of, visitor
from okrsync.web.room import Room, Seat

CSRF = "csrf"
WHO = "who"
PROOF = "proof"
"""In a session: the fingerprint of the token it began with, so that a new token ends it."""
CSRF_HEADER = "X-CSRF-Token"


class SignInFirst(Exception):
    """Nobody is signed in; a page sends people to the login, the API answers 401."""


def room(request: Request) -> Room:
    """What all requests share."""
    return cast(Room, request.app.state.room)


def inbox(request: Request) -> Inbox:
    """Opened at the first delivery."""
    state = request.app.state
    if state.inbox is None:
        state.inbox = Inbox(inbox_beside(place(room(request).app.settings.store)))
    return cast(Inbox, state.inbox)


def serve(request: Request) -> Serve:
    """The rules of the house: the `serve` part of the configuration."""
    return room(request).app.settings.serve or Serve()


def desk(request: Request) -> Iterator[Seat]:
    """A seat with a store of its own for the length of a request."""
    with room(request).desk() as given:
        yield given


def someone(request: Request) -> Visitor | None:
    """Who is asking, if anybody says so: a token's word, the proxy's, a session's, or whoever sits at this machine.

    Raises HTTPException 401 for a token that nobody has, 429 after too many of them, and 403 where nobody has to sign
    in and the request was not sent to this machine by its own name: another site's page may be behind it.
    """
    if not hasattr(request.state, "who"):
        request.state.who = None
        request.state.who = _someone(request)
    return cast("Visitor | None", request.state.who)


def _someone(request: Request) -> Visitor | None:
    rules = serve(request)
    if not rules.guarded:
        if not is_here(request.url.hostname or ""):
            raise HTTPException(403, "Where nobody has to sign in, this answers to localhost only.")
        return LOCAL
    if token := bearer(request):
        return visitor(_owner_of(request, token), rules.users)
    if rules.proxy and (found := from_proxy(_peer(request), request.headers.get, rules.proxy, rules.users)):
        return found
    name = request.session.get(WHO)
    user = rules.users.get(name) if name else None
    if not name or user is None or not user.token or request.session.get(PROOF) != fingerprint(user):
        return None
    return visitor(name, rules.users)


def bearer(request: Request) -> str:
    """The token in the Authorization header, or "". No other site can make a browser send one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def _owner_of(request: Request, token: str) -> str:
    state, users = request.app.state, serve(request).users
    if name := state.remembered.owner(token, users):
        return cast(str, name)
    address = sender(request)
    if state.patience.exhausted(address):
        raise too_many_tries()
    name = user_of(token, users)
    if name is None:
        state.patience.failed(address)
        raise HTTPException(401, "Nobody has this token.", {"WWW-Authenticate": "Bearer"})
    state.remembered.keep(token, name, users[name])
    return name


def too_many_tries() -> HTTPException:
    """What whoever tried too many tokens is told."""
    return HTTPException(429, "Too many tries from here. Wait five minutes.", {"Retry-After": "300"})


def sender(request: Request) -> str:
    """Whence a request comes, as tries are counted: what the proxy wrote last into X-Forwarded-For, if it did.

    Anybody can write there, too, so the word of nobody else counts.
    """
    peer, proxy = _peer(request), serve(request).proxy
    if proxy is None or peer != proxy.address:
        return household(peer)
    passed_on = ",".join(request.headers.getlist("x-forwarded-for"))
    return household(passed_on.rpartition(",")[2].strip() or peer)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def signed_in(request: Request) -> Visitor:
    """Raises SignInFirst."""
    if (found := someone(request)) is None:
        raise SignInFirst
    return found


def admin(who: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    """The visitor, who must be an admin. Raises HTTPException 403."""
    if who.role is not Role.ADMIN:
        raise HTTPException(403, "Only admins may do this.")
    return who


def csrf_token(request: Request) -> str:
    """The secret of this visitor's session that every form carries."""
    return cast(str, request.session.setdefault(CSRF, secrets.token_urlsafe(16)))


async def from_our_page(request: Request) -> None:
    """Refuse a form that another site made the browser send. Raises HTTPException 403."""
    form = await request.form()
    sent, held = form.get(CSRF), request.session.get(CSRF)
    if not isinstance(sent, str) or not held or not hmac.compare_digest(sent.encode(), held.encode()):
        raise HTTPException(403, "This form is out of date. Load the page again, and send it once more.")


def from_our_client(request: Request, who: Annotated[Visitor, Depends(signed_in)]) -> None:
    """Refuse what another site made the browser send to the API. Raises HTTPException 403."""
    sent, held = request.headers.get(CSRF_HEADER, ""), request.session.get(CSRF, "")
    if not bearer(request) and not (held and hmac.compare_digest(sent.encode(), held.encode())):
        raise HTTPException(403, f"Send a token as `Authorization: Bearer`, or the session's {CSRF_HEADER}.")


def known_questions(request: Request) -> None:
    """Refuse what an address asks that its route does not know: a misspelled filter would answer with everything.

    Raises HTTPException 422 naming the nearest.
    """
    known = [one.alias for one in request.scope["route"].dependant.query_params]
    for name in request.query_params:
        if name not in known:
            there = f"There are {', '.join(known)}." if known else "Leave it out."
            hint = did_you_mean(name, known, there)
            raise HTTPException(422, {"error": f"There is no parameter {name!r} here.", "hint": hint})


def feed_address(request: Request, who: Visitor) -> str:
    """Where this visitor's calendar is, with a key for programs that cannot sign in, where keys outlive the process.

    Whom only the proxy knows gets none: nobody would tell us when they are gone.
    """
    rules, seal = serve(request), request.app.state.seal
    if seal is None or not rules.guarded or who.name not in rules.users:
        return "/feed.ics"
    key = seal.dumps([who.name, fingerprint(rules.users[who.name])])
    return f"/feed.ics?key={key}"


def calendar_reader(request: Request, key: str = "") -> Visitor:
    """Whose calendar is asked for: by the key in the address, or as everywhere else. Raises SignInFirst."""
    rules, seal = serve(request), request.app.state.seal
    if not key:
        return signed_in(request)
    try:
        name, proof = seal.loads(key) if seal and rules.guarded else ("", "")
    except (BadData, ValueError, TypeError):
        raise HTTPException(403, "This address is no longer valid. The operations page has the new one.") from None
    user = rules.users.get(name)
    found = visitor(name, rules.users) if user and proof == fingerprint(user) else None
    if found is None:
        raise HTTPException(403, "This address is no longer valid. The operations page has the new one.")
    return found


def visible(given: Desk, who: Visitor, key_result: str) -> Placed:
    """The key result, if this visitor may know of it. Raises HTTPException 404 either way it is not there."""
    try:
        placed = find(given.okrs, key_result)
    except ConfigError:
        raise HTTPException(404, "There is no such key result.") from None
    if not who.sees(placed.objective):
        raise HTTPException(404, "There is no such key result.")
    return placed


AtDesk = Annotated[Seat, Depends(desk)]
SignedIn = Annotated[Visitor, Depends(signed_in)]
Admin = Annotated[Visitor, Depends(admin)]
Ours = Depends(from_our_page)
OurClient = Depends(from_our_client)
KnownQuestions = Depends(known_questions)
CalendarReader = Annotated[Visitor, Depends(calendar_reader)]
