"""Who gets in, as whom, and what is kept from everybody else."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visiting import Visit

from okrsync.errors import ConfigError
from okrsync.model.okr import Objective
from okrsync.settings.serve import Serve, User
from okrsync.web.access import LOCAL, Patience, Role, Visitor, household, new_token, token_hash, user_of, visitor

TOKEN = "ana's own token"
USERS = {"ana": User(role="owner", teams=("shop",), token=token_hash(TOKEN)), "max": User(role="admin")}
GUARDED = f"serve: {{users: {{ana: {{role: owner, token: {USERS['ana'].token}}}}}}}\n"


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has no form of ours"
    return found[1]


def test_a_token_is_known_by_its_hash_alone() -> None:
    made = new_token()
    users = {**USERS, "zoe": User(token=token_hash(made))}
    assert made not in token_hash(made)
    assert user_of(made, users) == "zoe"
    assert user_of(TOKEN, users) == "ana"
    assert user_of(f"{TOKEN} ", users) is None
    assert user_of("", users) is None


def test_a_hash_holds_nothing_of_a_token_but_its_salt() -> None:
    made = new_token()
    assert base64.urlsafe_b64decode(token_hash(made).split("$")[1] + "==").decode() == made[:16]
    assert len(made[16:]) * 6 >= 256


def test_one_hash_is_reckoned_for_a_token_however_many_users_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_token()
    users = {str(number): User(token=token_hash(new_token())) for number in range(9)} | {
        "zoe": User(token=token_hash(made))
    }
    reckoned, scrypt = [], hashlib.scrypt

    def counted(token: bytes, **given: Any) -> bytes:
        reckoned.append(token)
        return scrypt(token, **given)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    assert user_of(made, users) == "zoe"
    assert user_of(made[:-1], users) is None
    assert user_of("a guess", users) is None
    assert reckoned == [made.encode(), made[:-1].encode()]


@given(st.text(max_size=50))
def test_anything_that_is_no_token_is_nobodys(guess: str) -> None:
    assert visitor(guess, USERS) is None or guess in USERS


def test_a_private_objective_is_seen_by_its_team_its_owner_and_admins() -> None:
    private = Objective(id="secret", title="A secret", team="shop", owner="zoe", visibility="team")
    assert Visitor("bob", Role.OWNER, frozenset({"shop"})).sees(private)
    assert Visitor("zoe", Role.VIEWER).sees(private)
    assert Visitor("max", Role.ADMIN).sees(private)
    assert not Visitor("bob", Role.OWNER, frozenset({"platform"})).sees(private)
    assert LOCAL.sees(private)


def test_an_address_that_others_can_reach_needs_people_who_sign_in() -> None:
    with pytest.raises(ValueError, match="nobody would have to sign in"):
        Serve(host="0.0.0.0")
    assert Serve(host="0.0.0.0", users=USERS).guarded
    assert not Serve(host="127.0.0.1").guarded


def test_an_exposed_dashboard_in_the_file_is_an_error_with_its_line(visit: Visit) -> None:
    with pytest.raises(ConfigError, match=r"okrsync\.yaml.*sign in"):
        visit("serve: {host: 0.0.0.0}\n")


def test_after_five_wrong_tokens_an_address_waits() -> None:
    time = 0.0
    patience = Patience(lambda: time)
    for _ in range(5):
        assert not patience.exhausted("10.0.0.9")
        patience.failed("10.0.0.9")
    assert patience.exhausted("10.0.0.9")
    assert not patience.exhausted("10.0.0.10")
    time = 300.0
    assert not patience.exhausted("10.0.0.9")


def test_on_this_machine_nobody_signs_in(visit: Visit) -> None:
    assert visit().get("/login").status_code == 200


def test_a_token_opens_the_door_and_signing_out_closes_it(visit: Visit) -> None:
    browser = visit(GUARDED)
    assert browser.get("/").headers["location"] == "/login?to=/"
    form = {"csrf": csrf(browser.get("/login").text), "token": TOKEN, "to": "/coach"}
    answer = browser.post("/login", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/coach")
    page = browser.get("/login").text
    assert "ana" in page
    browser.post("/logout", data={"csrf": csrf(page)})
    assert browser.get("/").headers["location"].startswith("/login")


def test_a_wrong_token_is_refused_and_after_five_of_them_all_are(visit: Visit) -> None:
    browser = visit(GUARDED)
    form = {"csrf": csrf(browser.get("/login").text), "token": "wrong"}
    assert [browser.post("/login", data=form).status_code for _ in range(6)] == [401] * 5 + [429]
    assert browser.post("/login", data={**form, "token": TOKEN}).status_code == 429


def test_a_form_from_elsewhere_is_refused(visit: Visit) -> None:
    browser = visit(GUARDED)
    browser.get("/login")
    assert browser.post("/login", data={"token": TOKEN}).status_code == 403
    assert browser.post("/login", data={"token": TOKEN, "csrf": "guessed"}).status_code == 403


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_login_leads_to_no_other_site(visit: Visit, to: str) -> None:
    browser = visit(GUARDED)
    form = {"csrf": csrf(browser.get("/login").text), "token": TOKEN, "to": to}
    assert browser.post("/login", data=form).headers["location"] == "/"


def test_the_proxys_word_counts_from_its_own_address_only(visit: Visit) -> None:
    rules = "serve: {proxy: {address: 10.1.1.1, user_header: X-Remote-User}}\n"
    through = visit(rules, client=("10.1.1.1", 1234))
    assert "ana" in through.get("/login", headers={"X-Remote-User": "ana"}).text
    around = visit(client=("10.1.1.2", 1234))
    assert around.get("/", headers={"X-Remote-User": "ana"}).headers["location"].startswith("/login")


@pytest.mark.parametrize(("sent", "name"), [("jörg".encode(), "jörg"), ("花子".encode(), "花子"), (b"j\xf6rg", "jörg")])
def test_a_proxy_names_people_as_they_are_written(visit: Visit, sent: bytes, name: str) -> None:
    rules = f"serve: {{proxy: {{address: 10.1.1.1}}, users: {{{name}: {{role: owner}}}}}}\n"
    browser = visit(rules, client=("10.1.1.1", 1234))
    me = browser.get("/api/v1/me", headers={b"X-Remote-User": sent}).json()
    assert (me["name"], me["role"]) == (name, "owner")


def test_every_answer_forbids_foreign_scripts_and_frames(visit: Visit) -> None:
    for path in ("/login", "/no-such-page", "/static/okrsync.css", "/api/v1/nothing"):
        headers = visit().get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_whom_a_proxy_signs_in_is_offered_no_way_out_that_leads_nowhere(visit: Visit) -> None:
    browser = visit("serve: {proxy: {address: 10.1.1.1, user_header: X-Remote-User}}\n", client=("10.1.1.1", 1234))
    page = browser.get("/", headers={"X-Remote-User": "zoe"}).text
    assert "zoe" in page
    assert "Sign out" not in page


def test_strangers_see_the_login_and_no_navigation(visit: Visit) -> None:
    page = visit(GUARDED).get("/login").text
    assert "Sign in" in page
    assert 'href="/operations"' not in page


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("", "Nobody has to sign in here"),
        ("serve: {proxy: {address: 10.1.1.1}, users: {ana: {role: owner}}}\n", "Nobody has a token here"),
    ],
)
def test_where_there_are_no_tokens_nobody_is_asked_for_one(visit: Visit, rules: str, told: str) -> None:
    page = visit(rules).get("/login").text
    assert told in page
    assert 'name="token"' not in page


def test_guesses_behind_a_proxy_lock_out_the_guesser_and_nobody_else(visit: Visit) -> None:
    token = new_token()
    rules = f"serve: {{proxy: {{address: 127.0.0.1}}, users: {{ana: {{token: {token_hash(token)}}}}}}}\n"
    browser = visit(rules, client=("127.0.0.1", 50000))

    def asks(with_token: str, forwarded: str) -> int:
        headers = {"Authorization": f"Bearer {with_token}", "X-Forwarded-For": forwarded}
        return browser.get("/api/v1/me", headers=headers).status_code

    assert [asks("a guess", f"10.0.0.{number}, 203.0.113.9") for number in range(6)] == [401] * 5 + [429]
    assert asks(token, "198.51.100.7") == 200
    assert asks("another guess", "203.0.113.9") == 429


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("::ffff:10.0.0.9", "10.0.0.9", True),
        ("::ffff:10.0.0.9", "::ffff:10.0.0.8", False),
        ("10.0.0.9", "10.0.0.8", False),
        ("::1", "::2", True),
        ("unix:", "", False),
    ],
)
def test_tries_from_one_line_of_ipv6_count_together(one: str, other: str, together: bool) -> None:
    assert (household(one) == household(other)) is together


def test_what_others_than_the_proxy_write_about_where_they_are_counts_for_nothing(visit: Visit) -> None:
    token = new_token()
    rules = f"serve: {{proxy: {{address: 127.0.0.1}}, users: {{ana: {{token: {token_hash(token)}}}}}}}\n"
    browser = visit(rules, client=("10.0.0.9", 50000))
    headers = {"Authorization": "Bearer a guess"}
    told = [
        browser.get("/api/v1/me", headers=headers | {"X-Forwarded-For": f"10.1.0.{number}"}).status_code
        for number in range(6)
    ]
    assert told == [401] * 5 + [429]


def test_an_address_with_a_slash_at_its_end_is_the_one_without(visit: Visit) -> None:
    browser = visit()
    assert browser.get("/operations/").status_code == 200
    assert browser.get("/static").status_code == 404
    assert browser.post("/hooks/github/", content=b"{}").json()["message"].startswith("No connection")
