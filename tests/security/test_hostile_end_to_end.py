"""A whole run over trackers and files full of hostile text: the real engine, the real connectors, real HTTP."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
import yaml
from hostile import LONGEST, PINGS_ON_GITHUB, PINGS_ON_JIRA, WRITABLE, paints
from installation import Installation
from markdown_it import MarkdownIt
from okrsync_github import plugin as github
from okrsync_jira import plugin as jira
from small_okrs import SMALL
from typer.testing import CliRunner, Result

from okrsync.cli import app
from okrsync.cli.session import Session
from okrsync.connector import Connector, Context
from okrsync.errors import ConnectionFailed
from okrsync.marker import Namespace
from okrsync.retry import Retry
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.tickets import github_tickets, jira_tickets

KNOWN = "OKR: checkout-1, checkout-9, [~ana], {{ 7*7 }}"


def one_line(text: str, most: int) -> str:
    return re.sub(r"[\r\n]", " ", text)[:most] or "x"


@pytest.fixture
def poisoned(acme: Installation) -> Installation:
    """Every text of the corpus as a ticket, with labels, people, milestones and versions of its kind, and OKR files."""
    hub, site = acme.sandbox.github, acme.sandbox.jira
    for number, text in enumerate(WRITABLE.values()):
        label, title = one_line(text, 50), f"{number}{text}"[:LONGEST]
        hub.add_milestone("acme/shop", title)
        issue = hub.create(
            "acme/shop",
            title,
            body=f"{text}\n{KNOWN}\nOKR: {one_line(text, 200)}",
            labels=[label, "latency"],
            milestone=title,
            assignees=[one_line(text, 39)],
            author=one_line(text, 39),
        )
        hub.comment("acme/shop", issue.number, text[:LONGEST], author=one_line(text, 39))
        site.add_version("SHOP", f"{number}{one_line(text, 200)}")
        made = site.create(
            "SHOP",
            title[:255],
            description=f"{text}\n{KNOWN}",
            version=f"{number}{one_line(text, 200)}",
            labels=[re.sub(r"\s", "-", label)],
        )
        site.add_comment(made.key, text[:LONGEST])
    data = yaml.safe_load(SMALL)
    rows = data["objectives"][0]["key_results"]
    for number, text in enumerate(WRITABLE.values()):
        link = {"connection": "github", "repository": "acme/shop", "items": [f"acme/shop#{number + 40}"]}
        milestone = {"connection": "github", "repository": "acme/shop", "milestone": f"{number}{text}"[:LONGEST]}
        row = {"id": f"hostile-{number}", "title": text[:300], "measure": {"type": "completion"}}
        rows.append(row | {"links": [link, milestone]})
    data["objectives"][0]["title"] = WRITABLE["markdown blocks"]
    acme.okrs.write_text(yaml.safe_dump(data))
    return acme


def call(acme: Installation, *arguments: str) -> Result:
    session = Session(config=acme.config, environ=acme.environ, now=acme.sandbox.clock.now, sleep=acme.slept.append)
    return CliRunner().invoke(app, list(arguments), obj=session)


def notes(tickets: dict[str, dict[str, object]]) -> list[str]:
    bodies = [one["body"] for ticket in tickets.values() for one in ticket["comments"]]  # type: ignore[attr-defined]
    return [body for body in bodies if "okrsync keeps this" in body]


def test_a_whole_run_over_hostile_text(poisoned: Installation) -> None:
    before = poisoned.labels()
    for arguments in (("plan", "--markdown"), ("sync",), ("status",), ("explain", "hostile-3"), ("check",)):
        result = call(poisoned, *arguments)
        assert result.exit_code == 0, result.output
        assert not paints((result.stdout + result.stderr).replace("\n", "")), arguments
    own = poisoned.notes()
    assert len(own) > 2 * len(WRITABLE)
    assert set(own.values()) == {1}
    for key, labels in poisoned.labels().items():
        assert {one for one in labels if not one.startswith("okr:")} == set(before[key])
    assert poisoned.run().plan.changes == ()
    assert not poisoned.sandbox.log.writes()
    told = json.loads(call(poisoned, "status", "--json").stdout)
    assert {row["title"] for row in told[0]["key_results"]} >= {text[:300] for text in WRITABLE.values()}


def test_notes_ping_nobody_and_keep_their_shape(poisoned: Installation) -> None:
    poisoned.run()
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    on_github, on_jira = notes(github_tickets(poisoned.sandbox.github)), notes(jira_tickets(poisoned.sandbox.jira))
    assert on_github
    assert on_jira
    for body in on_github:
        leaves = [leaf for token in markdown.parse(body) for leaf in token.children or [token]]
        words = "".join(leaf.content for leaf in leaves if leaf.type in ("text", "text_special"))
        html = [leaf.content for leaf in leaves if leaf.type.startswith("html")]
        assert not PINGS_ON_GITHUB.search(words)
        assert all(re.fullmatch(r"</?sub>|<!-- okrsync \{.*\} -->\n?", one) for one in html)
        assert not paints(body.replace("\n", ""))
    for body in on_jira:
        assert not PINGS_ON_JIRA.search(body)
        assert not paints(body.replace("\n", ""))


def test_clean_takes_away_what_is_ours_and_nothing_else(poisoned: Installation) -> None:
    labels, comments = poisoned.labels(), _comments(poisoned)
    poisoned.run()
    assert _comments(poisoned) != comments
    assert poisoned.run("clean", full=True, force=True).exit_code == 0
    assert poisoned.labels() == labels
    assert _comments(poisoned) == comments


def _comments(acme: Installation) -> dict[str, list[str]]:
    found = {**github_tickets(acme.sandbox.github), **jira_tickets(acme.sandbox.jira)}
    return {key: [one["body"] for one in ticket["comments"]] for key, ticket in found.items()}


def test_a_mark_in_somebody_elses_comment_makes_it_nobodys_note(acme: Installation) -> None:
    acme.okrs.write_text(SMALL)
    acme.run()
    stolen = notes(github_tickets(acme.sandbox.github))[0]
    acme.sandbox.github.comment("acme/shop", 20, stolen, author="mallory")
    acme.sandbox.github.edit("acme/shop", 20, body="OKR: checkout-1")
    acme.forget()
    acme.run()
    theirs = [one.body for one in acme.sandbox.github.issue("acme/shop", 20).comments if one.author.login == "mallory"]
    assert theirs == [stolen]
    assert acme.run("clean", full=True, force=True).exit_code == 0
    assert [one.author.login for one in acme.sandbox.github.issue("acme/shop", 20).comments] == ["mallory"]


def _connector(tracker: str, sandbox: Sandbox) -> Connector:
    context = Context(tracker, "acme", Namespace(), Retry(lambda _: None), sandbox.clock.now)
    if tracker == "github":
        options = github.options(
            type="github", url=sandbox.github_url, repositories=("acme/shop",), token="github-sandbox-token"
        )  # type: ignore[call-arg]
        return github.connect(options, context)
    cloud = tracker == "jira"
    url, token = (sandbox.jira_url, "jira-sandbox-token") if cloud else (sandbox.jira_dc_url, "jira-dc-token")
    email = "ana@acme.example" if cloud else None
    return jira.connect(jira.options(type="jira", url=url, projects=("SHOP",), email=email, token=token), context)  # type: ignore[call-arg]


@pytest.mark.parametrize("tracker", ["github", "jira", "jira-dc"])
def test_a_query_never_reaches_beyond_its_repositories_and_projects(sandbox: Sandbox, tracker: str) -> None:
    sandbox.github.limits["search"] = None
    for site in (sandbox.jira, sandbox.jira_dc):
        site.add_project("SECRET", "Secret")
        site.create("SECRET", "Nobody may know x")
    sandbox.github.create("acme/api", "x of another repository")
    connector = _connector(tracker, sandbox)
    scopes = connector.scopes(())
    inside, answered = frozenset(connector.census(scopes[0])), []
    for text in [
        *WRITABLE.values(),
        "x) OR (x",
        "1=1) OR (1=1",
        "project = SECRET",
        "repo:acme/api",
        "x OR repo:acme/api x",
    ]:
        with suppress(ConnectionFailed):
            assert connector.select(scopes, text[:2_000]) <= inside
            answered.append(text)
    assert "x) OR (x" not in answered or tracker == "github"
    assert "project = SECRET" in answered
    connector.close()
