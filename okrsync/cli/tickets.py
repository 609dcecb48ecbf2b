"""A ticket as an engineer sees it, fetched from the tracker like a browser would, for the demo."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import requests
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from okrsync.report.safe import plain
from okrsync.report.text import line

PATIENCE = 10
"""Seconds until an answer must have come."""


def github_issue(api: str, token: str, repository: str, label: str) -> Panel:
    """The newest open issue that wears the label and that people talk on."""
    headers = {"Authorization": f"Bearer {token}"}

    def get(path: str, **query: str) -> Any:
        return _json(requests.get(f"{api}{path}", headers=headers, params=query, timeout=PATIENCE))

    found = get(f"/repos/{repository}/issues", labels=label, state="open")
    issue = max(found, key=lambda one: (one["comments"], one["number"]))
    comments = get(f"/repos/{repository}/issues/{issue['number']}/comments")
    notes = [(one["user"]["login"], _markdown(one["body"])) for one in comments]
    labels = [one["name"] for one in issue["labels"]]
    return _panel("GitHub", f"{repository}#{issue['number']}", issue["title"], issue["state"], labels, notes)


def jira_issue(url: str, signed_in: tuple[str, str], label: str) -> Panel:
    """The first issue in progress on Jira Cloud that wears the label."""

    def get(path: str, **query: str) -> Any:
        return _json(requests.get(f"{url}/rest/api/2{path}", auth=signed_in, params=query, timeout=PATIENCE))

    wanted = f'labels = "{label}" AND statusCategory = "In Progress" ORDER BY created'
    found = get("/search/jql", jql=wanted, fields="summary,status,labels", maxResults="1")["issues"][0]
    key, fields = found["key"], found["fields"]
    comments = get(f"/issue/{key}/comment")["comments"]
    notes = [(one["author"]["displayName"], _wiki(one["body"])) for one in comments]
    return _panel("Jira", key, fields["summary"], fields["status"]["name"], fields["labels"], notes)


def _json(answer: requests.Response) -> Any:
    answer.raise_for_status()
    return answer.json()


def _panel(
    tracker: str,
    key: str,
    title: str,
    state: str,
    labels: Iterable[str],
    comments: Iterable[tuple[str, RenderableType]],
) -> Panel:
    chips = [part for label in labels for part in ((f" {label} ", _chip(label)), " ")]
    parts: list[RenderableType] = [line((key, "bold"), f"  {title}", (f"  {state}", "dim")), line("labels  ", *chips)]
    for author, body in comments:
        parts += [Text(), line((author, "bold"), (" commented", "dim")), Padding(body, (0, 0, 0, 2))]
    return Panel(Group(*parts), title=tracker, title_align="left", border_style="bright_black", width=100)


def _chip(label: str) -> str:
    return "black on green" if label.startswith("okr:") else "black on white"


def _markdown(body: str) -> Markdown:
    without_tags = re.sub(r"<!--.*?-->|</?sub>", "", body, flags=re.DOTALL)
    return Markdown(without_tags.replace("\u200b", ""), hyperlinks=False)


def _wiki(body: str) -> Text:
    """Jira's wiki markup as far as a note uses it: bold words, links, escaped signs."""
    linked = re.sub(r"\[([^\]|]+)\|[^\]]+\]", r"\1", body)
    text = Text()
    for number, row in enumerate(linked.splitlines()):
        text.append("\n" if number else "")
        for part in re.split(r"((?<!\\)\*(?:[^*]|\\\*)+(?<!\\)\*)", row):
            bold = part.startswith("*") and part.endswith("*") and len(part) > 1
            words = plain(re.sub(r"\\(.)", r"\1", part[1:-1] if bold else part)) if part else ""
            spaced = f"{words} " if words and bold else words
            text.append(spaced, "bold" if bold else "")
    return text
