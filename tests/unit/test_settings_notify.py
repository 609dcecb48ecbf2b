"""Where messages go, and when check-ins are due: what okrsync.yaml and variables may say, and what stays unseen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from fake_plugins import fake_registry
from hypothesis import given
from hypothesis import strategies as st

from okrsync import redact
from okrsync.errors import ConfigError
from okrsync.model.checkin import Rhythm
from okrsync.settings import Settings, load_settings
from okrsync.settings.notify import UNENCRYPTED, address_problem, conceal, split_addresses

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general"


def load(folder: Path, environ: dict[str, str] | None = None, **written: object) -> Settings:
    (folder / "okrs.yaml").write_text("")
    config = folder / "okrsync.yaml"
    plain = {"okrs": ["okrs.yaml"], "connections": {"github": {"type": "github", "repositories": ["acme/shop"]}}}
    config.write_text(yaml.safe_dump({**plain, **written}))
    return load_settings(config, environ or {}, fake_registry())


def problems(folder: Path, environ: dict[str, str] | None = None, **written: object) -> str:
    with pytest.raises(ConfigError) as refused:
        load(folder, environ, **written)
    return "\n".join(str(problem) for problem in refused.value.problems)


def test_check_ins_are_due_on_fridays_unless_said_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path).checkins.rhythm == Rhythm(weekday=4, weeks=1, hour=9, stale=timedelta(days=14))
    written = {"weekday": "monday", "every": "14d", "hour": 15, "stale": "21d"}
    assert load(tmp_path, checkins=written).checkins.rhythm == Rhythm(0, 2, 15, timedelta(days=21))
    assert load(tmp_path, {"OKRSYNC_CHECKINS__WEEKDAY": "sunday"}).checkins.rhythm.weekday == 6


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"weekday": "fryday"}, "did you mean `friday`?"),
        ({"every": "10d"}, "must be whole weeks, such as 7d or 14d"),
        ({"every": "weekly"}, "must be a duration"),
        ({"hour": 24}, "must be at most 23"),
        ({"day": "friday"}, "is not a field here"),
    ],
)
def test_days_that_cannot_be_are_refused(tmp_path: Path, written: dict[str, object], complaint: str) -> None:
    assert complaint in problems(tmp_path, checkins=written)


def test_the_address_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SLACK}\n")
    for environ in ({"OKRSYNC_NOTIFY": SLACK}, {"OKRSYNC_NOTIFY_FILE": str(tmp_path / "secret")}):
        notify = load(tmp_path, environ).notify
        assert notify is not None
        assert notify.get_secret_value() == SLACK
    assert load(tmp_path).notify is None


def test_a_variable_and_its_file_contradict_each_other(tmp_path: Path) -> None:
    both = {"OKRSYNC_NOTIFY": SLACK, "OKRSYNC_NOTIFY_FILE": "x"}
    assert "is set beside OKRSYNC_NOTIFY; leave one out" in problems(tmp_path, both)


def test_people_name_the_variables_of_their_addresses(tmp_path: Path) -> None:
    (tmp_path / "kim").write_text("ntfys://kims-topic\n")
    environ = {"SLACK_ANA": SLACK, "OKRSYNC_KIM_FILE": str(tmp_path / "kim")}
    people = {"ana": "SLACK_ANA", "kim": "OKRSYNC_KIM", "ben": "NOT_SET"}
    found = load(tmp_path, environ, people=people).addresses
    assert {who: address.get_secret_value() for who, address in found.items()} == {
        "ana": SLACK,
        "kim": "ntfys://kims-topic",
    }


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({"ANA": "T1JJ3T3L2/A1BRTD4JD"}, "the environment: ANA: must be an Apprise address"),
        ({"ANA_FILE": "absent"}, "the environment: ANA_FILE: names absent, which cannot be read"),
        ({"OKRSYNC_NOTIFY": "T1JJ3T3L2/A1BRTD4JD"}, "OKRSYNC_NOTIFY: must be an Apprise address"),
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(
    tmp_path: Path, environ: dict[str, str], complaint: str
) -> None:
    said = problems(tmp_path, environ, people={"ana": "ANA"})
    assert complaint in said
    assert "T1JJ3T3L2" not in said


def test_an_address_must_not_be_in_the_file(tmp_path: Path) -> None:
    said = problems(tmp_path, notify=SLACK)
    assert "set `OKRSYNC_NOTIFY` instead" in said
    assert "T1JJ3T3L2" not in said
    assert "does not have the right form" in problems(tmp_path, people={"ana": SLACK})


def test_settings_do_not_show_their_addresses(tmp_path: Path) -> None:
    settings = load(tmp_path, {"OKRSYNC_NOTIFY": SLACK, "ANA": SLACK}, people={"ana": "ANA"})
    assert "T1JJ3T3L2" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize(
    ("address", "secrets", "kept"),
    [
        (SLACK, ("T1JJ3T3L2", "TIiajkdnlazkcOXrIdevi7FQ"), ("general", "slack")),
        ("mailto://okrsync:pa55word@acme.example?to=ana@acme.example", ("pa55word",), ("okrsync", "acme.example")),
        ("json://10.0.0.7:8080/hooks/s3cr3t-path?key=AbCdEf123456", ("s3cr3t-path", "AbCdEf123456"), ("10.0.0.7",)),
        ("ntfy://tk_abc123456@push.acme.example/okrs", ("tk_abc123456",), ("push.acme.example",)),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", ("JHMHI8qBe7bk2ZwO5U711o3dV_js",), ("discord",)),
        ("tgram://123456789:abcdefg_hijklmnop/1231/", ("abcdefg_hijklmnop",), ("1231",)),
    ],
)
def test_the_secret_parts_of_an_address_are_masked_and_plain_words_are_not(
    address: str, secrets: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    conceal(address)
    assert redact.mask(f"sent to {address}") == f"sent to {redact.MASK}"
    for secret in secrets:
        assert secret not in redact.mask(f"POST {secret} failed")
    for word in kept:
        assert redact.mask(f"the {word} of it") == f"the {word} of it"


def test_several_addresses_stand_in_one_variable() -> None:
    assert split_addresses(f"{SLACK}, mailto://a:b@c.d?to=x,y\n json://h/") == [
        SLACK,
        "mailto://a:b@c.d?to=x,y",
        "json://h/",
    ]


@given(st.text())
def test_whatever_is_written_is_an_address_or_refused(text: str) -> None:
    conceal(text)
    assert address_problem(text) is None or "must be an Apprise address" in str(address_problem(text))


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("json://hooks.acme.example/okrs", "jsons"),
        ("MAILTO://ana:long-password-1@acme.example", "mailtos"),
        (f"{SLACK}, form://10.0.0.7/", "forms"),
        ("json://localhost.evil.example/", "jsons"),
        ("mailto://ana:long-password-1@localhost?smtp=mail.acme.example", "mailtos"),
        ("xml://[fe80::1", "xmls"),
    ],
)
def test_messages_leave_this_machine_encrypted_or_not_at_all(tmp_path: Path, address: str, scheme: str) -> None:
    complaint = f"would send messages unencrypted; use {scheme}://…, or set notify_allow_http: true"
    assert problems(tmp_path, {"OKRSYNC_NOTIFY": address}) == f"the environment: OKRSYNC_NOTIFY: {complaint}"
    assert complaint in problems(tmp_path, {"ANAS": address}, people={"ana": "ANAS"})
    variables = {"OKRSYNC_NOTIFY": address, "ANAS": address}
    allowed = load(tmp_path, variables, people={"ana": "ANAS"}, notify_allow_http=True)
    assert allowed.notify
    assert allowed.addresses["ana"]


@pytest.mark.parametrize("address", ["json://localhost:8080/", "json://127.0.0.1/", "jsons://acme.example/", SLACK])
def test_what_stays_here_or_is_encrypted_needs_no_leave(tmp_path: Path, address: str) -> None:
    assert load(tmp_path, {"OKRSYNC_NOTIFY": address}).notify


def test_every_unencrypted_scheme_of_apprise_that_has_an_encrypted_sister_is_known() -> None:
    from apprise.manager_plugins import NotificationManager

    with_sister = set()
    for service in NotificationManager().plugins():
        secure = _names(service.secure_protocol)
        with_sister |= {name for name in _names(service.protocol) if f"{name}s" in secure}
    assert with_sister == UNENCRYPTED


def _names(protocol: str | tuple[str, ...] | None) -> set[str]:
    return {protocol} if isinstance(protocol, str) else set(protocol or ())
